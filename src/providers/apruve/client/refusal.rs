//! Parses Apruve's error answers. They have several shapes, and some come from a server between Apruve and us.

use reqwest::StatusCode;
use serde_json::Value;

use crate::providers::CleanText;

/// A definite refusal: nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Apruve refused with status {status}: {reason}")]
pub struct Refusal {
    /// 400 to 499.
    pub status: u16,
    /// Apruve's message, cleaned; the reason phrase of the status if there is none.
    pub reason: String,
    /// The field of Apruve's API that the refusal is about.
    pub parameter: Option<String>,
}

impl Refusal {
    pub(super) fn read(status: u16, body: &[u8]) -> Self {
        let (reason, parameter) = match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => reason_and_parameter(&Value::Object(object)),
            Ok(Value::String(text)) => (Some(text), None),
            Ok(_) => (None, None),
            Err(_) => (plain(body), None),
        };
        let reason = reason.map(|reason| CleanText::paragraph(&reason));
        Refusal {
            status,
            reason: match reason {
                Some(reason) if !reason.as_str().is_empty() => reason.as_str().to_owned(),
                _ => in_words(status),
            },
            parameter: parameter.map(|name| CleanText::line(&name).as_str().to_owned()),
        }
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

/// Reason and parameter of an object.
fn reason_and_parameter(object: &Value) -> (Option<String>, Option<String>) {
    match &object["errors"] {
        Value::Array(errors) => {
            let reasons: Vec<String> = errors.iter().filter_map(one_error).collect();
            let parameter = errors.iter().find_map(|error| {
                let name = &error["source"]["parameter"];
                Some(name.as_str()?.to_owned())
            });
            (some_of(reasons), parameter)
        }
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
            let reasons = by_field.iter().map(sentence).collect();
            (some_of(reasons), by_field.keys().next().cloned())
        }
        Value::String(text) => (Some(text.clone()), None),
        _ => {
            let keys = ["error", "message", "detail", "title", "status"];
            let text = keys.iter().find_map(|key| object[key].as_str());
            (text.map(str::to_owned), None)
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

fn some_of(reasons: Vec<String>) -> Option<String> {
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_error_is_understood() {
        for (status, body, reason, parameter) in [
            (
                400,
                r#"{"errors":[{"title":"Invalid","detail":"must be positive","source":{"parameter":"amount_cents"}}]}"#,
                "Invalid: must be positive",
                Some("amount_cents"),
            ),
            (
                400,
                r#"{"errors":[{"title":"A"},{"detail":"B"},"C",{}]}"#,
                "A; B; C",
                None,
            ),
            (
                422,
                r#"{"errors":{"amount_cents":["is too small","is odd"]}}"#,
                "amount_cents is too small, is odd",
                Some("amount_cents"),
            ),
            (400, r#"{"errors":"all wrong"}"#, "all wrong", None),
            (400, r#"{"errors":[]}"#, "Bad Request", None),
            (
                402,
                r#"{"error":"not enough credit"}"#,
                "not enough credit",
                None,
            ),
            (
                400,
                r#"{"status":"Bad Request","status_code":400}"#,
                "Bad Request",
                None,
            ),
            (404, "Not Found", "Not Found", None),
            (404, "", "Not Found", None),
            (409, "\"taken\"", "taken", None),
            (418, "[]", "I'm a teapot", None),
            (
                499,
                "<html><h1>Gone</h1></html>",
                "no reason was given",
                None,
            ),
            (403, "{\"errors\":", "{\"errors\":", None),
            (
                400,
                r#"{"error":"line\none <b>bold</b>"}"#,
                "line one bold",
                None,
            ),
        ] {
            let expected = Refusal {
                status,
                reason: reason.to_owned(),
                parameter: parameter.map(str::to_owned),
            };
            assert_eq!(Refusal::read(status, body.as_bytes()), expected, "{body}");
        }
        assert_eq!(Refusal::read(400, b"\xff\xfe").reason, "Bad Request");
    }
}
