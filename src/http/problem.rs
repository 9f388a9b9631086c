//! Error responses, as RFC 9457 `application/problem+json`.
//!
//! A [`Kind`] is a row of the table below; callers branch on it. The rest of a [`Problem`] tells a developer what to
//! change. The front door logs the cause of a 5xx once, with the request's id. Callers never see the cause.

mod advice;
mod explained;

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

macro_rules! kinds {
    ($($name:ident => $status:ident, $slug:literal, $title:literal;)*) => {
        /// The problem types.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind { $(#[doc = $title] $name,)* }

        impl Kind {
            /// All kinds, in the order of the table.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)*];

            /// The HTTP status of this kind.
            pub const fn status(self) -> StatusCode {
                match self { $(Kind::$name => StatusCode::$status,)* }
            }

            /// The last segment of the problem's `type`.
            pub const fn slug(self) -> &'static str {
                match self { $(Kind::$name => $slug,)* }
            }

            /// The title; the same for every problem of this kind.
            pub const fn title(self) -> &'static str {
                match self { $(Kind::$name => $title,)* }
            }
        }
    };
}

kinds! {
    MalformedJson => BAD_REQUEST, "malformed-json", "The body is not well-formed JSON";
    BadRequest => BAD_REQUEST, "bad-request", "The request is malformed";
    IdempotencyKeyRequired => BAD_REQUEST, "idempotency-key-required", "This operation requires an Idempotency-Key header";
    Unauthorized => UNAUTHORIZED, "unauthorized", "A valid bearer token is required";
    BadSignature => UNAUTHORIZED, "bad-signature", "The signature does not match the body";
    MissingScope => FORBIDDEN, "missing-scope", "The token lacks the scope for this operation";
    WebsiteToken => FORBIDDEN, "website-token", "The operation is closed to tokens that are bound to websites";
    WebsiteNotYours => FORBIDDEN, "website-not-yours", "The token is not good for this website";
    NotFound => NOT_FOUND, "not-found", "The resource does not exist";
    MethodNotAllowed => METHOD_NOT_ALLOWED, "method-not-allowed", "The resource does not support this method";
    NotAcceptable => NOT_ACCEPTABLE, "not-acceptable", "The resource has no representation that the request accepts";
    RequestTimeout => REQUEST_TIMEOUT, "request-timeout", "The request was not received in time";
    Conflict => CONFLICT, "conflict", "The state of the resource conflicts with this request";
    NameTaken => CONFLICT, "name-taken", "Another resource has this name";
    ChangedSinceExport => CONFLICT, "changed-since-export", "Rules have changed since the file was exported";
    RevisionChanged => CONFLICT, "revision-changed", "The rules have changed since the previous page";
    RevisionIncomplete => CONFLICT, "revision-incomplete", "The revision does not keep all that checkout saw";
    RuleTestsFailed => CONFLICT, "rule-tests-failed", "Tests of the rules would fail";
    InUse => CONFLICT, "in-use", "The resource is in use";
    WrongState => CONFLICT, "wrong-state", "The current status does not allow this operation";
    NotEligible => CONFLICT, "not-eligible", "The cart may not use this payment method";
    ExceedsRemaining => CONFLICT, "exceeds-remaining", "The amount exceeds the remaining amount";
    UseRefund => CONFLICT, "use-refund", "The invoice cannot be canceled; refund it instead";
    ReferenceTaken => CONFLICT, "reference-taken", "The reference is used by another operation";
    ReferenceCanceled => CONFLICT, "reference-canceled", "The reference is used by a canceled operation";
    OrderNotOurs => CONFLICT, "order-not-ours", "The order at the provider does not belong to this payment";
    AnotherPaymentIsLive => CONFLICT, "another-payment-is-live", "Another payment of this order is live";
    KnownOtherwise => CONFLICT, "known-otherwise", "The provider reports another result";
    AmbiguousAccount => CONFLICT, "ambiguous-account", "Several companies list this buyer";
    InsufficientCredit => CONFLICT, "insufficient-credit", "The buyer's credit line does not cover the order";
    StillRunning => CONFLICT, "still-running", "The first request with this Idempotency-Key is still running";
    CursorExpired => GONE, "cursor-expired", "The cursor is older than what is kept";
    Stale => PRECONDITION_FAILED, "stale", "The resource has changed since it was read";
    TooLarge => PAYLOAD_TOO_LARGE, "too-large", "The body is too large";
    UnsupportedMediaType => UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The media type of the body is not supported";
    Invalid => UNPROCESSABLE_ENTITY, "invalid", "The request has invalid values";
    ApruveOrderNotFound => UNPROCESSABLE_ENTITY, "apruve-order-not-found", "The order does not exist at the provider";
    LinesUnknown => UNPROCESSABLE_ENTITY, "lines-unknown", "The lines of the order are not known";
    WebsiteRequired => UNPROCESSABLE_ENTITY, "website-required", "The website is required, because the token is good for several";
    NothingToInvoice => UNPROCESSABLE_ENTITY, "nothing-to-invoice", "The amount to invoice is zero";
    NoCorporateAccount => UNPROCESSABLE_ENTITY, "no-corporate-account", "No company with a credit line lists this buyer";
    KeyReused => UNPROCESSABLE_ENTITY, "idempotency-key-reused", "This Idempotency-Key was used with another request";
    ProviderRefused => UNPROCESSABLE_ENTITY, "provider-refused", "The payment provider rejected the request";
    PreconditionRequired => PRECONDITION_REQUIRED, "precondition-required", "This operation requires an If-Match header";
    TooManyRequests => TOO_MANY_REQUESTS, "too-many-requests", "The rate limit is exceeded";
    Internal => INTERNAL_SERVER_ERROR, "internal", "The service failed";
    KeyRefused => BAD_GATEWAY, "key-refused", "The payment provider rejects the API key";
    GatewayUnreachable => BAD_GATEWAY, "gateway-unreachable", "The payment provider did not answer";
    Unavailable => SERVICE_UNAVAILABLE, "unavailable", "The service is temporarily unavailable";
}

/// The `Retry-After` of a problem that sets no other value.
const RETRY_AFTER_SECONDS: &str = "5";

impl Kind {
    /// Whether the same request may succeed later. A rejected API key stays rejected until an administrator enters
    /// another one.
    pub fn is_passing(self) -> bool {
        let status = self.status();
        let passes = status == StatusCode::BAD_GATEWAY || status == StatusCode::SERVICE_UNAVAILABLE;
        passes && self != Kind::KeyRefused
    }
}

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
            kind: format!("/problems/{}", self.kind.slug()),
            title: self.kind.title(),
            status: status.as_u16(),
            detail: &self.detail,
            instance,
            errors: &self.errors,
            extensions: &self.extensions,
        };
        let text = serde_json::to_vec(&body).unwrap_or_default();
        response.content_type("application/problem+json").body(text)
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
