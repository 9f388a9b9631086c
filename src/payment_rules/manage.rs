//! Changes that an administrator makes to one rule.

use serde_json::json;

use super::{
    Draft, Rule,
    change::{Changes, next_revision},
    methods::Living,
    refusal::RuleRefusal,
    store,
};
use crate::{
    audit::{self, Actor, Change},
    http::{precondition::IfMatch, problem::FieldError},
    idempotency::{self, Key, Once},
    ids::{self, RuleId},
    store::{StoreError, Tx},
};

/// Creates a rule.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: Option<&Key>,
    draft: Draft,
) -> Result<Once<Rule>, RuleRefusal> {
    once(tx, actor, key, |tx| {
        RuleRefusal::unless_empty(missing_methods(tx, &draft)?)?;
        let rule = Rule::new(ids::fresh(actor.at), draft, actor.at);
        add(tx, actor, rule, "create", "Created")
    })
}

/// Creates a disabled copy, so that it can be changed before it has an effect.
pub fn duplicate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: Option<&Key>,
    id: RuleId,
) -> Result<Once<Rule>, RuleRefusal> {
    once(tx, actor, key, |tx| {
        let original = store::find(tx, id)?.ok_or(RuleRefusal::NoSuchRule(id))?;
        // Keeps the methods from being archived until the copy is saved.
        let living = Living::among(tx, &original.payment_methods)?;
        let mut payment_methods = original.payment_methods;
        payment_methods.retain(|method| living.has(method.id));
        let copy = Rule {
            id: ids::fresh(actor.at),
            name: name_of_copy(&original.name),
            enabled: false,
            payment_methods,
            created_at: actor.at,
            ..original
        };
        add(tx, actor, copy, "duplicate", "Duplicated as")
    })
}

/// Replaces a rule's values by a draft. A draft with the same values changes nothing.
pub fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    if_match: &IfMatch,
    id: RuleId,
    draft: Draft,
) -> Result<Rule, RuleRefusal> {
    let missing = missing_methods(tx, &draft)?;
    let before = find_at(tx, if_match, id)?;
    RuleRefusal::unless_empty(missing)?;
    let after = before.redrafted(draft);
    let mut rule = match after == before {
        true => unchanged(tx, before)?,
        false => change(tx, actor, "update", "Changed", before, after)?,
    };
    store::add_labels(tx, [&mut rule])?;
    Ok(rule)
}

/// Deletes a rule.
pub fn delete(
    tx: &mut Tx<'_>,
    actor: &Actor,
    if_match: &IfMatch,
    id: RuleId,
) -> Result<(), RuleRefusal> {
    let rule = match find_at(tx, if_match, id) {
        // An unreadable rule must be deletable, because it blocks other operations.
        Err(RuleRefusal::Store(StoreError::Broken(_))) => {
            return delete_unreadable(tx, actor, if_match, id);
        }
        found => found?,
    };
    let summary = format!("Deleted {}", quote(&rule.name));
    let mut changes = Changes::by(actor);
    changes.remove(tx, rule)?;
    changes.commit(tx, "delete", &summary)?;
    Ok(())
}

/// Deletes a rule that cannot be read. Its history keeps its last readable version.
fn delete_unreadable(
    tx: &mut Tx<'_>,
    actor: &Actor,
    if_match: &IfMatch,
    id: RuleId,
) -> Result<(), RuleRefusal> {
    let (version, name) = store::find_version(tx, id)?.ok_or(RuleRefusal::NoSuchRule(id))?;
    if_match.check(version)?;
    store::delete(tx, id)?;
    let entry = Change {
        action: "delete",
        resource_type: "payment_rule",
        resource_id: id.to_string(),
        fields: json!({ "unreadable": { "from": true, "to": null } }),
    };
    audit::record(tx, actor, &entry)?;
    let summary = format!("Deleted {}, which could not be read", quote(&name));
    let number = next_revision(tx, actor, "delete", &summary)?;
    store::history::insert_gone(tx, number, id, version + 1)?;
    Ok(())
}

