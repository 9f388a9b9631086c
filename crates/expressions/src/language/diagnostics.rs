//! All codes of diagnostics, and why some have no fix.

use super::DiagnosticInfo;

const CODES: [&str; 29] = [
    "bad_number",
    "bad_pattern",
    "chained_comparison",
    "compares_objects",
    "concat_precedence",
    "custom_attribute",
    "maybe_null",
    "no_comments",
    "no_item_name",
    "not_a_condition",
    "number_too_long",
    "pattern_not_constant",
    "tight_not",
    "too_deep",
    "too_long",
    "type_mismatch",
    "unclosed_bracket",
    "unexpected",
    "unexpected_end",
    "unknown_attribute",
    "unknown_character",
    "unknown_function",
    "unknown_method",
    "unknown_name",
    "unknown_operator",
    "unlike_types",
    "unterminated_text",
    "wrong_arguments",
    "costly",
];

/// Why a diagnostic with this code has no fix. With any other code it has one only if one was found that leads to an
/// expression without the mistake.
fn reason(code: &str) -> Option<&'static str> {
    Some(match code {
        "bad_pattern" => "What the pattern was meant to match is not known.",
        "compares_objects" => "Which attribute of the two objects was meant is not known.",
        "custom_attribute" => "It is right for shops that post the attribute.",
        "no_item_name" => "A list that has no name cannot be given one.",
        "not_a_condition" => "What the value was meant to be compared with is not known.",
        "number_too_long" => "Any shorter number would be another one.",
        "pattern_not_constant" => "The pattern that was meant is not known.",
        "too_deep" | "too_long" => "The expression has to be split into several rules.",
        "unexpected_end" => "The value that was meant is not known.",
        "wrong_arguments" => "Which argument was meant is not known.",
        "costly" => "How else to find out the same is not known.",
        _ => return None,
    })
}

pub(super) fn all() -> Vec<DiagnosticInfo> {
    let all = CODES.map(|code| DiagnosticInfo {
        code,
        fixable: reason(code).is_none(),
        reason: reason(code),
    });
    all.to_vec()
}
