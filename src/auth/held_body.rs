//! A body that nobody may read yet: arguments of a handler are read side by side, and a stranger whose token has to wait for
//! a key must not fill memory meanwhile.

use actix_web::dev::Payload;
use futures_util::{StreamExt, stream};
use tokio::sync::oneshot;

/// Lets a held body be read; dropped, the body ends empty.
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

    /// The caller may.
    pub(super) fn release(self) {
        // Nobody waits where the handler takes no body.
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
