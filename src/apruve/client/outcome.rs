//! What is known of a call that was to change something.

use super::{Received, Refusal};
use crate::{
    apruve::{
        fields::{Wire, read_one},
        id::ApruveId,
        model::Entity,
    },
    outbound::CallFailed,
};

/// How a call ended that was to change something. Only [`Outcome::NotSent`] and [`Outcome::Refused`] are certain to have
/// changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome<T> {
    /// Apruve did it and said what came of it.
    Done(T),
    /// Apruve said no.
    Refused(Refusal),
    /// It may have been done: no answer came, not all of it, none that can be read, or one of trouble on the other side.
    /// Sending it again could do it twice; only reading tells.
    Unknown { cause: String },
    /// Apruve has seen nothing of it.
    NotSent { cause: String },
}

impl<T> Outcome<T> {
    fn unknown(cause: impl ToString) -> Self {
        Outcome::Unknown {
            cause: cause.to_string(),
        }
    }

    /// Judges an answer by its status, and one of success by what `read` makes of its body.
    pub(super) fn of(
        received: Result<Received, CallFailed>,
        read: impl FnOnce(&[u8]) -> Result<T, String>,
    ) -> Self {
        let received = match received {
            Ok(received) => received,
            Err(CallFailed::NotSent(cause)) => return Outcome::NotSent { cause },
            Err(CallFailed::Unknown(cause)) => return Outcome::Unknown { cause },
        };
        match received.status {
            200..=299 => match received.body {
                Ok(body) => match read(&body) {
                    Ok(made) => Outcome::Done(made),
                    Err(cause) => Outcome::Unknown { cause },
                },
                Err(broken) => Outcome::unknown(broken),
            },
            // A proxy may say this of a request that has long gone through.
            408 => Outcome::unknown("Apruve answered with status 408"),
            // However the body ended, the no has arrived.
            status @ 400..=499 => {
                Outcome::Refused(Refusal::read(status, &received.body.unwrap_or_default()))
            }
            status => Outcome::unknown(format!("Apruve answered with status {status}")),
        }
    }
}

/// Reads what was made.
pub(super) fn made<T: Wire>(body: &[u8]) -> Result<T, String> {
    read_one(body).map_err(|unreadable| unreadable.to_string())
}

/// Reads what was acted on, which must be what it was to be.
pub(super) fn acted_on<T: Entity>(id: &ApruveId) -> impl FnOnce(&[u8]) -> Result<T, String> {
    move |body| match made::<T>(body)? {
        acted if acted.id() == id => Ok(acted),
        _ => Err(format!("the answer is about another {}", T::NOUN)),
    }
}
