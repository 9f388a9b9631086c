//! Sends large responses in slices.
//!
//! actix copies each piece of a body into the write buffer of the connection, and requests the next piece when there is
//! room. A body of one large piece would be copied as a whole for every client that does not read; with slices, only
//! one slice is copied, and all clients share the bytes.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    dev::ServiceResponse,
    web::Bytes,
};

/// The size of a slice in bytes: half of actix's write buffer.
const SLICE: usize = 16 * 1024;

/// Slices the body if it is large and already in memory.
pub(super) fn in_slices(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let is_large = |size| matches!(size, BodySize::Sized(size) if size > 4 * SLICE as u64);
    if !is_large(response.response().body().size()) {
        return response;
    }
    response.map_body(|_, body| match body.try_into_bytes() {
        Ok(bytes) => BoxBody::new(Sliced(bytes)),
        Err(stream) => stream,
    })
}

/// Bytes that are sent slice by slice.
struct Sliced(Bytes);

impl MessageBody for Sliced {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        let size = self.0.len().min(SLICE);
        Poll::Ready(Some(Ok(self.0.split_to(size))))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{HttpResponse, body::to_bytes, test::TestRequest};

    use super::*;

    #[actix_web::test]
    async fn a_large_answer_comes_whole_and_in_slices() {
        for size in [0, 1, SLICE, 4 * SLICE, 4 * SLICE + 1, 1_000_003] {
            let body: Vec<u8> = (0..size).map(|place| (place % 251) as u8).collect();
            let response = HttpResponse::Ok().body(body.clone());
            let response = TestRequest::default().to_srv_response(response);
            let mut sliced = in_slices(response).into_body();
            assert_eq!(sliced.size(), BodySize::Sized(size as u64));
            let first = std::future::poll_fn(|context| Pin::new(&mut sliced).poll_next(context));
            let first = first
                .await
                .transpose()
                .expect("no error")
                .unwrap_or_default();
            assert!(first.len() <= 4 * SLICE, "{}", first.len());
            let rest = to_bytes(sliced).await.expect("no error");
            assert!([first, rest].concat() == body, "{size}");
        }
    }
}
