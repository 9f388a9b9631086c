//! The outcome of a call that changes something.

use super::{NoAnswer, Received, refusal};
use crate::providers::{CommandOutcome, Later, ProviderId};
use crate::{
    outbound::CallFailed,
    providers::apruve::{
        fields::{Wire, read_one},
        model::Entity,
    },
};

/// Classifies an answer by its status; the body of a success is parsed by `read`.
pub(super) fn outcome<T>(
    received: Result<Received, NoAnswer>,
    read: impl FnOnce(&[u8]) -> Result<T, String>,
) -> CommandOutcome<T> {
    let Received {
        status,
        retry_after,
        body,
    } = match received {
        Ok(received) => received,
        Err(NoAnswer::HeldBack { seconds }) => {
            return CommandOutcome::Later(Later::HeldBack { seconds });
        }
        Err(NoAnswer::Failed(CallFailed::NotSent(cause))) => return CommandOutcome::NotSent(cause),
        Err(NoAnswer::Failed(CallFailed::Unknown(cause))) => return CommandOutcome::Lost(cause),
    };
    match status {
        200..=299 => {
            let body = body.map_err(|broken| broken.to_string());
            body.and_then(|body| read(&body))
                .map_or_else(CommandOutcome::Lost, CommandOutcome::Done)
        }
        401 | 403 => CommandOutcome::KeyRefused { status },
        429 => CommandOutcome::Later(Later::TooManyCalls(retry_after)),
        // The status alone is the refusal, even if the body is incomplete. But a proxy may answer 408 although the
        // request has reached Apruve.
        400..=499 if status != 408 => {
            let reason = refusal::reason(status, &body.unwrap_or_default());
            let message = format!("Apruve refused with status {status}: {reason}");
            CommandOutcome::Refused { status, message }
        }
        _ => CommandOutcome::Lost(format!("Apruve answered with status {status}")),
    }
}

/// Parses the object that was created.
pub(super) fn made<T: Wire>(body: &[u8]) -> Result<T, String> {
    read_one(body).map_err(|unreadable| unreadable.to_string())
}

/// Parses the object that was acted on; it is an error if its id is another one.
pub(super) fn acted_on<T: Entity>(id: &ProviderId) -> impl FnOnce(&[u8]) -> Result<T, String> {
    move |body| match made::<T>(body)? {
        acted if acted.id() == id => Ok(acted),
        _ => Err(format!("the answer is about another {}", T::NOUN)),
    }
}
