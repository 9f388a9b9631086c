//! The division of the database threads: requests, lists and background work have separate threads, and within each
//! kind no topic may hold all of them. So a lock or a slow query on one table leaves a thread to work on other tables.

use std::time::Duration;

use super::StoreOptions;

/// The kind of work of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionClass {
    /// A caller waits for one resource.
    Requests,
    /// A caller waits for many rows.
    Lists,
    /// No caller waits.
    Background,
    /// The service's own queries, which must not wait behind other work.
    Control,
}

/// The class and topic of a handle to the store.
#[derive(Clone, Copy)]
pub(super) struct Share {
    pub(super) class: ConnectionClass,
    /// The subject of the work, such as a feature.
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

    /// The number of threads. At least two for several topics, because one topic could hold a single thread.
    pub(super) fn threads(self, options: &StoreOptions) -> usize {
        match self {
            Self::Requests => options.readers.max(2),
            Self::Lists | Self::Background => (options.readers / 2).max(2),
            Self::Control => 1,
        }
    }

    /// The maximum time of a PostgreSQL statement and of an idle transaction.
    pub(super) fn statement_timeout(self, options: &StoreOptions) -> Duration {
        match self {
            Self::Requests | Self::Lists | Self::Control => options.statement_timeout,
            Self::Background => options.statement_timeout * 6,
        }
    }

    /// The maximum time to wait for a lock.
    pub(super) fn lock_timeout(self, options: &StoreOptions) -> Duration {
        match self {
            Self::Requests | Self::Background | Self::Control => options.lock_timeout,
            Self::Lists => options.lock_timeout / 2,
        }
    }
}

/// The maximum number of threads, out of `threads`, that one topic may hold.
pub(super) fn most_of(threads: usize) -> usize {
    threads.saturating_sub(1).max(1)
}
