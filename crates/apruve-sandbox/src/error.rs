//! Errors of the REST API. Apruve's real errors have several shapes, so a test can choose the shape.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A rejected request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{title}")]
pub struct ApiError {
    pub status: u16,
    pub title: String,
    /// The request field with the error.
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

/// The body of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Json(Value),
    Text(String),
    Empty,
}

/// An answer, before it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiResponse {
    pub status: u16,
    pub body: Body,
    /// In addition to the usual ones.
    pub headers: BTreeMap<String, String>,
}

impl ApiError {
    /// 400: a field of the request is invalid.
    pub fn invalid_field(parameter: &str, title: impl Into<String>) -> Self {
        ApiError {
            status: 400,
            title: title.into(),
            parameter: Some(parameter.to_owned()),
        }
    }

    /// 400: the call is not possible in the current state.
    pub fn invalid_state(title: impl Into<String>) -> Self {
        ApiError {
            status: 400,
            title: title.into(),
            parameter: None,
        }
    }

    /// 401: no key, or an unknown one.
    pub fn unauthorized() -> Self {
        ApiError {
            status: 401,
            title: "Unauthorized".to_owned(),
            parameter: None,
        }
    }

    /// 404: unknown, or another merchant's.
    pub fn not_found() -> Self {
        ApiError {
            status: 404,
            title: "Not Found".to_owned(),
            parameter: None,
        }
    }

    /// The error as an answer of this shape.
    pub fn response(&self, shape: ErrorShape) -> ApiResponse {
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
        ApiResponse {
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
        let error = ApiError::invalid_field("amount_cents", "Amount is missing");
        let body = |shape| error.response(shape).body;
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
