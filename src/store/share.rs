//! Whose turn it is on the database's threads: requests, lists and background work have threads of their own, and within
//! each no topic may hold all of them. So a lock or a slow query on one table leaves a thread to those that need another.

use std::time::Duration;

use super::StoreOptions;

/// What the threads are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionClass {
    /// Somebody waits for one resource.
    Requests,
    /// Somebody waits for many rows.
    Lists,
    /// Nobody waits.
    Background,
    /// What the service needs to know of itself, however much of the rest waits.
    Control,
}

/// The class and topic of a handle to the store.
#[derive(Clone, Copy)]
pub(super) struct Share {
    pub(super) class: ConnectionClass,
    /// What the work is about, such as a feature.
    pub(super) topic: &'static str,
}

/// The topic of work without one.
const ANYTHING: &str = "anything";

impl Default for Share {
    fn default() -> Self {
        Share {
            class: ConnectionClass::Requests,
            topic: ANYTHING,
        }
    }
}

impl ConnectionClass {
    pub(super) const ALL: [ConnectionClass; 4] = [
        ConnectionClass::Requests,
        ConnectionClass::Lists,
        ConnectionClass::Background,
        ConnectionClass::Control,
    ];

    /// How many threads. Not one where there are several topics, of which one could hold it.
    pub(super) fn threads(self, options: &StoreOptions) -> usize {
        match self {
            Self::Requests => options.readers.max(2),
            Self::Lists | Self::Background => (options.readers / 2).max(2),
            Self::Control => 1,
        }
    }

    /// How long a PostgreSQL statement may run, and how long a transaction may idle.
    pub(super) fn statement_timeout(self, options: &StoreOptions) -> Duration {
        match self {
            Self::Requests | Self::Lists | Self::Control => options.statement_timeout,
            Self::Background => options.statement_timeout * 6,
        }
    }

    /// How long to wait for a lock that another holds.
    pub(super) fn lock_timeout(self, options: &StoreOptions) -> Duration {
        match self {
            Self::Requests | Self::Background | Self::Control => options.lock_timeout,
            Self::Lists => options.lock_timeout / 2,
        }
    }
}

/// How many threads one topic may hold of so many.
pub(super) fn most_of(threads: usize) -> usize {
    threads.saturating_sub(1).max(1)
}
