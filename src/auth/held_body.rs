//! Holds back a body until the caller is authenticated. actix reads the arguments of a handler concurrently, and a
//! client whose token waits for a key must not fill the memory in the meantime.

use actix_web::dev::Payload;
use futures_util::{StreamExt, stream};
use tokio::sync::oneshot;

/// Releases a held body; if it is dropped instead, the body is empty.
pub(super) struct HeldBody(oneshot::Sender<()>);

impl HeldBody {
    /// Replaces the request's body by one that yields nothing until it is released.
    pub(super) fn hold(payload: &mut Payload) -> Self {
        let (release, released) = oneshot::channel();
        let body = payload.take();
        let held = stream::once(async move {
            match released.await {
                Ok(()) => body,
                Err(_) => Payload::None,
            }
        });
        *payload = Payload::Stream {
            payload: Box::pin(held.flatten()),
        };
        HeldBody(release)
    }

    /// Lets the body be read.
    pub(super) fn release(self) {
        // The receiver is gone if the handler takes no body.
        let _ = self.0.send(());
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{error::PayloadError, web::Bytes};
    use futures_util::FutureExt;

    use super::*;

    fn held() -> (HeldBody, Payload) {
        let bytes: Result<_, PayloadError> = Ok(Bytes::from_static(b"{}"));
        let mut payload: Payload = Payload::Stream {
            payload: Box::pin(stream::iter([bytes])),
        };
        (HeldBody::hold(&mut payload), payload)
    }

    fn next(payload: &mut Payload) -> Option<Option<Bytes>> {
        let next = payload.next().now_or_never()?;
        Some(next.map(|chunk| chunk.expect("no error")))
    }

    #[test]
    fn nothing_of_a_held_body_is_read_before_it_is_released() {
        let (body, mut payload) = held();
        assert_eq!(next(&mut payload), None);
        body.release();
        assert_eq!(next(&mut payload), Some(Some(Bytes::from_static(b"{}"))));
        assert_eq!(next(&mut payload), Some(None));
    }

    #[test]
    fn a_body_that_is_never_released_is_empty() {
        let (body, mut payload) = held();
        drop(body);
        assert_eq!(next(&mut payload), Some(None));
    }
}
