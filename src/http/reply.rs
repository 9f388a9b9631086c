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

    /// 201 with the address of the created resource.
    pub fn created(location: String) -> Self {
        Reply::with(StatusCode::CREATED).location(location)
    }

    /// 202: the work continues after the response.
    pub fn accepted() -> Self {
        Reply::with(StatusCode::ACCEPTED)
    }

    /// A response with this status.
    pub fn with(status: StatusCode) -> Self {
        Reply(HttpResponse::build(status))
    }

    /// Adds the address of the resource.
    pub fn location(mut self, location: String) -> Self {
        self.0.insert_header((LOCATION, location));
        self
    }

    /// Adds the version of the resource as its ETag.
    pub fn version(self, version: i64) -> Self {
        self.state(&version.to_string())
    }

    /// Adds the state of the resource as its ETag, for a resource whose ETag needs more than its version.
    pub fn state(mut self, state: &str) -> Self {
        self.0.insert_header(precondition::tag(state));
        self
    }

    /// Marks the response as a replay if an earlier request with the same `Idempotency-Key` did the work.
    pub fn replayed(mut self, replayed: bool) -> Self {
        if replayed {
            self.0.insert_header((REPLAYED.clone(), "true"));
        }
        self
    }

    /// Finishes the response with a JSON body.
    pub fn json(mut self, body: impl Serialize) -> HttpResponse {
        self.0.json(body)
    }
}

/// Returns 304 if the caller already has this state of the resource.
pub fn not_modified(request: &HttpRequest, state: &str) -> Option<HttpResponse> {
    precondition::has_tag(request, state).then(|| {
        let mut response = HttpResponse::NotModified();
        response.insert_header(precondition::tag(state)).finish()
    })
}

/// Returns 304 if the caller already has this version of the resource, otherwise 200 with the resource.
pub fn versioned(request: &HttpRequest, version: i64, resource: impl Serialize) -> HttpResponse {
    in_state(request, &version.to_string(), resource)
}

/// Like [`versioned`], for a resource whose ETag needs more than its version.
pub fn in_state(request: &HttpRequest, state: &str, resource: impl Serialize) -> HttpResponse {
    not_modified(request, state).unwrap_or_else(|| Reply::ok().state(state).json(resource))
}
