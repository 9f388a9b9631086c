//! The difference between two sets of rules, which import and restore apply.

use std::collections::HashMap;

use super::{Rule, access, change::Changes, store};
use crate::{
    auth::Websites,
    ids::RuleId,
    store::{Conn, StoreError, Tx},
};

/// The changes that turn one set of rules into another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    pub created: Vec<Rule>,
    /// Before and after.
    pub updated: Vec<(Rule, Rule)>,
    pub unchanged: Vec<Rule>,
    pub deleted: Vec<Rule>,
}

/// What to do with current rules that the wanted set does not contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    Keep,
    Delete,
}

impl Difference {
    /// Compares two sets by id. Versions and timestamps are ignored, because the service sets them.
    pub fn between(current: Vec<Rule>, wanted: Vec<Rule>, others: Others) -> Self {
        let current = current.into_iter().map(|rule| (rule.id, rule));
        let mut current: HashMap<RuleId, Rule> = current.collect();
        let mut difference = Difference::default();
        for wanted in wanted {
            match current.remove(&wanted.id) {
                None => difference.created.push(wanted),
                Some(before) => {
                    let after = Rule {
                        version: before.version,
                        created_at: before.created_at,
                        updated_at: before.updated_at,
                        ..wanted
                    };
                    if after == before {
                        difference.unchanged.push(before);
                    } else {
                        difference.updated.push((before, after));
                    }
                }
            }
        }
        if others == Others::Delete {
            difference.deleted = current.into_values().collect();
            difference.deleted.sort_by_key(|rule| rule.id);
        }
        difference
    }

    /// The created and updated rules, as they are afterwards.
    pub fn saved(&self) -> Vec<Rule> {
        let updated = self.updated.iter().map(|(_, after)| after);
        self.created.iter().chain(updated).cloned().collect()
    }

    /// The part that a caller bound to these websites may read. A rule that becomes readable counts as created, and one
    /// that stops being readable as deleted.
    pub fn readable_by(mut self, websites: &Websites) -> Self {
        let may_read = |rule: &Rule| access::may_read(rule, websites);
        for (before, after) in std::mem::take(&mut self.updated) {
            match (may_read(&before), may_read(&after)) {
                (true, true) => self.updated.push((before, after)),
                (false, true) => self.created.push(after),
                (true, false) => self.deleted.push(before),
                (false, false) => {}
            }
        }
        self.created.retain(may_read);
        self.unchanged.retain(may_read);
        self.deleted.retain(may_read);
        self
    }

    /// The text that an idempotency key stores: the newest revision, and whether the difference changed anything.
    pub fn operation(&self, revision: i64) -> String {
        let changed = self.created.len() + self.updated.len() + self.deleted.len() > 0;
        format!("{revision} {changed}")
    }

    /// Reads what [`Difference::operation`] wrote. Unchanged rules are not restored.
    pub fn of_operation(conn: &mut Conn, operation: &str) -> Result<(Self, i64), StoreError> {
        let (revision, changed) = operation
            .split_once(' ')
            .and_then(|(revision, changed)| Some((revision.parse().ok()?, changed.parse().ok()?)))
            .ok_or_else(|| StoreError::unreadable("the difference of an idempotency key"))?;
        let difference = match changed {
            true => Difference::of_revision(conn, revision)?,
            false => Difference::default(),
        };
        Ok((difference, revision))
    }

    /// The changes of a revision, from the history.
    pub fn of_revision(conn: &mut Conn, revision: i64) -> Result<Self, StoreError> {
        let mut difference = Difference::default();
        for (before, left) in store::history::changed_by(conn, revision)? {
            match (before, left.deleted) {
                (_, true) => difference.deleted.push(left.rule),
                (Some(before), false) => difference.updated.push((before, left.rule)),
                (None, false) => difference.created.push(left.rule),
            }
        }
        Ok(difference)
    }

    /// Applies the changes. The current rules must be locked.
    pub fn apply(&self, tx: &mut Tx<'_>, changes: &mut Changes<'_>) -> Result<(), StoreError> {
        for rule in &self.deleted {
            changes.remove(tx, rule.clone())?;
        }
        for (before, after) in &self.updated {
            changes.replace(tx, "update", before.clone(), after.clone())?;
        }
        changes.add(tx, &mut self.created.clone())
    }

    /// The numbers of changes in one sentence.
    pub fn summary(&self, what: &str) -> String {
        let (created, updated) = (self.created.len(), self.updated.len());
        let deleted = self.deleted.len();
        format!("{what}: {created} created, {updated} updated, {deleted} deleted")
    }
}
