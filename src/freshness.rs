//! How a change waits until this replica's checkout sees it.
//!
//! Whoever changes something checkout can see knows only the revision it made; whoever compiles the rules knows only which
//! revision it has reached. They meet here and need not know each other.

use std::time::Duration;

use tokio::sync::watch;

/// A change that cannot be seen by then is answered all the same: it is committed, and the next refresh will find it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Cheap to clone; all clones are one meeting place.
#[derive(Clone, Debug)]
pub struct Freshness {
    wanted: watch::Sender<i64>,
    reached: watch::Sender<i64>,
}

impl Default for Freshness {
    fn default() -> Self {
        Freshness {
            wanted: watch::Sender::new(0),
            reached: watch::Sender::new(0),
        }
    }
}

impl Freshness {
    /// Asks for a revision and returns when checkout answers from it or a newer one.
    pub async fn see(&self, revision: i64) {
        self.wanted.send_if_modified(|wanted| {
            let newer = revision > *wanted;
            *wanted = revision.max(*wanted);
            newer
        });
        let mut reached = self.reached.subscribe();
        let seen = reached.wait_for(|reached| *reached >= revision);
        let _ = tokio::time::timeout(PATIENCE, seen).await;
    }

    /// Says which revision checkout answers from.
    pub fn reached(&self, revision: i64) {
        self.reached.send_replace(revision);
    }

    /// Returns when somebody asks for a revision, or after `at_most`.
    pub async fn wish(&self, at_most: Duration) {
        let reached = *self.reached.borrow();
        let mut wanted = self.wanted.subscribe();
        let wish = wanted.wait_for(|wanted| *wanted > reached);
        let _ = tokio::time::timeout(at_most, wish).await;
    }
}
