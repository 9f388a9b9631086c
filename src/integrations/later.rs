//! The `Retry-After` that callers get when a provider has to be called later.

use actix_web::http::header::{HeaderValue, RETRY_AFTER};

use crate::{
    http::problem::{Kind, Problem},
    providers::Later,
};

/// 503 where Apruve takes no more calls, with its own word for when it will; 502 where calls wait because the last ones
/// failed, with the time they wait.
pub fn problem(later: &Later) -> Problem {
    let detail =
        format!("No call was sent to the provider: {later}. Send the request again later.");
    match later {
        Later::HeldBack { seconds } => Problem::new(Kind::GatewayUnreachable, detail)
            .with("breaker", "open")
            .with_header(RETRY_AFTER, HeaderValue::from(*seconds)),
        Later::TooManyCalls(when) => {
            let problem = Problem::new(Kind::Unavailable, detail);
            let when = when
                .as_ref()
                .map(|when| HeaderValue::from_str(when.as_str()));
            match when {
                Some(Ok(when)) => problem.with_header(RETRY_AFTER, when),
                // Then the problem says when to come again.
                Some(Err(_)) | None => problem,
            }
        }
    }
}
