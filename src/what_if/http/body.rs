//! Reads the body of a request for a trial.

use std::sync::Arc;

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    checkout::revision_incomplete,
    http::body,
    operation::prelude::*,
    payment_rules::{
        Draft, draft_set,
        rulebook::{NoRulebook, Rulebook},
    },
    recording::RecordingWindow,
    what_if::start::{NewTrial, TriedRules},
};

/// The rules to try on recorded carts: either `rules` or `revision`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = NewWhatIf, example = json!({
    "rules": [{
        "name": "Small US orders", "sortOrder": 10, "currency": "USD", "expression": "total <= 500",
        "paymentMethods": [{ "id": "apruve_01h455vb4pex5vsknk084sn02q" }]
    }],
    "from": "2026-02-15T00:00:00Z"
}))]
#[expect(dead_code, reason = "describes what is read below")]
pub(super) struct NewWhatIf {
    /// The complete set of rules to try in place of the live ones, at most 1000. Ids may be left out, and a method may
    /// be named by `type` and `name`, as in exports.
    #[schema(max_items = 1000)]
    rules: Option<Vec<Draft>>,
    /// The revision whose rules, payment methods and settings are tried.
    #[schema(example = 17)]
    revision: Option<i64>,
    /// Only carts that were recorded at or after this instant. If left out, there is no lower limit.
    from: Option<DateTime<Utc>>,
    /// Only carts that were recorded before this instant. The default is the time of the request.
    until: Option<DateTime<Utc>>,
}

/// The revision that a body names, read before the rest of the body. Its errors are reported with those of the rest.
pub(super) fn named_revision(bytes: &Bytes) -> Option<i64> {
    let object = body::parse_object(bytes).ok()?;
    revision(&Fields::of(&object, &Findings::default()))
}

fn revision(fields: &Fields<'_>) -> Option<i64> {
    fields.integer("revision", 0..=i64::MAX)
}

/// Reads a body. `past` is the rulebook of the named revision.
pub(super) fn read(
    bytes: &Bytes,
    live: &Rulebook,
    past: Option<Result<Arc<Rulebook>, NoRulebook>>,
    now: DateTime<Utc>,
) -> Result<NewTrial, Problem> {
    let object = body::parse_object(bytes)?;
    let (rules, window) = Fields::read(&object, |fields| {
        let rules = tried_rules(fields, live, now);
        if let Some(Err(NoRulebook::Unknown(number))) = &past {
            let message = format!("There is no revision {number}.");
            fields.refuse("revision", "unknown_revision", message);
        }
        let window = window(fields);
        rules.map(|rules| (rules, window))
    })?;
    match past {
        Some(Err(NoRulebook::Incomplete(number))) => return Err(revision_incomplete(number)),
        Some(Err(NoRulebook::Store(error))) => return Err(error.into()),
        Some(Err(NoRulebook::Unknown(_)) | Ok(_)) | None => {}
    }
    Ok(NewTrial {
        rules,
        window,
        live_revision: live.revision(),
    })
}

fn tried_rules(fields: &Fields<'_>, live: &Rulebook, now: DateTime<Utc>) -> Option<TriedRules> {
    let number = revision(fields);
    let has_rules = fields.value("rules").is_some();
    if has_rules && fields.value("revision").is_some() {
        let message = "Say which rules to try by `rules` or by `revision`, not by both.";
        fields.refuse("revision", "not_both", message);
    }
    if !has_rules {
        if fields.value("revision").is_none() {
            let message =
                "Say which rules to try: a whole set in `rules`, or the number of a `revision`.";
            fields.refuse("rules", "required", message);
        }
        return number.map(TriedRules::Revision);
    }
    let rules = draft_set::read(fields, live, now);
    let rules = rules.iter().map(|rule| Value::Object(rule.to_json()));
    Some(TriedRules::Drafts(
        Value::Array(rules.collect()).to_string(),
    ))
}

fn window(fields: &Fields<'_>) -> RecordingWindow {
    let (from, until) = (fields.instant("from"), fields.instant("until"));
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        let message = "`until` must be later than `from`: no cart is recorded in an empty window.";
        fields.refuse("until", "before_from", message);
    }
    RecordingWindow { from, until }
}
