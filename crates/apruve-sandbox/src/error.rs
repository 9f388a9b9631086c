//! Errors of the REST API. Apruve's real errors have several shapes, so a test can choose the shape.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorShape {
    /// `{"errors": [{"title", "detail", "source": {"parameter"}}]}`
    #[default]
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

/// An answer, before it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiResponse {
    pub status: u16,
    /// A text is sent unchanged, any other value as JSON.
    pub body: Option<Value>,
    /// In addition to the usual ones.
    pub headers: BTreeMap<String, String>,
}

impl ApiError {
    fn new(status: u16, title: impl Into<String>) -> Self {
        ApiError {
            status,
            title: title.into(),
            parameter: None,
        }
    }

    /// 400: the call is not possible in the current state.
    pub fn invalid_state(title: impl Into<String>) -> Self {
        ApiError::new(400, title)
    }

    /// 401: no key, or an unknown one.
    pub fn unauthorized() -> Self {
        ApiError::new(401, "Unauthorized")
    }

    /// 404: unknown, or another merchant's.
    pub fn not_found() -> Self {
        ApiError::new(404, "Not Found")
    }

    /// An error on demand.
    pub fn requested(status: u16) -> Self {
        ApiError::new(status, "Something went wrong on demand")
    }

    pub fn http_status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST)
    }

    /// The error as an answer of this shape.
    pub fn response(&self, shape: ErrorShape) -> ApiResponse {
        let reason = reason(self.status);
        let body = match shape {
            ErrorShape::Errors => Some(self.error_list()),
            ErrorShape::Error => Some(json!({ "error": self.title })),
            ErrorShape::ErrorsText => Some(json!({ "errors": self.title })),
            ErrorShape::Status => Some(json!({ "status": reason, "status_code": self.status })),
            ErrorShape::Text => Some(json!(reason)),
            ErrorShape::Empty => None,
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

/// 400: a field of the request is invalid.
pub fn invalid(parameter: &str, title: impl Into<String>) -> ApiError {
    ApiError {
        parameter: Some(parameter.to_owned()),
        ..ApiError::new(400, title)
    }
}

/// 400: a required field is missing.
pub fn missing(name: &str) -> ApiError {
    invalid(name, format!("{name} is missing"))
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_refusal_has_every_shape_that_was_seen() {
        let error = invalid("amount_cents", "Amount is missing");
        let body = |shape| error.response(shape).body;
        assert_eq!(
            body(ErrorShape::Errors),
            Some(json!({ "errors": [{
                "title": "Amount is missing",
                "source": { "parameter": "amount_cents" },
            }] }))
        );
        assert_eq!(
            body(ErrorShape::Error),
            Some(json!({ "error": "Amount is missing" }))
        );
        assert_eq!(
            body(ErrorShape::ErrorsText),
            Some(json!({ "errors": "Amount is missing" }))
        );
        assert_eq!(
            body(ErrorShape::Status),
            Some(json!({ "status": "Bad Request", "status_code": 400 }))
        );
        assert_eq!(body(ErrorShape::Text), Some(json!("Bad Request")));
        assert_eq!(body(ErrorShape::Empty), None);
    }
}
