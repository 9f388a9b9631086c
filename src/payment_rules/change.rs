//! Collects changes to rules into one revision.
//!
//! Every change of a rule goes through here, so that the row, its version in the history and the entry in the audit log
//! are always written in one transaction. The revision is taken last, because it locks out all other writers.

use super::{
    Rule,
    store::{self, history::Left},
};
use crate::{
    audit::{self, Actor, Change},
    events::{self, EventDraft, RulesEventData},
    store::{
        StoreError, Tx,
        revisions::{self, RevisionSubject},
    },
};

/// The changes of one transaction to the rules.
pub struct Changes<'a> {
    actor: &'a Actor,
    done: Vec<AppliedChange>,
}

struct AppliedChange {
    action: &'static str,
    before: Option<Rule>,
    left: Left,
}

impl<'a> Changes<'a> {
    /// Starts without changes.
    pub fn by(actor: &'a Actor) -> Self {
        Changes {
            actor,
            done: Vec::new(),
        }
    }

    /// Adds rules and sets their versions. A rule that existed before continues its version numbers, so that an old ETag
    /// never becomes valid again.
    pub fn add(&mut self, tx: &mut Tx<'_>, rules: &mut [Rule]) -> Result<(), StoreError> {
        let ids: Vec<_> = rules.iter().map(|rule| rule.id).collect();
        let last = store::history::last_versions(tx, &ids)?;
        for rule in &mut *rules {
            rule.version = last.get(&rule.id).map_or(1, |last| last + 1);
            rule.updated_at = self.actor.at;
            self.note("create", None, rule.clone(), false);
        }
        store::insert_all(tx, rules)
    }

    /// Replaces the locked rule `before` by `after`. `action` is for the audit log.
    pub fn replace(
        &mut self,
        tx: &mut Tx<'_>,
        action: &'static str,
        before: Rule,
        after: Rule,
    ) -> Result<Rule, StoreError> {
        let after = Rule {
            version: before.version + 1,
            updated_at: self.actor.at,
            ..after
        };
        store::save(tx, &before, &after)?;
        self.note(action, Some(before), after.clone(), false);
        Ok(after)
    }

    /// Deletes a locked rule.
    pub fn remove(&mut self, tx: &mut Tx<'_>, rule: Rule) -> Result<(), StoreError> {
        store::delete(tx, rule.id)?;
        let gone = Rule {
            version: rule.version + 1,
            ..rule.clone()
        };
        self.note("delete", Some(rule), gone, true);
        Ok(())
    }

    /// The number of rules changed so far.
    pub fn len(&self) -> usize {
        self.done.len()
    }

    /// Records the changes as one revision and returns its number. Without changes, returns the newest revision.
    pub fn commit(self, tx: &mut Tx<'_>, action: &str, summary: &str) -> Result<i64, StoreError> {
        if self.done.is_empty() {
            let newest = store::history::newest(tx)?;
            tx.answer_with(newest);
            return Ok(newest);
        }
        let entries = self.done.iter().map(AppliedChange::entry);
        audit::record_all(tx, self.actor, entries)?;
        let number = next_revision(tx, self.actor, action, summary)?;
        let left: Vec<Left> = self.done.into_iter().map(|done| done.left).collect();
        store::history::insert(tx, number, &left)?;
        Ok(number)
    }

    fn note(&mut self, action: &'static str, before: Option<Rule>, rule: Rule, deleted: bool) {
        let left = Left { rule, deleted };
        self.done.push(AppliedChange {
            action,
            before,
            left,
        });
    }
}

/// Takes the next revision for a change of rules, and appends the event `rules.changed`.
pub fn next_revision(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &str,
    summary: &str,
) -> Result<i64, StoreError> {
    let Actor { at, subject, .. } = actor;
    let number = revisions::next(tx, *at, subject, RevisionSubject::Rules, action, summary)?;
    let data = RulesEventData {
        version: number,
        action: action.to_owned(),
        changed_at: *at,
    };
    events::append(tx, &[EventDraft::of_rules(*at, &data)])?;
    Ok(number)
}

impl AppliedChange {
    fn entry(&self) -> Change<'_> {
        let json = |rule: &Rule| {
            let mut json = rule.to_json();
            // `updatedAt` changes with every write and carries no information.
            json.remove("updatedAt");
            serde_json::Value::Object(json)
        };
        let before = self.before.as_ref().map(json);
        let after = (!self.left.deleted).then(|| json(&self.left.rule));
        Change {
            action: self.action,
            resource_type: "payment_rule",
            resource_id: self.left.rule.id.to_string(),
            fields: audit::changed_fields(before.as_ref(), after.as_ref()),
        }
    }
}
