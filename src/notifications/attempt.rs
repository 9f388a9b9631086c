//! Makes one attempt to post an event to an endpoint.

use std::time::{Duration, Instant};

use reqwest::{
    Method, Response, StatusCode, Url,
    header::{CONTENT_TYPE, RETRY_AFTER},
};

use super::{delivery::DeliveryFailure, schedule::RetryAfter, settlement::DeliveryAttempt};
use crate::{
    config::Settings,
    events,
    outbound::{CallFailed, HostPolicy, NoClient, Outbound, Proxy, Timeouts, read_capped},
};

const CONNECT: Duration = Duration::from_secs(5);
/// How much longer the client's own time limit is than that of the attempt.
const MARGIN: Duration = Duration::from_secs(1);
/// The maximum length in bytes of an answer that is read, so that its connection can be reused; the content is ignored.
const MOST_ANSWER: usize = 4096;

/// The HTTP client for endpoints. Cheap to clone.
#[derive(Clone)]
pub struct Receivers {
    outbound: Outbound,
    timeout: Duration,
}

/// The message that is posted.
pub struct Message<'m> {
    /// The id of the event.
    pub id: &'m str,
    /// The time of the attempt in seconds since 1970.
    pub timestamp: i64,
    pub signature: String,
    pub body: String,
}

impl Receivers {
    /// Builds the client from the settings.
    pub fn new(
        policy: HostPolicy,
        proxy: Option<&Proxy>,
        settings: &Settings,
    ) -> Result<Self, NoClient> {
        let timeout = settings.notifications.timeout;
        let timeouts = Timeouts {
            connect: CONNECT.min(timeout),
            total: timeout + MARGIN,
        };
        Ok(Receivers {
            outbound: Outbound::new(policy, proxy, timeouts)?,
            timeout,
        })
    }

    /// The policy for the addresses of endpoints.
    pub fn policy(&self) -> &HostPolicy {
        self.outbound.policy()
    }

    /// Posts a message once, and returns the result of the attempt.
    pub async fn post(&self, url: &str, message: Message<'_>) -> DeliveryAttempt {
        let started = Instant::now();
        let limited = tokio::time::timeout(self.timeout, self.send(url, message)).await;
        let (result, status, retry_after) = match limited {
            Ok(Ok(response)) => {
                let status = response.status();
                let asked = response.headers().get(RETRY_AFTER);
                let asked = asked.and_then(|it| RetryAfter::parse(it.to_str().ok()?));
                let left = self.timeout.saturating_sub(started.elapsed());
                // Only the status matters, so a failure to read the body is ignored.
                let _ = tokio::time::timeout(left, read_capped(response, MOST_ANSWER)).await;
                (judged(status), Some(status.as_u16()), asked)
            }
            Ok(Err(failure)) => (Err(failure), None, None),
            Err(_) => (Err(DeliveryFailure::Timeout), None, None),
        };
        DeliveryAttempt {
            result,
            status,
            took: started.elapsed(),
            retry_after,
        }
    }

    async fn send(&self, url: &str, message: Message<'_>) -> Result<Response, DeliveryFailure> {
        let url = Url::parse(url).map_err(|_| DeliveryFailure::AddressRefused)?;
        let request = self
            .outbound
            .request(Method::POST, url)
            .map_err(|_| DeliveryFailure::AddressRefused)?
            .header(CONTENT_TYPE, events::MEDIA_TYPE)
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp)
            .header("webhook-signature", message.signature)
            .body(message.body);
        self.outbound
            .send(request)
            .await
            .map_err(|failed| match failed {
                failed if failed.is_refused_address() => DeliveryFailure::AddressRefused,
                CallFailed::NotSent(_) => DeliveryFailure::Unreachable,
                CallFailed::Unknown(_) => DeliveryFailure::NoAnswer,
            })
    }
}

fn judged(status: StatusCode) -> Result<(), DeliveryFailure> {
    match status.as_u16() {
        200..=299 => Ok(()),
        300..=399 => Err(DeliveryFailure::Redirect),
        410 => Err(DeliveryFailure::Gone),
        400..=499 => Err(DeliveryFailure::ClientError),
        _ => Err(DeliveryFailure::ServerError),
    }
}
