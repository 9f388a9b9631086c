//! Readers that wait for something to happen. They hold no database connection: one task for each process polls, as long as
//! anybody waits.

use std::{sync::Arc, time::Duration};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{Notify, Semaphore, SemaphorePermit, watch},
    time::Instant,
};

use super::store;
use crate::{
    error_chain,
    store::{Store, StoreError},
};

/// So many readers may wait at once.
const MOST_WAITING: usize = 200;
/// The polling interval of the feed's end while a request waits.
const POLL: Duration = Duration::from_millis(100);
/// How soon to try again after an error.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// Where readers wait. Clones are the same.
#[derive(Clone)]
pub struct EventFeed(Arc<EventFeedInner>);

struct EventFeedInner {
    places: Semaphore,
    seen: watch::Sender<FeedEnd>,
    somebody: Notify,
}

#[derive(Clone, Copy, Default)]
struct FeedEnd {
    /// The end of the feed as it was seen last.
    last: i64,
    /// Nobody waits any more: the service stops.
    is_over: bool,
}

/// A place to wait in.
pub struct WaitingPlace<'f> {
    feed: &'f EventFeedInner,
    _permit: SemaphorePermit<'f>,
}

impl EventFeed {
    /// A feed without waiting requests.
    pub fn new() -> Self {
        EventFeed(Arc::new(EventFeedInner {
            places: Semaphore::new(MOST_WAITING),
            seen: watch::Sender::default(),
            somebody: Notify::new(),
        }))
    }

    /// A place to wait in; `None` when all are taken.
    pub fn wait_here(&self) -> Option<WaitingPlace<'_>> {
        let permit = self.0.places.try_acquire().ok()?;
        Some(WaitingPlace {
            feed: &self.0,
            _permit: permit,
        })
    }

    /// Ends all waiting requests, and later ones at once, when the process stops.
    pub async fn end_with_the_process(self) {
        match signal(SignalKind::terminate()) {
            Ok(mut asked) => {
                asked.recv().await;
                self.0.seen.send_modify(|seen| seen.is_over = true);
            }
            Err(error) => {
                tracing::warn!(%error, "readers that wait for events will hold a stop up")
            }
        }
    }

    /// Polls the feed's end while a request waits, until the store is closed or the task is dropped.
    pub async fn watch(self, store: Store) {
        loop {
            if self.0.seen.receiver_count() == 0 {
                self.0.somebody.notified().await;
            }
            let pause = match store.read(store::last_sequence).await {
                Ok(last) => {
                    self.0.seen.send_modify(|seen| seen.last = last);
                    POLL
                }
                Err(StoreError::Closed) => return,
                Err(error) => {
                    if store.outage().is_none() {
                        let error = error_chain::chain(&error);
                        tracing::warn!(error, "the end of the event feed cannot be read");
                    }
                    AFTER_ERROR
                }
            };
            tokio::time::sleep(pause).await;
        }
    }
}

impl Default for EventFeed {
    fn default() -> Self {
        EventFeed::new()
    }
}

impl WaitingPlace<'_> {
    /// Waits until the feed goes beyond a place. False when that did not happen by then, or before the service stops.
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
