//! All codes of diagnostics, and why some have no fix.

use super::DiagnosticInfo;

const fn fixable(code: &'static str) -> DiagnosticInfo {
    DiagnosticInfo {
        code,
        fixable: true,
        reason: None,
    }
}

const fn not_fixable(code: &'static str, reason: &'static str) -> DiagnosticInfo {
    DiagnosticInfo {
        code,
        fixable: false,
        reason: Some(reason),
    }
}

/// A diagnostic with a fixable code has a fix only if one was found that leads to an expression without the mistake.
pub(super) const ALL: [DiagnosticInfo; 29] = [
    fixable("bad_number"),
    not_fixable(
        "bad_pattern",
        "What the pattern was meant to match is not known.",
    ),
    fixable("chained_comparison"),
    not_fixable(
        "compares_objects",
        "Which attribute of the two objects was meant is not known.",
    ),
    fixable("concat_precedence"),
    not_fixable(
        "custom_attribute",
        "It is right for shops that post the attribute.",
    ),
    fixable("maybe_null"),
    fixable("no_comments"),
    not_fixable(
        "no_item_name",
        "A list that has no name cannot be given one.",
    ),
    not_fixable(
        "not_a_condition",
        "What the value was meant to be compared with is not known.",
    ),
    not_fixable(
        "number_too_long",
        "Any shorter number would be another one.",
    ),
    not_fixable(
        "pattern_not_constant",
        "The pattern that was meant is not known.",
    ),
    fixable("tight_not"),
    not_fixable(
        "too_deep",
        "The expression has to be split into several rules.",
    ),
    not_fixable(
        "too_long",
        "The expression has to be split into several rules.",
    ),
    fixable("type_mismatch"),
    fixable("unclosed_bracket"),
    fixable("unexpected"),
    not_fixable("unexpected_end", "The value that was meant is not known."),
    fixable("unknown_attribute"),
    fixable("unknown_character"),
    fixable("unknown_function"),
    fixable("unknown_method"),
    fixable("unknown_name"),
    fixable("unknown_operator"),
    fixable("unlike_types"),
    fixable("unterminated_text"),
    not_fixable("wrong_arguments", "Which argument was meant is not known."),
    not_fixable("costly", "How else to find out the same is not known."),
];
