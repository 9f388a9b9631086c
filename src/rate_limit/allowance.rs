//! The remaining quota of a caller, in the headers of draft-ietf-httpapi-ratelimit-headers.

use actix_web::{
    HttpMessage,
    body::MessageBody,
    dev::ServiceResponse,
    http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
};

use super::Class;
use crate::http::problem::{Kind, Problem};

/// `RateLimit` of draft-ietf-httpapi-ratelimit-headers: the remaining quota and the time until it grows.
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// `RateLimit-Policy` of the same draft: the quota and its window.
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The window of every quota.
pub(super) const WINDOW_SECONDS: u32 = 60;

/// The remaining quota of a caller after an accepted request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub(super) class: Class,
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// The time until at least one more request is possible, in whole seconds.
    pub(super) reset_seconds: u64,
}

impl Allowance {
    fn headers(self) -> [(HeaderName, HeaderValue); 2] {
        let name = self.class.name();
        let value = |text: String| {
            // Class names and digits are always a valid header value.
            HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
        };
        [
            (
                RATE_LIMIT_POLICY,
                value(format!("\"{name}\";q={};w={WINDOW_SECONDS}", self.limit)),
            ),
            (
                RATE_LIMIT,
                value(format!(
                    "\"{name}\";r={};t={}",
                    self.remaining, self.reset_seconds
                )),
            ),
        ]
    }

    pub(super) fn refusal(self) -> Problem {
        let problem = Problem::new(
            Kind::TooManyRequests,
            format!(
                "At most {} requests a minute of this kind; come back in {} s.",
                self.limit, self.reset_seconds
            ),
        )
        .with_header(RETRY_AFTER, HeaderValue::from(self.reset_seconds));
        self.headers()
            .into_iter()
            .fold(problem, |problem, (name, value)| {
                problem.with_header(name, value)
            })
    }

    /// Sets the two headers of a response.
    pub fn write_to(self, headers: &mut HeaderMap) {
        for (name, value) in self.headers() {
            headers.insert(name, value);
        }
    }
}

/// Sets the rate limit headers on the response to a counted request; the front door calls it for every response.
pub fn stamp<B: MessageBody>(response: &mut ServiceResponse<B>) {
    let allowance = response.request().extensions().get::<Allowance>().copied();
    if let Some(allowance) = allowance {
        allowance.write_to(response.headers_mut());
    }
}
