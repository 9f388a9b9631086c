//! Codes of an unknown form, which are compared as they are.

use super::{Keys, shape};
use crate::postal::pattern::{BadPattern, Pattern, PatternDraft, PatternPart, ReadPattern};

pub fn keys(folded: String) -> Keys {
    Keys {
        codes: vec![folded.clone()],
        points: shape::is_digits(&folded)
            .then(|| point(&folded))
            .into_iter()
            .collect(),
        text: folded,
    }
}

pub fn read(draft: &PatternDraft<'_>) -> ReadPattern {
    match &draft.part {
        PatternPart::Code(code) => Ok(Pattern::Code(code.clone())),
        PatternPart::Prefix(prefix) => Ok(Pattern::Prefix(prefix.replace(' ', ""))),
        PatternPart::Range(low, high) => digit_range(low, high),
    }
}

/// A range of digits; both ends must have the same length.
pub fn digit_range(low: &str, high: &str) -> ReadPattern {
    if !shape::is_digits(low) || !shape::is_digits(high) || low.len() != high.len() {
        return Err(BadPattern::RangeEnds);
    }
    if low > high {
        return Err(BadPattern::Backwards);
    }
    Ok(Pattern::Range(point(low), point(high)))
}

/// Digits for comparison with a range. The length comes first, so that a range contains only codes of its length.
pub fn point(digits: &str) -> String {
    let length =
        char::from_u32(u32::try_from(digits.len()).unwrap_or(u32::MAX)).unwrap_or('\u{FFFF}');
    format!("{length}{digits}")
}
