//! Error responses, as RFC 9457 `application/problem+json`.
//!
//! A [`Kind`] is a row of one table; callers branch on it. The rest of a [`Problem`] tells a developer what to
//! change. The front door logs the cause of a 5xx once, with the request's id. Callers never see the cause.

mod explained;
mod kind;

use std::{borrow::Cow, collections::BTreeMap, fmt};

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub use explained::routes;
pub use kind::Kind;

/// The media type of every error response.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The `Retry-After` of a problem that sets no other value.
const RETRY_AFTER_SECONDS: &str = "5";

/// One invalid value: its place, a code to branch on, and a sentence that says what is valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldError {
    /// RFC 6901 pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/destinations/0/country")]
    pub pointer: Option<String>,
    /// Name of the query parameter or header instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// A stable word for the kind of error.
    #[schema(example = "unknown_country")]
    pub code: Cow<'static, str>,
    /// What is wrong and what is valid.
    #[schema(example = "`UK` is not an ISO 3166-1 country; did you mean `GB`?")]
    pub message: String,
    /// More fields, such as the `span` of an error inside a text, or a `suggestion`.
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: BTreeMap<&'static str, Value>,
}

impl FieldError {
    /// An error at `pointer` in the body.
    pub fn at(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        FieldError {
            pointer: Some(pointer.into()),
            parameter: None,
            code: code.into(),
            message: message.into(),
            more: BTreeMap::new(),
        }
    }

    /// Whether this error has the same pointer as `other`, or a pointer to a part of that value.
    pub fn is_within(&self, other: &FieldError) -> bool {
        let pointers = self.pointer.as_deref().zip(other.pointer.as_deref());
        let below = pointers.and_then(|(own, other)| own.strip_prefix(other));
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }

    /// An error in a query parameter or header.
    pub fn parameter(
        name: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        FieldError {
            pointer: None,
            parameter: Some(name.into()),
            code: code.into(),
            message: message.into(),
            more: BTreeMap::new(),
        }
    }

    /// Adds another field.
    pub fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.more.insert(name, value);
        }
        self
    }

    /// The same error with `prefix` before its pointer, for a value that was checked without its surroundings.
    pub fn prefixed(mut self, prefix: &str) -> Self {
        if let Some(pointer) = &mut self.pointer {
            pointer.insert_str(0, prefix);
        }
        self
    }
}

/// An error response before it is rendered.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: Kind,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    extensions: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Boxed to keep `Result<_, Problem>` small.
    cause: Option<Box<str>>,
}

/// A problem document (RFC 9457), the body of every error response.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// The problem type, as a path of this service that explains it.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid")]
    kind: String,
    /// The same for every problem of this type.
    title: &'a str,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What happened in this request, for people.
    detail: &'a str,
    /// The id of the request, as in the `X-Request-Id` header and in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    /// All invalid values.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(flatten)]
    #[schema(ignore)]
    extensions: &'a Map<String, Value>,
}

impl Problem {
    /// A problem of this kind; `detail` is for a person and holds no secret, SQL or stack.
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Problem {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            extensions: Map::new(),
            headers: Vec::new(),
            cause: None,
        }
    }

    /// 422 with every invalid value.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.message.clone(),
            many => format!(
                "The request has {} invalid values; see `errors`.",
                many.len()
            ),
        };
        Problem {
            errors,
            ..Problem::new(Kind::Invalid, detail)
        }
    }

    /// 404: nothing has this id.
    pub fn not_found(noun: &str, id: impl fmt::Display) -> Self {
        Problem::new(Kind::NotFound, format!("There is no {noun} `{id}`."))
    }

    /// 500. The cause is only logged.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Problem::new(
            Kind::Internal,
            "An internal error occurred. The log has the cause under this request's id.",
        )
        .caused_by(cause)
    }

    /// 503 with a `Retry-After` of one second. The cause is only logged.
    pub fn unavailable(detail: impl Into<Cow<'static, str>>, cause: impl fmt::Display) -> Self {
        Problem::new(Kind::Unavailable, detail)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
            .caused_by(cause)
    }

    fn caused_by(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string().into_boxed_str());
        self
    }

    /// The cause of a 5xx, for the log.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// Adds an extension member.
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        // A value that cannot be serialised is left out; the problem is sent without it.
        if let Ok(value) = serde_json::to_value(value) {
            self.extensions.insert(name.to_owned(), value);
        }
        self
    }

    /// Adds field errors to a problem of any kind.
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// Adds a response header, such as `Retry-After`.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The problem type.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The field errors, if any.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The pointer and the code of each field error, for comparison in tests.
    #[cfg(test)]
    pub fn pointers_and_codes(&self) -> Vec<(String, String)> {
        let pair = |error: &FieldError| {
            let pointer = error.pointer.clone().unwrap_or_default();
            (pointer, error.code.clone().into_owned())
        };
        self.errors.iter().map(pair).collect()
    }

    /// Renders the response; `instance` is the request's id, if it is known.
    pub fn respond(&self, instance: Option<&str>) -> HttpResponse {
        let status = self.kind.status();
        let mut response = HttpResponseBuilder::new(status);
        if self.kind.is_passing() {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER_SECONDS));
        }
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        let body = ProblemBody {
            kind: self.kind.path(),
            title: self.kind.title(),
            status: status.as_u16(),
            detail: &self.detail,
            instance,
            errors: &self.errors,
            extensions: &self.extensions,
        };
        let text = serde_json::to_vec(&body).unwrap_or_default();
        response.content_type(MEDIA_TYPE).body(text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.title(), self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    /// The front door renders the problem again with the request's id; see `front_door`.
    fn error_response(&self) -> HttpResponse {
        self.respond(None)
    }
}
