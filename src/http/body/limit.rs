//! The size limits of bodies, and the error for a larger one.

use std::fmt;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::PayloadError,
    web::{Bytes, BytesMut, Data},
};
use futures_util::{Stream, StreamExt, future::LocalBoxFuture};

use crate::http::problem::{Kind, Problem};

/// The default limit of an operation.
pub const BODY_LIMIT: usize = 256 * 1024;

/// The size limit in bytes of a body that contains a cart; app data.
#[derive(Clone, Copy, Debug)]
pub struct CartLimit(pub usize);

impl CartLimit {
    /// The limit of the service that answers this request.
    pub fn of(request: &HttpRequest) -> usize {
        let limit = request.app_data::<Data<CartLimit>>();
        limit.map_or(BODY_LIMIT, |limit| limit.0)
    }
}

/// A body that contains a cart or its lines, with the limit [`CartLimit`].
pub struct CartBytes(pub Bytes);

impl FromRequest for CartBytes {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (limit, payload) = (CartLimit::of(request), payload.take());
        Box::pin(async move { collect(payload, limit).await.map(CartBytes) })
    }
}

/// 400 for an incomplete body.
pub fn broken_off(_: PayloadError) -> Problem {
    Problem::new(Kind::BadRequest, "The body is incomplete.")
}

/// 413 that names the limit.
pub fn too_large(limit: usize) -> Problem {
    let message = format!(
        "The body is too large: the limit of this operation is {}.",
        Size(limit)
    );
    Problem::new(Kind::TooLarge, message).with("limit", limit)
}

/// Returns the whole body of at most `limit` bytes, otherwise 413.
pub async fn collect(
    mut chunks: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin,
    limit: usize,
) -> Result<Bytes, Problem> {
    // Most carts arrive in one piece, which needs no copy.
    let mut whole = chunks
        .next()
        .await
        .transpose()
        .map_err(broken_off)?
        .unwrap_or_default();
    let mut pieces = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(broken_off)?;
        if pieces.is_empty() {
            pieces.extend_from_slice(&whole);
        }
        if pieces.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        pieces.extend_from_slice(&chunk);
    }
    if !pieces.is_empty() {
        whole = pieces.freeze();
    }
    if whole.len() > limit {
        return Err(too_large(limit));
    }
    Ok(whole)
}

/// A number of bytes, displayed with the largest unit that divides it.
struct Size(usize);

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(usize, &str); 2] = [(1024 * 1024, "MiB"), (1024, "KiB")];
        let unit = UNITS
            .iter()
            .find(|(size, _)| self.0 > 0 && self.0.is_multiple_of(*size));
        match unit {
            Some((size, unit)) => write!(out, "{} {unit}", self.0 / size),
            None => write!(out, "{} bytes", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(chunks: &[&'static str], limit: usize) -> Result<String, Problem> {
        let chunks: Vec<_> = chunks
            .iter()
            .map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())))
            .collect();
        let whole = futures_util::FutureExt::now_or_never(collect(
            futures_util::stream::iter(chunks),
            limit,
        ));
        whole
            .expect("nothing to wait for")
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[test]
    fn a_body_is_put_together_up_to_the_limit() {
        for chunks in [
            &["abcdef"][..],
            &["abc", "def"],
            &["", "abcdef"],
            &["a", "b", "cde", "", "f"],
        ] {
            assert_eq!(
                collected(chunks, 6).ok().as_deref(),
                Some("abcdef"),
                "{chunks:?}"
            );
            let refused = collected(chunks, 5).map_err(|problem| problem.kind());
            assert_eq!(refused, Err(Kind::TooLarge), "{chunks:?}");
        }
        assert_eq!(collected(&[], 5).ok().as_deref(), Some(""));
    }

    #[test]
    fn a_size_is_shown_in_the_largest_unit_that_fits() {
        for (size, text) in [
            (BODY_LIMIT, "256 KiB"),
            (2 * 1024 * 1024, "2 MiB"),
            (1536 * 1024, "1536 KiB"),
            (1000, "1000 bytes"),
            (0, "0 bytes"),
        ] {
            assert_eq!(Size(size).to_string(), text);
        }
    }
}
