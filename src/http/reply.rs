//! Responses with the headers that operations share.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{HeaderName, LOCATION},
    },
};
use serde::Serialize;

use super::precondition;

/// Marks the response to a repeated request.
static REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A response that is being built.
pub struct Reply(HttpResponseBuilder);

impl Reply {
    /// 200.
    pub fn ok() -> Self {
        Reply::with(StatusCode::OK)
    }

    /// 201 with the address of what was created.
    pub fn created(location: String) -> Self {
        Reply::with(StatusCode::CREATED).location(location)
    }

    /// 202: the work goes on.
    pub fn accepted() -> Self {
        Reply::with(StatusCode::ACCEPTED)
    }

    /// This status.
    pub fn with(status: StatusCode) -> Self {
        Reply(HttpResponse::build(status))
    }

    /// Where the resource is.
    pub fn location(mut self, location: String) -> Self {
        self.0.insert_header((LOCATION, location));
        self
    }

    /// The version of the resource as its ETag.
    pub fn version(self, version: i64) -> Self {
        self.state(&version.to_string())
    }

    /// The state of the resource as its ETag, where a version does not tell it.
    pub fn state(mut self, state: &str) -> Self {
        self.0.insert_header(precondition::tag(state));
        self
    }

    /// Whether an earlier request with the same `Idempotency-Key` did it.
    pub fn replayed(mut self, replayed: bool) -> Self {
        if replayed {
            self.0.insert_header((REPLAYED.clone(), "true"));
        }
        self
    }

    /// With a body.
    pub fn json(mut self, body: impl Serialize) -> HttpResponse {
        self.0.json(body)
    }
}

/// 304 if the caller has this state of the resource.
pub fn not_modified(request: &HttpRequest, state: &str) -> Option<HttpResponse> {
    precondition::has_tag(request, state).then(|| {
        let mut response = HttpResponse::NotModified();
        response.insert_header(precondition::tag(state)).finish()
    })
}

/// 304 if the caller has this version of the resource, or else 200 with it.
pub fn versioned(request: &HttpRequest, version: i64, resource: impl Serialize) -> HttpResponse {
    in_state(request, &version.to_string(), resource)
}

/// As [`versioned`], where a version does not tell the state.
pub fn in_state(request: &HttpRequest, state: &str, resource: impl Serialize) -> HttpResponse {
    not_modified(request, state).unwrap_or_else(|| Reply::ok().state(state).json(resource))
}
