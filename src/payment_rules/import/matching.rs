//! Finds the stored rule for each rule of a file.

use std::collections::{HashMap, HashSet};

use super::file::{File, FileRule};
use crate::{ids::RuleId, payment_rules::Rule};

/// The rules of the file with the ids of their stored rules. Rules are matched by id and, for a file from elsewhere, by
/// names that are unique on both sides. A rule without a match is new.
pub fn matched(file: &File, current: &[Rule], is_ours: bool) -> Vec<Rule> {
    let here: HashSet<RuleId> = current.iter().map(|rule| rule.id).collect();
    let is_known = |one: &FileRule| one.has_id && here.contains(&one.rule.id);
    let mut by_name = HashMap::new();
    if !is_ours {
        let known = file.rules.iter().filter(|one| is_known(one));
        let claimed: HashSet<RuleId> = known.map(|one| one.rule.id).collect();
        let unclaimed = current.iter().filter(|rule| !claimed.contains(&rule.id));
        let wanted = file.rules.iter().filter(|one| !is_known(one));
        let wanted = unique(wanted.map(|one| (one.rule.name.as_str(), ())));
        by_name = unique(unclaimed.map(|rule| (rule.name.as_str(), rule.id)));
        by_name.retain(|name, _| wanted.contains_key(name));
    }
    let matched = file.rules.iter().map(|one| {
        let mut rule = one.rule.clone();
        if !is_known(one)
            && let Some(id) = by_name.get(rule.name.as_str())
        {
            rule.id = *id;
        }
        rule
    });
    matched.collect()
}

/// The values whose names occur once.
pub fn unique<'n, T>(named: impl Iterator<Item = (&'n str, T)>) -> HashMap<&'n str, T> {
    let (mut found, mut twice) = (HashMap::new(), Vec::new());
    for (name, value) in named {
        if found.insert(name, value).is_some() {
            twice.push(name);
        }
    }
    for name in twice {
        found.remove(name);
    }
    found
}
