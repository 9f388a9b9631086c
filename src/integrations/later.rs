//! The problem that callers get when a call to a provider has to be repeated later.

use actix_web::http::header::{HeaderValue, RETRY_AFTER};

use crate::{
    http::problem::{Kind, Problem},
    providers::Later,
};

/// 503 with the provider's own `Retry-After` if it has too many calls; 502 with the remaining pause if calls are held
/// back by the breaker.
pub fn problem(later: &Later) -> Problem {
    let detail =
        format!("No call was sent to the provider: {later}. Send the request again later.");
    match later {
        Later::HeldBack { seconds } => Problem::new(Kind::GatewayUnreachable, detail)
            .with("breaker", "open")
            .with_header(RETRY_AFTER, HeaderValue::from(*seconds)),
        Later::TooManyCalls(when) => {
            let problem = Problem::new(Kind::Unavailable, detail);
            let when = when.as_ref();
            match when.and_then(|when| HeaderValue::from_str(when.as_str()).ok()) {
                Some(when) => problem.with_header(RETRY_AFTER, when),
                // The problem has a default `Retry-After`.
                None => problem,
            }
        }
    }
}
