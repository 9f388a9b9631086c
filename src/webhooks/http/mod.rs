//! The inbox over HTTP: the address Apruve posts to, and what operators see of it.

mod list;
mod read;
mod receive;
mod replay;
mod shapes;

use actix_web::http::header::{HeaderValue, RETRY_AFTER};

use super::{inbox::NotTaken, replay::NotReplayed, verifiers::NotDone};
use crate::{
    ids::{EventId, ReplayId},
    mount::Mount,
    problem::{Kind, Problem},
};

/// Mounts every operation of this feature.
pub fn routes(config: &mut impl Mount) {
    config
        .mount(receive::receive_apruve_webhook)
        .mount(list::list_webhook_events)
        // Before the addresses with an id, which would take its last segment for one.
        .mount(replay::replay_webhook_events)
        .mount(read::get_webhook_event)
        .mount(replay::replay_webhook_event)
        .mount(replay::get_webhook_replay);
}

/// The id in a path; one that cannot be read names nothing.
fn event_id(text: &str) -> Result<EventId, Problem> {
    text.parse().map_err(|_| NotReplayed::NoEvent.into())
}

/// The same for a replay.
fn replay_id(text: &str) -> Result<ReplayId, Problem> {
    text.parse().map_err(|_| NotReplayed::NoReplay.into())
}

impl From<NotTaken> for Problem {
    fn from(not_taken: NotTaken) -> Self {
        match not_taken {
            NotTaken::UnknownToken => {
                Problem::new(Kind::NotFound, "No integration has this webhook address.")
            }
            NotTaken::TooMany(problem) => problem,
            NotTaken::BadSignature(bad) => Problem::new(
                Kind::BadSignature,
                format!("The X-Apruve-Signature header does not vouch for the body: {bad}."),
            ),
            // No cause: a flood must not fill the log.
            NotTaken::NotChecked(full @ NotDone::Full) => Problem::new(
                Kind::Unavailable,
                format!("Right now {full}; send it again."),
            )
            .with_header(RETRY_AFTER, HeaderValue::from_static("1")),
            NotTaken::NotChecked(cause @ NotDone::Panicked) => Problem::internal(cause),
            NotTaken::CannotSeal(cause) => Problem::internal(cause),
            NotTaken::Store(error) => error.into(),
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
                "The body of this event was erased, so there is nothing to look at again.",
            ),
            NotReplayed::KeyReused(reused) => reused.into(),
            NotReplayed::Store(error) => error.into(),
        }
    }
}
