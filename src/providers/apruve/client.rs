//! Calls to Apruve's REST API, v4.
//!
//! A call that changes something is sent once and ends as a [`CommandOutcome`], where a missing answer never counts as a
//! refusal. A call that only reads may be retried. Ids are checked before they become part of a URL, redirects are not
//! followed, and links in answers are never used.
//!
//! [`CommandOutcome`]: crate::providers::CommandOutcome

mod calls;
mod outcome;
mod reads;
mod refusal;
mod watch;
mod writes;

pub use self::watch::register_metrics;

use reqwest::{
    Method, RequestBuilder, Url,
    header::{ACCEPT, HeaderValue, RETRY_AFTER},
};

use crate::{
    clock::Clock,
    outbound::{self, BodyFailed, CallFailed, Outbound},
    providers::{Breaker, CallObservation, ProviderState, RetryAfterHeader},
    secret::SecretText,
};

/// The maximum length of an answer in bytes, if it is not about a known order; most answers have a few kilobytes.
const MOST_BYTES: usize = 1 << 20;
/// The maximum length of any answer in bytes.
const MOST_BYTES_OF_ALL: usize = 64 << 20;
/// How many times longer than our order an answer may be: short lines get ids and links, and long texts may be escaped.
const GROWTH: usize = 32;

/// One account at Apruve: its host and its API key.
pub struct Account<'a> {
    outbound: &'a Outbound,
    origin: &'a str,
    api_key: &'a SecretText,
    guard: Option<Guard<'a>>,
    /// The length in bytes of the order that the calls are about, as it was sent.
    order_bytes: usize,
}

struct Guard<'a> {
    breaker: &'a Breaker,
    clock: &'a Clock,
    /// Whether calls are held back while the breaker is open, and reads are retried.
    is_patient: bool,
}

/// A response's head, and its body as far as it was received.
struct Received {
    status: u16,
    retry_after: Option<RetryAfterHeader>,
    body: Result<Vec<u8>, BodyFailed>,
}

/// Why a call has no answer.
enum NoAnswer {
    /// Calls to the account are held back for this many seconds more.
    HeldBack {
        seconds: u64,
    },
    Failed(CallFailed),
}

impl<'a> Account<'a> {
    /// `origin` is scheme, host and port, without a path. Calls are not retried and have no breaker.
    pub fn new(outbound: &'a Outbound, origin: &'a str, api_key: &'a SecretText) -> Self {
        Account {
            outbound,
            origin,
            api_key,
            guard: None,
            order_bytes: 0,
        }
    }

    /// For calls about an order that had `bytes` bytes when it was sent; the answers repeat the whole order.
    pub fn about_order_of(mut self, bytes: usize) -> Self {
        self.order_bytes = bytes;
        self
    }

    /// The maximum length in bytes of an answer with this many orders or invoices.
    fn most_bytes(&self, things: usize) -> usize {
        let grown = self.order_bytes.saturating_mul(GROWTH * things);
        MOST_BYTES.saturating_add(grown).min(MOST_BYTES_OF_ALL)
    }

    /// For background work: calls are held back while the account does not answer, and reads are retried.
    pub fn guarded(self, breaker: &'a Breaker, clock: &'a Clock) -> Self {
        self.with_guard(breaker, clock, true)
    }

    /// For calls that a request waits for: no retry, and never held back by the breaker, which still records the
    /// outcome.
    pub fn watched(self, breaker: &'a Breaker, clock: &'a Clock) -> Self {
        self.with_guard(breaker, clock, false)
    }

    fn with_guard(mut self, breaker: &'a Breaker, clock: &'a Clock, is_patient: bool) -> Self {
        self.guard = Some(Guard {
            breaker,
            clock,
            is_patient,
        });
        self
    }

    /// Whether reads are retried.
    fn is_patient(&self) -> bool {
        self.guard.as_ref().is_some_and(|guard| guard.is_patient)
    }

    /// A request for a path below `/api/v4`.
    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<RequestBuilder, NoAnswer> {
        let not_sent = |cause: &str| NoAnswer::Failed(CallFailed::NotSent(cause.to_owned()));
        let mut url = Url::parse(self.origin).map_err(|_| not_sent("its address is not a URL"))?;
        url.path_segments_mut()
            .map_err(|()| not_sent("its address cannot have a path"))?
            .clear()
            .extend(["api", "v4"])
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut key = HeaderValue::from_str(self.api_key.expose())
            .map_err(|_| not_sent("the API key has characters no header can carry"))?;
        key.set_sensitive(true);
        let request = self.outbound.request(method, url);
        let request = request.map_err(|refused| not_sent(&refused.sentence))?;
        Ok(request
            .header("Apruve-Api-Key", key)
            .header(ACCEPT, "application/json"))
    }

    /// Sends a request once, unless calls are held back. `things` is the number of orders or invoices that the answer
    /// may hold.
    async fn exchange(&self, request: RequestBuilder, things: usize) -> Result<Received, NoAnswer> {
        if let Some(seconds) = self.guard.as_ref().and_then(Guard::held_back) {
            watch::count(watch::CallOutcome::HeldBack);
            return Err(NoAnswer::HeldBack { seconds });
        }
        let received = match self.outbound.send(request).await {
            Ok(response) => Ok(Received {
                status: response.status().as_u16(),
                retry_after: RetryAfterHeader::read(response.headers().get(RETRY_AFTER)),
                body: outbound::read_capped(response, self.most_bytes(things)).await,
            }),
            Err(failed) => Err(NoAnswer::Failed(failed)),
        };
        watch::count(watch::CallOutcome::of(&received));
        if let Some(guard) = &self.guard {
            guard.learn(&received, self.origin);
        }
        received
    }
}

impl Guard<'_> {
    /// The seconds for which calls are held back; `None` if they are not.
    fn held_back(&self) -> Option<u64> {
        let now = self.clock.now();
        if !self.is_patient || self.breaker.admits(now) {
            return None;
        }
        let milliseconds = self.breaker.waits(now).num_milliseconds();
        // Rounded up, so that a caller who waits this long is not refused again.
        let seconds = u64::try_from(milliseconds).unwrap_or(0).div_ceil(1000);
        Some(seconds.max(1))
    }

    fn learn(&self, received: &Result<Received, NoAnswer>, origin: &str) {
        let now = self.clock.now();
        let observation = match received {
            // A 429 is neither a success nor a failure: the provider answers and says when to try again.
            Ok(Received { status: 429, .. }) => return,
            answered if is_passing(answered) => {
                if self.breaker.failed(now) {
                    watch::tell_that_it_is_away(self.breaker, origin);
                }
                match self.breaker.provider_state() {
                    ProviderState::Down => CallObservation::HeldBack,
                    ProviderState::Ok | ProviderState::Degraded => CallObservation::Failed,
                }
            }
            answered => {
                if self.breaker.succeeded() {
                    watch::tell_that_it_answers(self.breaker, origin);
                }
                match answered {
                    Ok(Received { status: 401, .. }) => CallObservation::Unauthorized,
                    Ok(Received { status: 403, .. }) => CallObservation::Forbidden,
                    _ => CallObservation::Answered,
                }
            }
        };
        self.breaker.report(observation, now);
    }
}

/// Whether a retry may succeed: no response, an incomplete one, or "not now".
fn is_passing(received: &Result<Received, NoAnswer>) -> bool {
    match received {
        Err(_) => true,
        Ok(received) => {
            matches!(received.status, 429 | 500..)
                || matches!(received.body, Err(BodyFailed::Broken(_)))
        }
    }
}
