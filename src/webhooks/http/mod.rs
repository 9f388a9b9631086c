//! The HTTP operations of the inbox: the webhook receiver, and the views for operators.

mod events;
mod receive;
mod replay;
mod shapes;

use actix_web::http::header::{HeaderValue, RETRY_AFTER};

use super::{inbox::ReceiveError, replay::NotReplayed, signature_pool::PoolError};
use crate::{
    http::{
        problem::{Kind, Problem},
        routing::Routes,
    },
    ids::{EventId, ReplayId},
    providers::SIGNATURE_HEADER,
};

/// Registers the routes of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(receive::receive_apruve_webhook)
        .routing(events::list_webhook_events)
        // Before the routes with an id, which would match `replay` as an id.
        .routing(replay::replay_webhook_events)
        .routing(events::get_webhook_event)
        .routing(replay::replay_webhook_event)
        .routing(replay::get_webhook_replay);
}

/// Parses the event id in a path; an invalid one is a 404.
fn event_id(text: &str) -> Result<EventId, Problem> {
    text.parse().map_err(|_| NotReplayed::NoEvent.into())
}

/// Parses the replay id in a path; an invalid one is a 404.
fn replay_id(text: &str) -> Result<ReplayId, Problem> {
    text.parse().map_err(|_| NotReplayed::NoReplay.into())
}

impl From<ReceiveError> for Problem {
    fn from(not_taken: ReceiveError) -> Self {
        match not_taken {
            ReceiveError::UnknownToken => {
                Problem::new(Kind::NotFound, "No integration has this webhook address.")
            }
            ReceiveError::TooMany(problem) => problem,
            ReceiveError::BadSignature(bad) => Problem::new(
                Kind::BadSignature,
                format!("The {SIGNATURE_HEADER} header does not vouch for the body: {bad}."),
            ),
            // Without a logged cause, so that a flood does not fill the log.
            ReceiveError::NotChecked(full @ PoolError::Full) => Problem::new(
                Kind::Unavailable,
                format!("Right now {full}; send it again."),
            )
            .with_header(RETRY_AFTER, HeaderValue::from_static("1")),
            ReceiveError::NotChecked(cause @ PoolError::Panicked) => Problem::internal(cause),
            ReceiveError::CannotSeal(cause) => Problem::internal(cause),
            ReceiveError::Store(error) => error.into(),
        }
    }
}

impl From<NotReplayed> for Problem {
    fn from(not_replayed: NotReplayed) -> Self {
        match not_replayed {
            NotReplayed::NoEvent => Problem::new(Kind::NotFound, "There is no such webhook event."),
            NotReplayed::NoReplay => Problem::new(Kind::NotFound, "There is no such replay."),
            NotReplayed::BodyGone => Problem::new(
                Kind::Conflict,
                "The body of this event was erased, so it cannot be replayed.",
            ),
            NotReplayed::KeyReused(reused) => reused.into(),
            NotReplayed::Store(error) => error.into(),
        }
    }
}
