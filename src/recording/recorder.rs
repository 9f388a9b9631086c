//! Takes carts from checkout without making it wait.

use std::{cell::Cell, sync::Arc};

use chrono::{DateTime, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::{auth::Websites, string_enum::string_enum};

/// The maximum size of the queue in bytes.
const QUEUE_BYTES: usize = 16 * 1024 * 1024;
/// The maximum size of a posted cart in bytes; a larger cart is not recorded.
const LARGEST_BODY: usize = 256 * 1024;
/// The bytes that a queued cart takes in addition to its body.
const COST_OF_A_CART: usize = 512;

/// A cart as it was posted.
pub struct PostedCart {
    pub body: Box<[u8]>,
    pub at: DateTime<Utc>,
    /// The caller's websites; a cart without a website gets the only one.
    pub websites: Websites,
    /// Its part of [`QUEUE_BYTES`], released on drop.
    _room: OwnedSemaphorePermit,
}

/// Takes carts from checkout for the writer; app data. Cheap to clone.
#[derive(Clone)]
pub struct Recorder {
    sample: f64,
    queue: mpsc::UnboundedSender<PostedCart>,
    room: Arc<Semaphore>,
}

thread_local! {
    /// The accumulated fraction of a cart that is due, so that every thread records exactly its share.
    static DUE: Cell<f64> = const { Cell::new(0.0) };
}

impl Recorder {
    /// A recorder of this share of all carts, and the queue to its writer.
    pub fn new(sample: f64) -> (Self, mpsc::UnboundedReceiver<PostedCart>) {
        Recorder::with_room(sample, QUEUE_BYTES)
    }

    /// As [`Recorder::new`], with a queue of `bytes` bytes.
    pub fn with_room(sample: f64, bytes: usize) -> (Self, mpsc::UnboundedReceiver<PostedCart>) {
        let (queue, posted) = mpsc::unbounded_channel();
        let recorder = Recorder {
            sample,
            queue,
            room: Arc::new(Semaphore::new(bytes)),
        };
        (recorder, posted)
    }

    /// Whether the next cart of this thread is to be recorded.
    pub fn takes_next(&self) -> bool {
        if self.sample <= 0.0 {
            return false;
        }
        let due = DUE.get() + self.sample;
        DUE.set(if due >= 1.0 { due - 1.0 } else { due });
        due >= 1.0
    }

    /// Puts a cart into the queue; if the queue is full, the cart is dropped and counted. Returns whether it was
    /// accepted.
    pub fn offer(&self, body: &[u8], at: DateTime<Utc>, websites: &Websites) -> bool {
        if body.len() > LARGEST_BODY {
            count(RecordingOutcome::Unfit, 1);
            return false;
        }
        let bytes = u32::try_from(body.len() + COST_OF_A_CART).unwrap_or(u32::MAX);
        let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(bytes) else {
            count(RecordingOutcome::Dropped, 1);
            return false;
        };
        let posted = PostedCart {
            body: body.into(),
            at,
            websites: websites.clone(),
            _room: room,
        };
        let is_taken = self.queue.send(posted).is_ok();
        if !is_taken {
            count(RecordingOutcome::Dropped, 1);
        }
        is_taken
    }
}

string_enum! {
    /// The outcome of recording a cart.
    RecordingOutcome as "RecordingOutcome" {
        /// The cart was recorded.
        Recorded = "recorded",
        /// The queue was full.
        Dropped = "dropped",
        /// The cart is too large, or its projection refused it.
        Unfit = "unfit",
        /// Writing to the database failed.
        Failed = "failed",
    }
}

/// Counts carts by outcome.
pub fn count(outcome: RecordingOutcome, carts: usize) {
    metrics::counter!("onterms_recorded_carts_total", "outcome" => outcome.as_str())
        .increment(carts as u64);
}

/// Registers the metric of every outcome, so that all series exist from the start.
pub fn register_metrics() {
    for outcome in RecordingOutcome::ALL {
        count(*outcome, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(recorder: &Recorder, bytes: usize) -> bool {
        recorder.offer(&vec![b' '; bytes], DateTime::UNIX_EPOCH, &Websites::All)
    }

    #[test]
    fn a_full_queue_takes_nothing_until_the_writer_has_read() {
        let (recorder, mut posted) = Recorder::with_room(1.0, 3 * (COST_OF_A_CART + 100));
        let taken: Vec<bool> = (0..5).map(|_| offer(&recorder, 100)).collect();
        assert_eq!(taken, [true, true, true, false, false]);
        assert!(posted.try_recv().is_ok(), "one is read");
        assert!(offer(&recorder, 100) && !offer(&recorder, 100));
        while posted.try_recv().is_ok() {}
        assert!(
            offer(&recorder, 200),
            "the room of carts that were read is free"
        );
        drop(posted);
        assert!(!offer(&recorder, 1), "nobody writes any more");
    }

    #[test]
    fn a_large_cart_is_not_taken() {
        let (recorder, _posted) = Recorder::new(1.0);
        assert!(offer(&recorder, LARGEST_BODY) && !offer(&recorder, LARGEST_BODY + 1));
    }

    #[test]
    fn a_thread_keeps_the_share_of_its_carts_that_is_wanted() {
        for (sample, expected) in [(0.0, 0), (0.25, 250), (0.5, 500), (0.75, 750), (1.0, 1000)] {
            let (recorder, _posted) = Recorder::new(sample);
            let taken = (0..1000).filter(|_| recorder.takes_next()).count();
            assert_eq!(taken, expected, "{sample}");
        }
    }
}
