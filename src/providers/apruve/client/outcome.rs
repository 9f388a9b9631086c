//! The outcome of a call that changes something.

use super::{NoAnswer, Received, Refusal};
use crate::providers::{Later, ProviderId};
use crate::{
    outbound::CallFailed,
    providers::apruve::{
        fields::{Wire, read_one},
        model::Entity,
    },
};

/// The outcome of a call that changes something. Only after [`WriteOutcome::Done`] and [`WriteOutcome::Unknown`] may
/// anything have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum WriteOutcome<T> {
    /// Apruve did it and returned the result.
    Done(T),
    /// Apruve rejected the command.
    Refused(Refusal),
    /// 401 or 403: the API key is rejected, or lacks the permission. It says nothing about the command itself.
    KeyRefused { status: u16 },
    /// Nothing was done; the same call may succeed later.
    Later(Later),
    /// The command may have been carried out: there was no response, an incomplete or unreadable one, or a server
    /// error. Sending it again could do it twice; only a read gives certainty.
    Unknown { cause: String },
    /// The request never reached Apruve.
    NotSent { cause: String },
}

impl<T> WriteOutcome<T> {
    fn unknown(cause: impl ToString) -> Self {
        WriteOutcome::Unknown {
            cause: cause.to_string(),
        }
    }

    /// Classifies an answer by its status; the body of a success is parsed by `read`.
    pub(super) fn of(
        received: Result<Received, NoAnswer>,
        read: impl FnOnce(&[u8]) -> Result<T, String>,
    ) -> Self {
        let received = match received {
            Ok(received) => received,
            Err(NoAnswer::HeldBack { seconds }) => {
                return WriteOutcome::Later(Later::HeldBack { seconds });
            }
            Err(NoAnswer::Failed(CallFailed::NotSent(cause))) => {
                return WriteOutcome::NotSent { cause };
            }
            Err(NoAnswer::Failed(CallFailed::Unknown(cause))) => {
                return WriteOutcome::Unknown { cause };
            }
        };
        match received.status {
            200..=299 => match received.body {
                Ok(body) => match read(&body) {
                    Ok(made) => WriteOutcome::Done(made),
                    Err(cause) => WriteOutcome::Unknown { cause },
                },
                Err(broken) => WriteOutcome::unknown(broken),
            },
            // A proxy may answer 408 although the request has reached Apruve.
            408 => WriteOutcome::unknown("Apruve answered with status 408"),
            status @ (401 | 403) => WriteOutcome::KeyRefused { status },
            429 => WriteOutcome::Later(Later::TooManyCalls(received.retry_after)),
            // The status alone is the refusal, even if the body is incomplete.
            status @ 400..=499 => {
                WriteOutcome::Refused(Refusal::read(status, &received.body.unwrap_or_default()))
            }
            status => WriteOutcome::unknown(format!("Apruve answered with status {status}")),
        }
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
