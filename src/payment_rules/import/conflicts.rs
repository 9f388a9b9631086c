//! Finds the rules that have changed since a file was exported here, and whose changes an import would undo.

use std::collections::HashMap;

use super::{
    super::{Rule, difference::Difference, refusal::RuleConflict, store},
    file::File,
};
use crate::{
    http::precondition,
    ids::RuleId,
    store::{Conn, StoreError},
};

/// Compares the exported versions with the rules that an import would change, or has changed with revision `until`. A
/// file from elsewhere has no conflicts.
pub fn find(
    conn: &mut Conn,
    file: &File,
    is_ours: bool,
    difference: &Difference,
    until: Option<i64>,
) -> Result<Vec<RuleConflict>, StoreError> {
    if !is_ours {
        return Ok(Vec::new());
    }
    let with_id = file.rules.iter().enumerate().filter(|(_, one)| one.has_id);
    let exported: HashMap<RuleId, (usize, i64)> = with_id
        .filter_map(|(index, one)| Some((one.rule.id, (index, one.version?))))
        .collect();
    let mut conflicts = Vec::new();
    for (before, _) in &difference.updated {
        if let Some((index, version)) = exported.get(&before.id)
            && *version != before.version
        {
            conflicts.push(conflict(before, Some(*index), Some(before.version)));
        }
    }
    let created: Vec<RuleId> = difference.created.iter().map(|rule| rule.id).collect();
    let last = store::history::last_versions(conn, &created)?;
    for rule in &difference.created {
        if let Some((index, version)) = exported.get(&rule.id) {
            // A finished import has created the rule with the version after its deletion.
            let deleted = match until {
                Some(_) => rule.version - 1,
                None => last.get(&rule.id).copied().unwrap_or(0),
            };
            if deleted > 0 && deleted != *version {
                conflicts.push(conflict(rule, Some(*index), None));
            }
        }
    }
    if let Some(revision) = file.revision.filter(|_| !difference.deleted.is_empty()) {
        let changed = store::history::changed_between(conn, revision, until)?;
        let deleted = difference.deleted.iter();
        let deleted = deleted.filter(|rule| changed.contains(&rule.id.to_string()));
        conflicts.extend(deleted.map(|rule| conflict(rule, None, Some(rule.version))));
    }
    Ok(conflicts)
}

fn conflict(rule: &Rule, index: Option<usize>, version: Option<i64>) -> RuleConflict {
    RuleConflict {
        id: rule.id,
        name: rule.name.clone(),
        etag: version.map(|version| precondition::etag(version).1),
        index,
    }
}
