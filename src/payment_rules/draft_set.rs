//! Draft rules that replace the live ones in a trial.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Draft, Kept, Rule, import, rulebook::Rulebook};
use crate::{
    http::body::{self, Fields, Findings},
    ids,
};

/// The maximum number of rules of a set.
pub const MAX_RULES: usize = 1000;

/// Reads the rules in the member `rules`, whose methods are those of a rulebook, and notes every error.
pub fn read(fields: &Fields<'_>, book: &Rulebook, now: DateTime<Utc>) -> Vec<Rule> {
    let rules = fields.list("rules", MAX_RULES).into_iter();
    rules
        .filter_map(|(pointer, value)| read_rule(fields.findings(), book, now, pointer, value))
        .collect()
}

fn read_rule(
    findings: &Findings,
    book: &Rulebook,
    now: DateTime<Utc>,
    pointer: String,
    value: &Value,
) -> Option<Rule> {
    let methods = book.methods().iter().map(|card| &card.method);
    let fields = body::object_at(value, pointer, findings)?;
    let resolve = |entry: &Fields<'_>| import::resolve(entry, methods.clone());
    let draft = Draft::read_with(fields, &resolve, Kept::All)?;
    // A changed live rule keeps its id, so that explanations can be compared.
    let id = value["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| ids::fresh(now));
    Some(Rule::new(id, draft, now))
}
