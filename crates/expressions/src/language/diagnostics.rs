//! All codes of diagnostics, and why some have no fix.

use super::DiagnosticInfo;

/// Each code, and why a diagnostic with it has no fix. With an empty reason it has one if one was found that leads to an
/// expression without the mistake.
const CODES: [(&str, &str); 29] = [
    ("bad_number", ""),
    (
        "bad_pattern",
        "What the pattern was meant to match is not known.",
    ),
    ("chained_comparison", ""),
    (
        "compares_objects",
        "Which attribute of the two objects was meant is not known.",
    ),
    ("concat_precedence", ""),
    (
        "custom_attribute",
        "It is right for shops that post the attribute.",
    ),
    ("maybe_null", ""),
    ("no_comments", ""),
    (
        "no_item_name",
        "A list that has no name cannot be given one.",
    ),
    (
        "not_a_condition",
        "What the value was meant to be compared with is not known.",
    ),
    (
        "number_too_long",
        "Any shorter number would be another one.",
    ),
    (
        "pattern_not_constant",
        "The pattern that was meant is not known.",
    ),
    ("tight_not", ""),
    (
        "too_deep",
        "The expression has to be split into several rules.",
    ),
    (
        "too_long",
        "The expression has to be split into several rules.",
    ),
    ("type_mismatch", ""),
    ("unclosed_bracket", ""),
    ("unexpected", ""),
    ("unexpected_end", "The value that was meant is not known."),
    ("unknown_attribute", ""),
    ("unknown_character", ""),
    ("unknown_function", ""),
    ("unknown_method", ""),
    ("unknown_name", ""),
    ("unknown_operator", ""),
    ("unlike_types", ""),
    ("unterminated_text", ""),
    ("wrong_arguments", "Which argument was meant is not known."),
    ("costly", "How else to find out the same is not known."),
];

pub(super) fn all() -> Vec<DiagnosticInfo> {
    let all = CODES.map(|(code, reason)| DiagnosticInfo {
        code,
        fixable: reason.is_empty(),
        reason: (!reason.is_empty()).then_some(reason),
    });
    all.to_vec()
}
