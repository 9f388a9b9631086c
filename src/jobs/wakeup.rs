//! Lets a change in this process start the next poll of a runner at once.

use std::{marker::PhantomData, sync::Arc};

use tokio::sync::Notify;

/// Wakes the runner of `J` in this process. Clones wake the same runner. Wake-ups while the runner is busy are kept as
/// one.
pub struct Wakeup<J> {
    rung: Arc<Notify>,
    job: PhantomData<fn() -> J>,
}

impl<J> Wakeup<J> {
    /// Wakes the runner.
    pub fn ring(&self) {
        self.rung.notify_one();
    }

    /// Returns when a wake-up was sent since the last call.
    pub(super) async fn rung(&self) {
        self.rung.notified().await;
    }
}

impl<J> Default for Wakeup<J> {
    fn default() -> Self {
        Wakeup {
            rung: Arc::default(),
            job: PhantomData,
        }
    }
}

impl<J> Clone for Wakeup<J> {
    fn clone(&self) -> Self {
        Wakeup {
            rung: Arc::clone(&self.rung),
            job: PhantomData,
        }
    }
}
