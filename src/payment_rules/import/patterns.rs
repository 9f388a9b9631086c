//! Judges postal patterns of a file that are refused as new ones: a rule that is stored with such a pattern may keep
//! it.

use std::collections::HashMap;

use super::{
    super::{Rule, destination::Doubt, store},
    file::Doubtful,
    is_ours,
    matching::unique,
};
use crate::{
    http::problem::FieldError,
    ids::RuleId,
    store::{Conn, StoreError},
};

/// The errors of the patterns that neither the stored rule has nor, for a file of this installation, the exported
/// version of the rule.
pub fn refused(
    conn: &mut Conn,
    installation: Option<&str>,
    doubtful: &[Doubtful],
) -> Result<Vec<FieldError>, StoreError> {
    if doubtful.is_empty() {
        return Ok(Vec::new());
    }
    let is_ours = is_ours(conn, installation)?;
    let current = store::load_all(conn)?;
    let by_id: HashMap<RuleId, &Rule> = current.iter().map(|rule| (rule.id, rule)).collect();
    // Rules of a file from elsewhere are matched by unique names too.
    let by_name = unique(current.iter().map(|rule| (rule.name.as_str(), rule)));
    let mut refused = Vec::new();
    for rule in doubtful {
        let here = rule.id.and_then(|id| by_id.get(&id).copied());
        let here = here.or_else(|| {
            let name = rule.name.as_deref().filter(|_| !is_ours)?;
            by_name.get(name).copied()
        });
        let exported = match (rule.id, rule.version) {
            (Some(id), Some(version)) if is_ours => {
                store::history::find_version(conn, id, version)?
            }
            _ => None,
        };
        let has = |doubt: &Doubt| {
            let mut kept = here.into_iter().chain(exported.as_ref()).map(Rule::kept);
            kept.any(|kept| kept.has(&doubt.country, &doubt.pattern))
        };
        let new = rule.doubts.iter().filter(|doubt| !has(doubt));
        refused.extend(new.map(|doubt| doubt.error.clone()));
    }
    Ok(refused)
}