/// Enables or disables a rule. Nothing changes if the rule is already in that state.
pub fn set_enabled(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: Option<&Key>,
    id: RuleId,
    enabled: bool,
) -> Result<Once<Rule>, RuleRefusal> {
    let (action, word) = match enabled {
        true => ("enable", "Enabled"),
        false => ("disable", "Disabled"),
    };
    once(tx, actor, key, |tx| {
        let before = store::find_locked(tx, id)?.ok_or(RuleRefusal::NoSuchRule(id))?;
        if before.enabled == enabled {
            return unchanged(tx, before);
        }
        if enabled && before.payment_methods.is_empty() {
            return Err(RuleRefusal::NoMethod(before.id));
        }
        let after = Rule {
            enabled,
            ..before.clone()
        };
        change(tx, actor, action, word, before, after)
    })
}

/// A name in quotes, for a sentence of the history.
pub fn quote(name: &str) -> String {
    format!("“{name}”")
}

/// Runs `act` at most once per idempotency key; a repeated request returns the current rule.
fn once(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: Option<&Key>,
    act: impl FnOnce(&mut Tx<'_>) -> Result<Rule, RuleRefusal>,
) -> Result<Once<Rule>, RuleRefusal> {
    let mut done = idempotency::once(
        tx,
        key,
        actor.at,
        |tx| act(tx).map(|rule| (rule.id.to_string(), rule)),
        |tx, operation| {
            let unreadable = |_| StoreError::unreadable("the rule of an idempotency key");
            let id = operation.parse().map_err(unreadable)?;
            let rule = store::find(tx, id)?.ok_or(RuleRefusal::NoSuchRule(id))?;
            unchanged(tx, rule)
        },
    )?;
    store::add_labels(tx, [&mut done.value])?;
    Ok(done)
}

fn missing_methods(tx: &mut Tx<'_>, draft: &Draft) -> Result<Vec<FieldError>, StoreError> {
    let living = Living::among(tx, &draft.payment_methods)?;
    Ok(living.missing("", &draft.payment_methods))
}

fn find_at(tx: &mut Tx<'_>, if_match: &IfMatch, id: RuleId) -> Result<Rule, RuleRefusal> {
    let rule = store::find_locked(tx, id)?.ok_or(RuleRefusal::NoSuchRule(id))?;
    if_match.check(rule.version)?;
    Ok(rule)
}

fn add(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mut rule: Rule,
    action: &str,
    word: &str,
) -> Result<Rule, RuleRefusal> {
    let mut changes = Changes::by(actor);
    changes.add(tx, std::slice::from_mut(&mut rule))?;
    let summary = format!("{word} {}", quote(&rule.name));
    changes.commit(tx, action, &summary)?;
    Ok(rule)
}

/// Answers with the newest revision, because nothing changed.
fn unchanged(tx: &mut Tx<'_>, rule: Rule) -> Result<Rule, RuleRefusal> {
    let newest = store::history::newest(tx)?;
    tx.answer_with(newest);
    Ok(rule)
}

fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    word: &str,
    before: Rule,
    after: Rule,
) -> Result<Rule, RuleRefusal> {
    let mut changes = Changes::by(actor);
    let rule = changes.replace(tx, action, before, after)?;
    let summary = format!("{word} {}", quote(&rule.name));
    changes.commit(tx, action, &summary)?;
    Ok(rule)
}

/// The name with the mark of a copy; a long name is cut to stay within 255 characters.
fn name_of_copy(name: &str) -> String {
    const MARK: &str = " (copy)";
    let kept = 255 - MARK.len();
    name.chars().take(kept).chain(MARK.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_says_so_and_stays_within_the_limit() {
        assert_eq!(name_of_copy("Net 30"), "Net 30 (copy)");
        let long = name_of_copy(&"é".repeat(255));
        assert_eq!(long.chars().count(), 255);
        assert!(long.ends_with("é (copy)"));
    }
}
