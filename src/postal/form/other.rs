//! Codes of an unknown form, which are compared as they are.

use super::{Keys, shape};
use crate::postal::pattern::{BadPattern, Pattern, PatternDraft, ReadPattern};

pub fn keys(folded: String) -> Keys {
    Keys {
        codes: vec![folded.clone()],
        points: Vec::from_iter(shape::is_digits(&folded).then(|| point(&folded))),
        text: folded,
    }
}

pub fn read(draft: &PatternDraft<'_>) -> ReadPattern {
    match &draft.part {
        Pattern::Code(code) => Ok(Pattern::Code(code.clone())),
        Pattern::Prefix(prefix) => Ok(Pattern::Prefix(prefix.replace(' ', ""))),
        Pattern::Range(low, high) => digit_range(low, high),
    }
}

/// A range of digits; both ends must have the same length.
pub fn digit_range(low: &str, high: &str) -> ReadPattern {
    if !shape::is_digits(low) || !shape::is_digits(high) || low.len() != high.len() {
        return Err(BadPattern::RangeEnds);
    }
    Pattern::range(point(low), point(high))
}

/// Digits for comparison with a range. The length comes first, so that a range contains only codes of its length.
pub fn point(digits: &str) -> String {
    let length = u32::try_from(digits.len()).ok().and_then(char::from_u32);
    format!("{}{digits}", length.unwrap_or('\u{FFFF}'))
}
