//! The calls of the shop's backend and the events it received, for the panel beside the page.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::clock::Clock;

/// The maximum number of stored entries.
const MOST: usize = 1_000;

/// A call, or an event.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Increases in the order in which calls began and events arrived.
    pub number: u64,
    pub at: DateTime<Utc>,
    /// The shop's order of the entry.
    pub order_id: String,
    #[serde(flatten)]
    pub what: What,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum What {
    Call(ServiceCall),
    /// An event of the service's feed, and the call that read it.
    #[serde(rename_all = "camelCase")]
    Event {
        read_with: String,
        event: Value,
    },
}

/// A call of the shop's backend. Secrets are hidden.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceCall {
    /// The called system: the service, or Apruve.
    pub system: &'static str,
    pub method: String,
    pub path: String,
    pub headers: Value,
    pub request: Option<Value>,
    /// `None` without a response.
    pub status: Option<u16>,
    /// JSON if the answer is JSON, otherwise its text.
    pub answer: Value,
    pub duration_ms: u64,
}

/// A call that has not ended.
pub struct PendingCall {
    number: u64,
    at: DateTime<Utc>,
    started: Instant,
}

impl PendingCall {
    /// The time since the call began.
    pub fn duration_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The entries of all orders.
pub struct Journal {
    clock: Clock,
    numbers: AtomicU64,
    kept: Mutex<Kept>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Kept {
    entries: VecDeque<Entry>,
    /// The number of older entries that were removed.
    dropped: usize,
}

impl Journal {
    pub fn new(clock: Clock) -> Self {
        Journal {
            clock,
            numbers: AtomicU64::new(1),
            kept: Mutex::default(),
            changed: watch::Sender::default(),
        }
    }

    /// Reserves a number for a call, before the call has any effect.
    pub fn begin(&self) -> PendingCall {
        PendingCall {
            number: self.numbers.fetch_add(1, Ordering::Relaxed),
            at: self.clock.now(),
            started: Instant::now(),
        }
    }

    /// Stores a call that has ended.
    pub fn record_call(&self, begun: PendingCall, order_id: &str, call: ServiceCall) {
        self.keep(begun, order_id, What::Call(call));
    }

    /// Stores an event.
    pub fn record_event(&self, order_id: &str, read_with: String, event: Value) {
        self.keep(self.begin(), order_id, What::Event { read_with, event });
    }

    fn keep(&self, begun: PendingCall, order_id: &str, what: What) {
        let mut kept = self.kept();
        if kept.entries.len() == MOST {
            kept.entries.pop_front();
            kept.dropped += 1;
        }
        kept.entries.push_back(Entry {
            number: begun.number,
            at: begun.at,
            order_id: order_id.to_owned(),
            what,
        });
        drop(kept);
        self.changed.send_replace(());
    }

    /// The entries of an order from a position on, and the position after them.
    pub fn read(&self, order_id: &str, position: usize) -> (Vec<Entry>, usize) {
        let kept = self.kept();
        let skipped = position.saturating_sub(kept.dropped);
        let entries = kept.entries.iter().skip(skipped);
        let own = entries.filter(|entry| entry.order_id == order_id).cloned();
        (own.collect(), kept.dropped + kept.entries.len())
    }

    /// Changes with every entry.
    pub fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_order_has_its_own_entries_and_old_ones_are_dropped() {
        let journal = Journal::new(Clock::system());
        journal.record_event("SHOP-1", String::new(), json!(1));
        journal.record_event("SHOP-2", String::new(), json!(2));
        let (first, position) = journal.read("SHOP-1", 0);
        assert_eq!((first.len(), position), (1, 2));
        for event in 0..MOST {
            journal.record_event("SHOP-1", String::new(), json!(event));
        }
        assert_eq!(journal.read("SHOP-1", position).0.len(), MOST);
        assert_eq!(journal.read("SHOP-1", 0).0.len(), MOST);
        assert_eq!(journal.read("SHOP-2", 0).0.len(), 0);
        let (none, end) = journal.read("SHOP-1", position + MOST);
        assert_eq!((none.len(), end), (0, MOST + 2));
    }
}
