//! Observer of the outcomes of provider calls; the health of accounts is kept from it.

use std::fmt;

use chrono::{DateTime, Utc};

/// How a call to an account ended, as far as that says something about the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallObservation {
    /// The provider answered, and took the API key.
    Answered,
    /// 401: the provider does not know the API key.
    Unauthorized,
    /// 403: the provider knows the API key and refuses the call.
    Forbidden,
    /// No usable answer.
    Failed,
    /// No usable answer, as several times in a row: the next calls are held back.
    HeldBack,
}

/// Hears of every call; must not block.
pub trait AccountObserver: fmt::Debug + Send + Sync {
    /// A call to the account ended at this moment. `account` is what the caller names the account with.
    fn observe(&self, account: &str, observation: CallObservation, at: DateTime<Utc>);
}
