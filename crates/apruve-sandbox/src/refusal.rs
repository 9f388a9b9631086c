//! How the stand-in says no. Real answers have been seen in several shapes, so the shape is chosen by whoever tests a client.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A request that is not granted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{title}")]
pub struct Refusal {
    pub status: u16,
    pub title: String,
    /// The request field it is about.
    pub parameter: Option<String>,
}

/// The shape of an error's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorShape {
    /// `{"errors": [{"title", "detail", "source": {"parameter"}}]}`
    Errors,
    /// `{"error": "text"}`
    Error,
    /// `{"errors": "text"}`
    ErrorsText,
    /// `{"status": "Bad Request", "status_code": 400}`
    Status,
    /// Plain text, such as `Not Found`.
    Text,
    /// No body at all.
    Empty,
}

/// What an answer carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Json(Value),
    Text(String),
    Empty,
}

/// An answer, before it is put on the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Body,
    /// Besides those that every answer has.
    pub headers: BTreeMap<String, String>,
}

impl Refusal {
    /// 400: the request itself does not fit.
    pub fn field(parameter: &str, title: impl Into<String>) -> Self {
        Refusal {
            status: 400,
            title: title.into(),
            parameter: Some(parameter.to_owned()),
        }
    }

    /// 400: what is asked for is not possible in the present state.
    pub fn state(title: impl Into<String>) -> Self {
        Refusal {
            status: 400,
            title: title.into(),
            parameter: None,
        }
    }

    /// 401: no key, or one that opens nothing.
    pub fn unauthorized() -> Self {
        Refusal {
            status: 401,
            title: "Unauthorized".to_owned(),
            parameter: None,
        }
    }

    /// 404: not known, or another merchant's.
    pub fn not_found() -> Self {
        Refusal {
            status: 404,
            title: "Not Found".to_owned(),
            parameter: None,
        }
    }

    /// The refusal in this shape.
    pub fn answer(&self, shape: ErrorShape) -> Answer {
        let body = match shape {
            ErrorShape::Errors => Body::Json(self.error_list()),
            ErrorShape::Error => Body::Json(json!({ "error": self.title })),
            ErrorShape::ErrorsText => Body::Json(json!({ "errors": self.title })),
            ErrorShape::Status => Body::Json(json!({
                "status": reason(self.status),
                "status_code": self.status,
            })),
            ErrorShape::Text => Body::Text(reason(self.status).to_owned()),
            ErrorShape::Empty => Body::Empty,
        };
        Answer {
            status: self.status,
            body,
            headers: BTreeMap::new(),
        }
    }

    fn error_list(&self) -> Value {
        let mut error = json!({ "title": self.title });
        if let Some(parameter) = &self.parameter {
            error["source"] = json!({ "parameter": parameter });
        }
        json!({ "errors": [error] })
    }
}

fn reason(status: u16) -> &'static str {
    actix_web::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_refusal_has_every_shape_that_was_seen() {
        let refusal = Refusal::field("amount_cents", "Amount is missing");
        let body = |shape| refusal.answer(shape).body;
        assert_eq!(
            body(ErrorShape::Errors),
            Body::Json(json!({ "errors": [{
                "title": "Amount is missing",
                "source": { "parameter": "amount_cents" },
            }] }))
        );
        assert_eq!(
            body(ErrorShape::Error),
            Body::Json(json!({ "error": "Amount is missing" }))
        );
        assert_eq!(
            body(ErrorShape::ErrorsText),
            Body::Json(json!({ "errors": "Amount is missing" }))
        );
        assert_eq!(
            body(ErrorShape::Status),
            Body::Json(json!({ "status": "Bad Request", "status_code": 400 }))
        );
        assert_eq!(body(ErrorShape::Text), Body::Text("Bad Request".to_owned()));
        assert_eq!(body(ErrorShape::Empty), Body::Empty);
    }
}
