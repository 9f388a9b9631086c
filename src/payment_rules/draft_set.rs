//! Draft rules that replace the live ones in a trial.

use chrono::{DateTime, Utc};

use super::{Draft, Kept, Rule, import, rulebook::Rulebook};
use crate::{
    http::body::{self, Fields},
    ids,
};

/// The maximum number of rules of a set.
pub const MAX_RULES: usize = 1000;

/// Reads the rules in the member `rules`, whose methods are those of a rulebook, and notes every error.
pub fn read(fields: &Fields<'_>, book: &Rulebook, now: DateTime<Utc>) -> Vec<Rule> {
    let methods = book.methods().iter().map(|card| &card.method);
    let resolve = |entry: &Fields<'_>| import::resolve(entry, methods.clone());
    let rules = fields.list("rules", MAX_RULES).into_iter();
    let rules = rules.filter_map(|(pointer, value)| {
        let rule = body::object_at(value, pointer, fields.findings())?;
        let (draft, _) = Draft::read_with(rule, &resolve, Kept::All)?;
        // A changed live rule keeps its id, so that explanations can be compared.
        let id = value["id"].as_str().and_then(|id| id.parse().ok());
        Some(Rule::new(id.unwrap_or_else(|| ids::fresh(now)), draft, now))
    });
    rules.collect()
}
