//! How to reach the database, and its limits.

use std::time::Duration;

use super::DatabaseUrl;

/// The options of [`Store::open`](super::Store::open) and [`Migrator::open`](super::Migrator::open).
#[derive(Clone, Debug)]
pub struct StoreOptions {
    pub url: DatabaseUrl,
    /// Whether a [`Migrator`](super::Migrator) creates a missing SQLite file.
    pub create: bool,
    /// The number of request threads, each with a connection; on SQLite they only read. Lists and background work have
    /// half as many each; each kind has at least two. One more thread runs control queries. A thread connects when it
    /// is needed.
    pub readers: usize,
    /// The maximum number of waiting tasks for each kind of thread; further tasks are refused as busy.
    pub read_queue: usize,
    /// The maximum number of waiting writes for SQLite's writer; further writes are refused as busy.
    pub write_queue: usize,
    /// The maximum time to connect to PostgreSQL, in whole seconds.
    pub connect_timeout: Duration,
    /// The maximum time of a PostgreSQL statement and of an idle transaction; background work has six times as much.
    pub statement_timeout: Duration,
    /// The maximum time to wait for a lock; a list waits half as long.
    pub lock_timeout: Duration,
}

impl StoreOptions {
    /// Default values for everything but the database.
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            create: true,
            readers: 4,
            read_queue: 1024,
            write_queue: 1024,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(5),
        }
    }
}
