//! Verifies suggestions: a suggestion is reported only if it leads to an expression that can be saved.
//!
//! One mistake often hides another: `customer?.name` becomes `customer.name`, which may be null. Further findings at
//! the same range are fixed too, and all fixes together are one suggestion.

use super::diagnostic::{Finding, Range, Severity};
use super::schema::Schema;
use super::{check, parser};

/// The maximum number of mistakes that are fixed one after the other.
const MOST_STEPS: usize = 6;

/// The findings of a text, and whether it could be parsed.
fn findings_of(text: &str, schema: &'static Schema) -> (Vec<Finding>, bool) {
    match parser::parse(text) {
        Ok(tree) => (check::check(&tree, text, schema).findings, true),
        Err(finding) => (vec![finding], false),
    }
}

/// The finding with the first of its suggestions that leads to an expression; without a suggestion if none does. `was_read`
/// is whether the text itself can be parsed.
pub(super) fn verified(
    finding: Finding,
    text: &str,
    schema: &'static Schema,
    was_read: bool,
) -> Finding {
    let verified = finding
        .suggestion
        .iter()
        .chain(&finding.otherwise)
        .find_map(|suggestion| apply(finding.range, suggestion, text, schema, was_read));
    let (range, suggestion) = verified.unzip();
    let closing = finding.closing.as_ref();
    let closing = closing.and_then(|closing| close(text, closing, schema));
    Finding {
        range: range.unwrap_or(finding.range),
        suggestion,
        closing: closing.map(Into::into),
        ..finding
    }
}

/// Everything that is missing at the end of the text; `None` if the completed text is not a valid expression.
fn close(text: &str, closing: &str, schema: &'static Schema) -> Option<String> {
    let mut added = closing.to_owned();
    for _ in 0..=parser::MAX_NESTING {
        let (found, is_read) = findings_of(&format!("{text}{added}"), schema);
        if is_read {
            let has_errors = found.iter().any(|it| it.severity == Severity::Error);
            return (!has_errors).then_some(added);
        }
        let more = found.into_iter().next()?.closing?;
        added.push_str(&more);
    }
    None
}

/// Applies the suggestion, then those of further findings at the same range, until none are left. Returns the range in the
/// original text and its replacement; `None` where the result is not an expression.
fn apply(
    range: Range,
    suggestion: &str,
    text: &str,
    schema: &'static Schema,
    was_read: bool,
) -> Option<(Range, String)> {
    let replaced = |text: &str, range: Range, suggestion: &str| {
        Range::new(0, text.len()).with(range, suggestion, text)
    };
    let mut fixed = replaced(text, range, suggestion);
    let mut place = Range::new(range.start, range.start + suggestion.len());
    for _ in 0..MOST_STEPS {
        let (found, is_read) = findings_of(&fixed, schema);
        if was_read && !is_read {
            return None;
        }
        let is_here = |found: &&Finding| {
            found.range.touches(place) || !is_read && in_one_run(&fixed, place, found.range)
        };
        let mut here = found.iter().filter(is_here);
        let next = here
            .clone()
            .find_map(|found| Some((found.range, found.suggestion.as_ref()?)));
        let Some((at, suggestion)) = next else {
            if here.any(|found| found.severity == Severity::Error) {
                return None;
            }
            // The parser stops at the first mistake. A mistake after this range, or an unclosed bracket, was there
            // before.
            let was_there = |found: &Finding| {
                found.range.start >= place.end || found.code == "unclosed_bracket"
            };
            if !is_read && !found.iter().all(was_there) {
                return None;
            }
            let original = Range::new(place.start, text.len() - (fixed.len() - place.end));
            return Some((original, place.of(&fixed).to_owned()));
        };
        let shorter = at.end - at.start;
        let end = place.end.max(at.end) + suggestion.len() - shorter;
        place = Range::new(place.start.min(at.start), end);
        fixed = replaced(&fixed, at, suggestion);
    }
    None
}

/// Whether `second` follows `first` without white space in between, like the two `?.` of `a?.b?.c`.
fn in_one_run(text: &str, first: Range, second: Range) -> bool {
    let between = first.gap(second).of(text);
    first.end <= second.start && !between.contains(char::is_whitespace)
}
