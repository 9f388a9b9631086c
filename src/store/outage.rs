//! The reason why the database takes no writes, as found by the last write. Readiness shows it, and the log reports its
//! beginning and end.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The reason why nothing can be written now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The database cannot be reached, or the connection was lost.
    Away,
    /// The database answers but takes no writes: a standby, or a file without write permission.
    ReadOnly,
    /// The disk, or the database's quota on it, is full.
    Full,
    /// The file at the configured path is not the one that was opened.
    Replaced,
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Away => "the database cannot be reached",
            Self::ReadOnly => "the database is read-only",
            Self::Full => "the disk of the database is full",
            Self::Replaced => {
                "the database file was moved away or replaced; put it back, or restart the service to use the file that is there"
            }
        })
    }
}

/// Shared by all connections of a store.
#[derive(Default)]
pub(super) struct Outages {
    now: Mutex<Option<Outage>>,
    /// Incremented when the server behind the address turns out to be read-only, and when it takes writes again.
    generation: AtomicU64,
}

impl Outages {
    pub(super) fn current(&self) -> Option<Outage> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection of an earlier generation may lead to a read-only server that lags behind, so it must be opened
    /// again.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// Records that a write, or an attempt to connect, failed for this reason.
    pub(super) fn note(&self, outage: Outage) {
        if self.replace(Some(outage)) != Some(outage) {
            tracing::error!(reason = %outage, "nothing can be written to the database");
        }
    }

    /// Records that a write succeeded.
    pub(super) fn clear(&self) {
        if self.replace(None).is_some() {
            tracing::info!("the database takes writes again");
        }
    }

    fn replace(&self, now: Option<Outage>) -> Option<Outage> {
        let mut current = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *current, now);
        if before != now && (before == Some(Outage::ReadOnly) || now == Some(Outage::ReadOnly)) {
            self.generation.fetch_add(1, Ordering::Relaxed);
        }
        before
    }
}
