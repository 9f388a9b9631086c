//! The kinds of body that an operation may take, each with its media types and its limit.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    web::{Bytes, Data},
};
use futures_util::future::LocalBoxFuture;
use serde_json::{Map, Value};

use super::{
    body::{self, BODY_LIMIT, CartLimit, Fields, collect},
    merge_patch::expect_media_type,
    problem::Problem,
};

/// A body as an operation takes it.
pub trait RequestBody: Sized + 'static {
    /// Checks the media type and parses the body.
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem>;

    /// The most bytes that are read.
    fn limit(_: &HttpRequest) -> usize {
        BODY_LIMIT
    }

    /// The part that makes two requests with one `Idempotency-Key` different.
    fn hashed(bytes: &Bytes) -> &[u8] {
        bytes
    }
}

/// A body as the argument of a handler, for operations that take query parameters too. Put it after the caller.
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

/// A JSON object; none at all and null are empty ones.
pub struct OptionalObject(pub Map<String, Value>);

/// A JSON object that says what to change (RFC 7396).
pub struct MergePatch(pub Map<String, Value>);

/// JSON text that the operation parses itself, because it has exact numbers.
pub struct JsonText(pub Bytes);

/// As [`JsonText`], as large as a cart.
pub struct CartText(pub Bytes);

/// As [`JsonText`], as large as the tests of rules with their carts.
pub struct TestsText(pub Bytes);

/// The most bytes of all tests together.
pub const TESTS_LIMIT: usize = 8 * 1024 * 1024;

/// No body; an empty object and null are accepted too.
pub struct Empty;

/// A body without meaning, as HTTP has it for DELETE. It must still be readable JSON.
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
        let limit = request.app_data::<Data<CartLimit>>();
        limit.map_or(BODY_LIMIT, |limit| limit.0)
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
    /// A body would be ignored; it is read as strictly as everywhere, so that its sender gets an error.
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
