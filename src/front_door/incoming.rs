//! Limits request bodies that stop arriving, or that no handler reads to the end, so that they do not occupy a
//! connection indefinitely.

use std::{
    cell::{Cell, RefCell},
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    HttpMessage, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    web::Bytes,
};
use futures_util::Stream;
use tokio::time::{Sleep, sleep};

use crate::http::problem::{Kind, Problem};

/// The body of one request while it is answered; `None` for a request without one.
#[derive(Clone)]
pub(super) struct Incoming(Option<Rc<Watched>>);

struct Watched {
    body: RefCell<Payload>,
    has_ended: Cell<bool>,
    has_stalled: Cell<bool>,
}

impl Incoming {
    /// Makes the body end with an error if no part of it arrives for `idle`.
    pub(super) fn watch(request: &mut ServiceRequest, idle: Duration) -> Self {
        let body = request.take_payload();
        if matches!(body, Payload::None) {
            return Incoming(None);
        }
        let watched = Rc::new(Watched {
            body: RefCell::new(body),
            has_ended: Cell::new(false),
            has_stalled: Cell::new(false),
        });
        let reader = BodyReader {
            watched: Rc::clone(&watched),
            idle,
            waiting: None,
        };
        request.set_payload(Payload::Stream {
            payload: Box::pin(reader),
        });
        Incoming(Some(watched))
    }

    /// 408 if the body stopped arriving; it replaces the handler's less useful error about the broken body.
    pub(super) fn problem(&self) -> Option<Problem> {
        let has_stalled = self.0.as_ref().is_some_and(|body| body.has_stalled.get());
        has_stalled.then(|| {
            Problem::new(
                Kind::RequestTimeout,
                "The body stopped arriving; send the request again.",
            )
        })
    }

    /// Closes the connection after the response if the body was not read to its end.
    ///
    /// actix does that by itself while the body still has a reader. Without a reader, actix would read and discard an
    /// endless chunked body. So the response keeps the reader.
    pub(super) fn close_behind(self, response: HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
        match self.0 {
            Some(unread) if !unread.has_ended.get() => response.map_body(|_, body| {
                BoxBody::new(Keeping {
                    body,
                    _unread: unread,
                })
            }),
            _ => response,
        }
    }
}

struct BodyReader {
    watched: Rc<Watched>,
    idle: Duration,
    /// Created only when the body has to be waited for; most bodies arrive at once.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Stream for BodyReader {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let polled = Pin::new(&mut *this.watched.body.borrow_mut()).poll_next(context);
        if let Poll::Ready(arrived) = polled {
            this.waiting = None;
            this.watched.has_ended.set(arrived.is_none());
            return Poll::Ready(arrived);
        }
        let idle = this.idle;
        let waiting = this.waiting.get_or_insert_with(|| Box::pin(sleep(idle)));
        waiting.as_mut().poll(context).map(|()| {
            this.watched.has_stalled.set(true);
            Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into())))
        })
    }
}

/// The body of a response, which also keeps the body of the request.
struct Keeping {
    body: BoxBody,
    _unread: Rc<Watched>,
}

impl MessageBody for Keeping {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
