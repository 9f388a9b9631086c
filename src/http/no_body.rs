//! The body of an operation that takes none.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Bytes};
use futures_util::future::LocalBoxFuture;

use crate::http::{
    body::{BODY_LIMIT, Fields, Findings, collect, parse, parse_object, text},
    merge_patch::expect_media_type,
    problem::Problem,
};

/// The body of an operation that takes none. [`NoBody::check`] rejects it, after the authorization of the caller.
pub struct NoBody(Bytes);

impl FromRequest for NoBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(_: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payload = payload.take();
        Box::pin(async move { collect(payload, BODY_LIMIT).await.map(NoBody) })
    }
}

impl NoBody {
    /// Refuses what is not understood alike by all, and takes no notice of the rest: for a DELETE, whose body HTTP gives no
    /// meaning.
    pub fn check_text(&self) -> Result<(), Problem> {
        let NoBody(bytes) = self;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        parse(bytes).map(drop)
    }

    /// Refuses a body that says something. None at all, an empty object and null say nothing. What else is sent would be
    /// ignored, and is read as strictly as everywhere so that its sender hears of it.
    pub fn check(&self, request: &HttpRequest) -> Result<(), Problem> {
        let NoBody(bytes) = self;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        expect_media_type(request, &["application/json"])?;
        if text(bytes)?.trim() == "null" {
            return Ok(());
        }
        let body = parse_object(bytes)?;
        let findings = Findings::default();
        Fields::of(&body, &findings).finish();
        findings.into_result(Some(()))
    }
}
