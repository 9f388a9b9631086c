//! Lets a change wait until this replica's checkout sees it.
//!
//! The code that changes something knows only its revision; the code that compiles the rules knows only the revision it
//! has reached. Both share this type.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Notify, watch};

/// The maximum wait. After it the change is answered anyway: it is committed, and the next refresh finds it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Cheap to clone; all clones share one state.
#[derive(Clone, Debug)]
pub struct RevisionWatch {
    requests: Arc<Notify>,
    reached: watch::Sender<i64>,
}

impl Default for RevisionWatch {
    fn default() -> Self {
        RevisionWatch {
            requests: Arc::default(),
            reached: watch::Sender::new(0),
        }
    }
}

impl RevisionWatch {
    /// Requests a revision, and returns when checkout answers from it or a newer one.
    pub async fn wait_for(&self, revision: i64) {
        let mut reached = self.reached.subscribe();
        if *reached.borrow() >= revision {
            return;
        }
        self.requests.notify_one();
        let seen = reached.wait_for(|reached| *reached >= revision);
        let _ = tokio::time::timeout(PATIENCE, seen).await;
    }

    /// The revision that checkout answers from; data read before it was reached may be outdated.
    pub fn newest(&self) -> i64 {
        *self.reached.borrow()
    }

    /// Announces the revision that checkout answers from.
    pub fn publish(&self, revision: i64) {
        self.reached.send_replace(revision);
    }

    /// Returns when a revision is requested that is not reached, or after `at_most`.
    ///
    /// All requests since the last call count as one, so that a revision that never comes (after restoring an older
    /// database) does not cause endless reads.
    pub async fn requested(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.requests.notified()).await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn a_revision_that_never_comes_is_requested_once() {
        let revision_watch = RevisionWatch::default();
        assert!(revision_watch.requested(LONG).now_or_never().is_none());
        for _ in 0..3 {
            assert!(revision_watch.wait_for(7).now_or_never().is_none());
        }
        assert!(revision_watch.requested(LONG).now_or_never().is_some());
        revision_watch.publish(6);
        assert!(revision_watch.requested(LONG).now_or_never().is_none());
    }

    #[tokio::test]
    async fn what_is_reached_is_seen_at_once_and_requests_nothing() {
        let revision_watch = RevisionWatch::default();
        revision_watch.publish(7);
        assert!(revision_watch.wait_for(7).now_or_never().is_some());
        assert!(revision_watch.requested(LONG).now_or_never().is_none());
    }

    #[tokio::test]
    async fn after_the_database_went_back_the_next_change_is_wished_for_again() {
        let revision_watch = RevisionWatch::default();
        revision_watch.publish(100);
        revision_watch.publish(50);
        let seen = revision_watch.wait_for(51);
        let kept = async {
            revision_watch.requested(LONG).await;
            revision_watch.publish(51);
        };
        tokio::join!(seen, kept);
        assert!(revision_watch.wait_for(51).now_or_never().is_some());
    }
}
