//! The kinds of request body, each with its media types and its size limit.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::Method, web::Bytes};
use futures_util::future::LocalBoxFuture;
use serde_json::{Map, Value};

use super::{
    body::{self, BODY_LIMIT, CartLimit, Fields, collect},
    merge_patch::{BodyChange, expect_media_type},
    problem::Problem,
};

/// A request body as an operation reads it.
pub trait RequestBody: Sized + 'static {
    /// Checks the media type and parses the body.
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem>;

    /// The maximum size in bytes.
    fn limit(_: &HttpRequest) -> usize {
        BODY_LIMIT
    }

    /// The bytes that count when two requests with the same `Idempotency-Key` are compared.
    fn hashed(bytes: &Bytes) -> &[u8] {
        bytes
    }
}

/// A body as the argument of a handler, for operations that also take query parameters. Put it after the caller.
pub struct Body<B>(pub B);

impl<B: RequestBody> FromRequest for Body<B> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = collect(payload, B::limit(&request)).await?;
            B::read(&request, bytes).map(Body)
        })
    }
}

/// A JSON object.
pub struct JsonObject(pub Map<String, Value>);

/// A JSON object; an empty body and null are read as an empty object.
pub struct OptionalObject(pub Map<String, Value>);

/// A JSON object that says what to change (RFC 7396).
pub struct MergePatch(pub Map<String, Value>);

/// JSON text that the operation parses itself to keep its numbers exact.
pub struct JsonText(pub Bytes);

/// Like [`JsonText`], with the size limit of a cart.
pub struct CartText(pub Bytes);

/// Like [`JsonText`], with the size limit of the tests of rules and their carts.
pub struct TestsText(pub Bytes);

/// The maximum size in bytes of all tests of rules together.
pub const TESTS_LIMIT: usize = 8 * 1024 * 1024;

/// No body; an empty object and null are accepted too.
pub struct Empty;

/// A body without meaning, which HTTP permits for DELETE. It must still be readable JSON.
pub struct Ignored;

impl RequestBody for JsonObject {
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        expect_json(request)?;
        body::parse_object(&bytes).map(JsonObject)
    }
}

impl RequestBody for OptionalObject {
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        if is_blank(&bytes) {
            return Ok(OptionalObject(Map::new()));
        }
        expect_json(request)?;
        match body::text(&bytes)?.trim() {
            "null" => Ok(OptionalObject(Map::new())),
            _ => body::parse_object(&bytes).map(OptionalObject),
        }
    }
}

impl RequestBody for MergePatch {
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        let accepted = ["application/merge-patch+json", "application/json"];
        expect_media_type(request, &accepted)?;
        body::parse_object(&bytes).map(MergePatch)
    }
}

impl RequestBody for BodyChange {
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        match *request.method() {
            Method::PATCH => MergePatch::read(request, bytes).map(|it| BodyChange::Merge(it.0)),
            _ => JsonObject::read(request, bytes).map(|it| BodyChange::Replace(it.0)),
        }
    }
}

impl RequestBody for JsonText {
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        expect_json(request)?;
        body::text(&bytes)?;
        Ok(JsonText(bytes))
    }
}

impl RequestBody for CartText {
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        JsonText::read(request, bytes).map(|JsonText(bytes)| CartText(bytes))
    }

    fn limit(request: &HttpRequest) -> usize {
        CartLimit::of(request)
    }
}

impl RequestBody for TestsText {
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        JsonText::read(request, bytes).map(|JsonText(bytes)| TestsText(bytes))
    }

    fn limit(_: &HttpRequest) -> usize {
        TESTS_LIMIT
    }
}

impl RequestBody for Empty {
    /// Rejects every body with content, so that the sender learns that the operation does not use it.
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        let OptionalObject(object) = OptionalObject::read(request, bytes)?;
        Fields::read(&object, |_| Some(Empty))
    }

    fn hashed(_: &Bytes) -> &[u8] {
        b""
    }
}

impl RequestBody for Ignored {
    fn read(_: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        if !is_blank(&bytes) {
            body::parse(&bytes)?;
        }
        Ok(Ignored)
    }
}

fn expect_json(request: &HttpRequest) -> Result<(), Problem> {
    expect_media_type(request, &["application/json"])
}

fn is_blank(bytes: &Bytes) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}
