//! A marker for values that a provider's client has read.

use std::ops::Deref;

/// The state of an object at its provider at the time of the read. Only a client's GET creates one, so that code which
/// moves money can require a value that was read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadBack<T>(T);

impl<T> ReadBack<T> {
    /// Wraps a value that a client has just read.
    pub(in crate::providers) fn new(read: T) -> Self {
        ReadBack(read)
    }

    /// Returns the value without the proof that it was read.
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
