//! Calls to Apruve's REST API, v4.
//!
//! What changes something is sent once and ends as an [`Outcome`], which never takes silence for a no. What only reads may be
//! asked again, and what it finds is a [`ReadBack`]. Ids are checked before they can be part of an address, redirects are not
//! followed, and links in answers are never used.

mod corporate_accounts;
mod invoice_returns;
mod invoices;
mod merchants;
mod orders;
mod outcome;
mod reads;
mod refusal;
mod shipments;
mod webhook_endpoints;
mod writes;

pub use self::{
    outcome::Outcome,
    reads::{CallError, Listing, ReadBack},
    refusal::Refusal,
};

use reqwest::{
    Method, RequestBuilder, Url,
    header::{ACCEPT, HeaderValue},
};

use super::breaker::Breaker;
use crate::{
    clock::Clock,
    outbound::{self, BodyFailed, CallFailed, Outbound},
    secret::SecretText,
};

/// The largest answers seen are a few kilobytes.
const MOST_BYTES: usize = 1 << 20;

/// One account at Apruve: where it is and what opens it.
pub struct Account<'a> {
    outbound: &'a Outbound,
    origin: &'a str,
    api_key: &'a SecretText,
    guard: Option<Guard<'a>>,
}

struct Guard<'a> {
    breaker: &'a Breaker,
    clock: &'a Clock,
}

/// An answer's head, and its body as far as it came.
struct Received {
    status: u16,
    body: Result<Vec<u8>, BodyFailed>,
}

impl<'a> Account<'a> {
    /// `origin` is scheme, host and port, without a path. Every call is one attempt.
    pub fn new(outbound: &'a Outbound, origin: &'a str, api_key: &'a SecretText) -> Self {
        Account {
            outbound,
            origin,
            api_key,
            guard: None,
        }
    }

    /// For work that goes on by itself: calls are held back while the account does not answer, and reads are tried again.
    pub fn guarded(mut self, breaker: &'a Breaker, clock: &'a Clock) -> Self {
        self.guard = Some(Guard { breaker, clock });
        self
    }

    /// A request for a path below `/api/v4`, or why none can be sent.
    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<RequestBuilder, String> {
        let mut url = Url::parse(self.origin).map_err(|_| "its address is not a URL".to_owned())?;
        url.path_segments_mut()
            .map_err(|()| "its address cannot have a path".to_owned())?
            .clear()
            .extend(["api", "v4"])
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut key = HeaderValue::from_str(self.api_key.expose())
            .map_err(|_| "the API key has characters no header can carry".to_owned())?;
        key.set_sensitive(true);
        let request = self.outbound.request(method, url);
        let request = request.map_err(|refused| refused.sentence)?;
        Ok(request
            .header("Apruve-Api-Key", key)
            .header(ACCEPT, "application/json"))
    }

    /// Sends it once, unless calls are held back.
    async fn exchange(&self, request: RequestBuilder) -> Result<Received, CallFailed> {
        if let Some(guard) = &self.guard
            && !guard.breaker.admits(guard.clock.now())
        {
            return Err(CallFailed::NotSent(
                "the last calls to this account all failed, so calls wait a little".to_owned(),
            ));
        }
        let received = match outbound::send(request).await {
            Ok(response) => Ok(Received {
                status: response.status().as_u16(),
                body: outbound::read_capped(response, MOST_BYTES).await,
            }),
            Err(failed) => Err(failed),
        };
        if let Some(guard) = &self.guard {
            guard.learn(is_passing(&received));
        }
        received
    }
}

impl Guard<'_> {
    fn learn(&self, failed: bool) {
        if !failed {
            self.breaker.succeeded();
        } else if self.breaker.failed(self.clock.now()) {
            tracing::warn!("an Apruve account does not answer; calls to it are held back");
        }
    }
}

/// Whether a later attempt may well come to something else: nobody answered, not to the end, or "not now".
fn is_passing(received: &Result<Received, CallFailed>) -> bool {
    match received {
        Err(_) => true,
        Ok(received) => {
            matches!(received.status, 429 | 500..)
                || matches!(received.body, Err(BodyFailed::Broken(_)))
        }
    }
}
