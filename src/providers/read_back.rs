//! What a provider's client read.

use std::ops::Deref;

/// The state of something at its provider at the time of the read. Only a client's GET makes one, so that what moves money can
/// ask for nothing less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadBack<T>(T);

impl<T> ReadBack<T> {
    /// What a client has just read.
    pub(in crate::providers) fn new(read: T) -> Self {
        ReadBack(read)
    }

    /// Gives up the proof.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for ReadBack<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
