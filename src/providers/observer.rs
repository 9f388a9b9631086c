//! The observer of the outcomes of provider calls, from which the health of accounts is derived.

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
    /// No usable answer, several times in a row: the next calls are held back.
    HeldBack,
}

/// Is notified of every call; must not block.
pub trait AccountObserver: fmt::Debug + Send + Sync {
    /// Reports that a call ended at `at`. `account` is the name by which the caller knows the account.
    fn observe(&self, account: &str, observation: CallObservation, at: DateTime<Utc>);
}
