//! Single values of a JSON body.

use serde_json::Value;

/// The JSON type of a value, for a sentence.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Reads an RFC 3339 moment in the years 1970 to 9999, cut to microseconds.
pub fn read_instant(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    use chrono::{Datelike, SubsecRound};
    let instant = chrono::DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    (1970..=9999)
        .contains(&instant.year())
        .then(|| instant.trunc_subsecs(6))
}

/// Reads a whole number in any spelling: `5.0` and `5e0` are 5.
pub(super) fn whole(value: &Value) -> Option<i64> {
    // The largest number up to which a float holds every whole number exactly.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = || {
        let number = value.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole, and within the range"
        )]
        (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
    };
    value.as_i64().or_else(float)
}

/// Returns the text if it has `min..=max` characters and can be stored; otherwise an error code and the end of its
/// sentence.
pub(super) fn check_text(
    value: &Value,
    min: usize,
    max: usize,
) -> Result<&str, (&'static str, String)> {
    let Value::String(text) = value else {
        return Err((
            "wrong_type",
            format!("must be a text, not {}.", kind_of(value)),
        ));
    };
    let length = text.chars().count();
    if text.contains('\0') {
        Err(("control_character", "must not contain NUL.".into()))
    } else if length < min || (min > 0 && text.trim().is_empty()) {
        let sentence = if min <= 1 {
            "must not be empty.".into()
        } else {
            format!("needs at least {min} characters.")
        };
        Err(("too_short", sentence))
    } else if length > max {
        Err((
            "too_long",
            format!("takes at most {max} characters; this has {length}."),
        ))
    } else {
        Ok(text)
    }
}
