//! Long polling of the feed. Waiting requests hold no database connection: one task per process polls the end of the
//! feed while any request waits.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, Semaphore, SemaphorePermit, watch},
    time::Instant,
};

use super::store;
use crate::{jobs, store::Store};

/// The maximum number of requests that wait at once.
const MOST_WAITING: usize = 200;
/// The polling interval while a request waits.
const POLL: Duration = Duration::from_millis(100);

/// Lets readers wait for the next event. Clones share one state.
#[derive(Clone)]
pub struct EventFeed(Arc<EventFeedInner>);

struct EventFeedInner {
    places: Semaphore,
    seen: watch::Sender<FeedEnd>,
    somebody: Notify,
}

#[derive(Clone, Copy, Default)]
struct FeedEnd {
    /// The last known end of the feed.
    last: i64,
    /// The service stops, so waiting ends at once.
    is_over: bool,
}

/// A permit to wait.
pub struct WaitingPlace<'f> {
    feed: &'f EventFeedInner,
    _permit: SemaphorePermit<'f>,
}

impl EventFeed {
    /// Takes a permit to wait; `None` if all are taken.
    pub fn wait_here(&self) -> Option<WaitingPlace<'_>> {
        let permit = self.0.places.try_acquire().ok()?;
        Some(WaitingPlace {
            feed: &self.0,
            _permit: permit,
        })
    }

    /// Ends all waiting requests, and later ones at once, because the process stops.
    pub fn end_waiting(&self) {
        self.0.seen.send_modify(|seen| seen.is_over = true);
    }

    /// Polls the feed's end while a request waits, until the store is closed or the task is dropped.
    pub async fn watch(self, store: Store) {
        let complaint = "the end of the event feed cannot be read";
        jobs::repeat(&store, complaint, async || {
            if self.0.seen.receiver_count() == 0 {
                self.0.somebody.notified().await;
            }
            let last = store.read(store::last_sequence).await?;
            self.0.seen.send_modify(|seen| seen.last = last);
            Ok(POLL)
        })
        .await;
    }
}

/// A feed without waiting requests.
impl Default for EventFeed {
    fn default() -> Self {
        EventFeed(Arc::new(EventFeedInner {
            places: Semaphore::new(MOST_WAITING),
            seen: watch::Sender::default(),
            somebody: Notify::new(),
        }))
    }
}

impl WaitingPlace<'_> {
    /// Waits until the feed extends beyond a place. False if this does not happen before the deadline or the stop of
    /// the service.
    pub async fn beyond(&self, place: i64, deadline: Instant) -> bool {
        let mut seen = self.feed.seen.subscribe();
        self.feed.somebody.notify_one();
        let goes_on = seen.wait_for(|seen| seen.is_over || seen.last > place);
        match tokio::time::timeout_at(deadline, goes_on).await {
            Ok(Ok(seen)) => seen.last > place,
            Ok(Err(_)) | Err(_) => false,
        }
    }
}
