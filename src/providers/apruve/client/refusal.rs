//! Parses Apruve's error answers. They have several shapes, and some come from a server between Apruve and us.

use reqwest::StatusCode;
use serde_json::Value;

use crate::providers::CleanText;

/// The reason of a refusal, cleaned; the reason phrase of the status if Apruve gives none.
pub(super) fn reason(status: u16, body: &[u8]) -> String {
    let reason = match serde_json::from_slice(body) {
        Ok(Value::String(text)) => Some(text),
        Ok(object @ Value::Object(_)) => reason_in(&object),
        Ok(_) => None,
        Err(_) => plain(body),
    };
    let reason = reason.map(|reason| CleanText::paragraph(&reason));
    match reason {
        Some(reason) if !reason.as_str().is_empty() => reason.as_str().to_owned(),
        _ => in_words(status),
    }
}

/// The body as text; `None` if it looks like an HTML page of a server in between.
fn plain(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    (!text.starts_with('<')).then(|| text.to_owned())
}

fn in_words(status: u16) -> String {
    let known = StatusCode::from_u16(status).ok();
    let words = known.and_then(|status| status.canonical_reason());
    words.unwrap_or("no reason was given").to_owned()
}

fn reason_in(object: &Value) -> Option<String> {
    match &object["errors"] {
        Value::Array(errors) => joined(errors.iter().filter_map(one_error).collect()),
        // The format of Rails: a list of sentences for each field.
        Value::Object(by_field) => {
            let sentence = |(field, what): (&String, &Value)| match what {
                Value::Array(all) => {
                    let all: Vec<_> = all.iter().filter_map(Value::as_str).collect();
                    format!("{field} {}", all.join(", "))
                }
                Value::String(text) => format!("{field} {text}"),
                _ => field.clone(),
            };
            joined(by_field.iter().map(sentence).collect())
        }
        Value::String(text) => Some(text.clone()),
        _ => {
            let mut keys = ["error", "message", "detail", "title", "status"].into_iter();
            let text = keys.find_map(|key| object[key].as_str());
            text.map(str::to_owned)
        }
    }
}

fn one_error(error: &Value) -> Option<String> {
    if let Some(text) = error.as_str() {
        return Some(text.to_owned());
    }
    match (error["title"].as_str(), error["detail"].as_str()) {
        (Some(title), Some(detail)) => Some(format!("{title}: {detail}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

fn joined(reasons: Vec<String>) -> Option<String> {
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_error_is_understood() {
        for (status, body, expected) in [
            (
                400,
                r#"{"errors":[{"title":"Invalid","detail":"must be positive","source":{"parameter":"amount_cents"}}]}"#,
                "Invalid: must be positive",
            ),
            (
                400,
                r#"{"errors":[{"title":"A"},{"detail":"B"},"C",{}]}"#,
                "A; B; C",
            ),
            (
                422,
                r#"{"errors":{"amount_cents":["is too small","is odd"]}}"#,
                "amount_cents is too small, is odd",
            ),
            (400, r#"{"errors":"all wrong"}"#, "all wrong"),
            (400, r#"{"errors":[]}"#, "Bad Request"),
            (402, r#"{"error":"not enough credit"}"#, "not enough credit"),
            (
                400,
                r#"{"status":"Bad Request","status_code":400}"#,
                "Bad Request",
            ),
            (404, "Not Found", "Not Found"),
            (404, "", "Not Found"),
            (409, "\"taken\"", "taken"),
            (418, "[]", "I'm a teapot"),
            (499, "<html><h1>Gone</h1></html>", "no reason was given"),
            (403, "{\"errors\":", "{\"errors\":"),
            (400, r#"{"error":"line\none <b>bold</b>"}"#, "line one bold"),
        ] {
            assert_eq!(reason(status, body.as_bytes()), expected, "{body}");
        }
        assert_eq!(reason(400, b"\xff\xfe"), "Bad Request");
    }
}
