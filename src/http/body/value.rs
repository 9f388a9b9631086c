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

/// Reads an RFC 3339 moment in the years 1970 to 9999, cut to microseconds. A leap second is the second after it.
pub fn read_instant(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    use chrono::{DateTime, Datelike};
    let given = DateTime::parse_from_rfc3339(text).ok()?;
    // Unlike chrono's own moment, a count of microseconds has no leap second.
    let instant = DateTime::from_timestamp_micros(given.timestamp_micros())?;
    (1970..=9999).contains(&instant.year()).then_some(instant)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_microseconds_and_no_leap_second() {
        for (text, expected) in [
            (
                "2026-03-01T12:00:00.1234567+01:00",
                Some("2026-03-01T11:00:00.123456+00:00"),
            ),
            ("2016-12-31T23:59:60Z", Some("2017-01-01T00:00:00+00:00")),
            (
                "2024-02-29T12:30:60.5Z",
                Some("2024-02-29T12:31:00.500+00:00"),
            ),
            ("1970-01-01T00:00:00Z", Some("1970-01-01T00:00:00+00:00")),
            ("1969-12-31T23:59:59Z", None),
            ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59+00:00")),
            ("9999-12-31T23:59:60Z", None),
            ("2026-02-29T00:00:00Z", None),
        ] {
            let read = read_instant(text).map(|it| it.to_rfc3339());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
