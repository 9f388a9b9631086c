//! Applies one change to many rules: to all of them or, if one is invalid, to none.

use std::collections::{HashMap, HashSet};

use utoipa::ToSchema;

use super::{
    Rule,
    change::Changes,
    refusal::{RuleRefusal, no_method},
    store::{self, list::RuleFilter},
};
use crate::{
    audit::Actor,
    http::problem::FieldError,
    idempotency::{self, Key, Once},
    ids::RuleId,
    store::{StoreError, Tx},
    string_enum::string_enum,
};

/// An action, and the rules to apply it to.
#[derive(Clone, Debug, PartialEq, ToSchema)]
pub struct BulkChange {
    /// The action for each of the rules.
    pub action: BulkAction,
    #[serde(flatten)]
    pub selection: Selection,
}

string_enum! {
    /// An action on each of many rules.
    BulkAction as "BulkAction" {
        Enable = "enable",
        Disable = "disable",
        Delete = "delete",
    }
}

/// Which rules.
#[derive(Clone, Debug, PartialEq, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkSelection)]
pub enum Selection {
    /// The rules with these ids. A text that is not an id is reported as an unknown rule.
    Ids(Vec<String>),
    /// All rules that match.
    Filter(RuleFilter),
}

/// The result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The number of selected rules.
    pub count: usize,
    /// The number of rules that were actually changed.
    pub changed: usize,
    /// The newest revision of the rules.
    pub revision: i64,
}

/// Applies one action to many rules.
pub fn apply(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: Option<&Key>,
    change: &BulkChange,
) -> Result<Once<Counted>, RuleRefusal> {
    let BulkChange { action, selection } = change;
    once(tx, actor, key, |tx| {
        let rules = selected(tx, selection)?;
        if *action == BulkAction::Enable {
            require_methods(&rules, selection)?;
        }
        let count = rules.len();
        let mut changes = Changes::by(actor);
        for rule in rules {
            match action {
                BulkAction::Delete => changes.remove(tx, rule)?,
                BulkAction::Enable | BulkAction::Disable => {
                    let after = Rule {
                        enabled: *action == BulkAction::Enable,
                        ..rule.clone()
                    };
                    if after != rule {
                        changes.replace(tx, action.as_str(), rule, after)?;
                    }
                }
            }
        }
        let changed = changes.len();
        let summary = format!("{} {changed} rules at once", capitalised(*action));
        let revision = changes.commit(tx, action.as_str(), &summary)?;
        Ok(Counted {
            count,
            changed,
            revision,
        })
    })
}

fn capitalised(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Enable => "Enabled",
        BulkAction::Disable => "Disabled",
        BulkAction::Delete => "Deleted",
    }
}

fn selected(tx: &mut Tx<'_>, selection: &Selection) -> Result<Vec<Rule>, RuleRefusal> {
    match selection {
        Selection::Ids(ids) => named(tx, ids),
        Selection::Filter(filter) => {
            let ids = store::list::ids(tx, filter)?;
            Ok(store::load_many_locked(tx, &ids)?)
        }
    }
}

/// The rules in the order of their ids, or an error for each invalid id.
pub fn named(tx: &mut Tx<'_>, texts: &[String]) -> Result<Vec<Rule>, RuleRefusal> {
    let ids: Vec<RuleId> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    let found = store::load_many_locked(tx, &ids)?.into_iter();
    let found = found.map(|rule| (rule.id.to_string(), rule));
    let mut found: HashMap<String, Rule> = found.collect();
    let mut seen = HashSet::new();
    let (mut rules, mut errors) = (Vec::with_capacity(texts.len()), Vec::new());
    for (index, text) in texts.iter().enumerate() {
        let pointer = format!("/ids/{index}");
        match found.remove(text) {
            Some(rule) => rules.push(rule),
            None if seen.contains(text) => {
                let message = format!("`{text}` is listed twice.");
                errors.push(FieldError::at(pointer, "duplicate", message));
            }
            None => {
                let message = format!("There is no payment rule `{text}`.");
                errors.push(FieldError::at(pointer, "unknown_rule", message));
            }
        }
        seen.insert(text);
    }
    RuleRefusal::unless_empty(errors)?;
    Ok(rules)
}

fn require_methods(rules: &[Rule], selection: &Selection) -> Result<(), RuleRefusal> {
    let rules = rules.iter().enumerate();
    let empty = rules.filter(|(_, rule)| rule.payment_methods.is_empty());
    let errors = empty.map(|(index, rule)| {
        let pointer = match selection {
            Selection::Ids(_) => format!("/ids/{index}"),
            Selection::Filter(_) => "/filter".to_owned(),
        };
        FieldError::at(pointer, "no_payment_method", no_method(rule.id))
    });
    RuleRefusal::unless_empty(errors.collect())
}

/// Runs `act` at most once for a key; a repeated request returns the same counts.
pub fn once(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: Option<&Key>,
    act: impl FnOnce(&mut Tx<'_>) -> Result<Counted, RuleRefusal>,
) -> Result<Once<Counted>, RuleRefusal> {
    idempotency::once(
        tx,
        key,
        actor.at,
        |tx| act(tx).map(|counted| (write(counted), counted)),
        |tx, operation| {
            let unreadable = || StoreError::unreadable("the counts of an idempotency key");
            let counted = read(operation).ok_or_else(unreadable)?;
            tx.answer_with(counted.revision);
            Ok(counted)
        },
    )
}

fn write(counted: Counted) -> String {
    format!("{} {} {}", counted.count, counted.changed, counted.revision)
}

fn read(text: &str) -> Option<Counted> {
    let mut words = text.split(' ');
    Some(Counted {
        count: words.next()?.parse().ok()?,
        changed: words.next()?.parse().ok()?,
        revision: words.next()?.parse().ok()?,
    })
}
