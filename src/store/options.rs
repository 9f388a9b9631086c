//! How to reach the database and how hard to lean on it.

use std::time::Duration;

use super::DatabaseUrl;

/// What [`Store::open`](super::Store::open) and [`Migrator::open`](super::Migrator::open) need to know.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    pub url: DatabaseUrl,
    /// Whether a [`Migrator`](super::Migrator) makes a SQLite file where there is none.
    pub create: bool,
    /// Threads with a connection each for requests; on SQLite they read. Lists have half as many of their own, and so has
    /// background work; there are at least two of each. One more is for what the service needs to know of itself. A thread connects when it is needed.
    pub readers: usize,
    /// Tasks that may wait for the threads of one kind; more are refused as busy.
    pub read_queue: usize,
    /// Writes that may wait for SQLite's writer; more are refused as busy.
    pub write_queue: usize,
    /// How long connecting to PostgreSQL may take, in whole seconds.
    pub connect_timeout: Duration,
    /// How long a PostgreSQL statement may run, and how long a transaction may idle; in the background six times as long.
    pub statement_timeout: Duration,
    /// How long to wait for a lock another holds; a list waits half as long.
    pub lock_timeout: Duration,
}

impl StoreOptions {
    /// Sensible values for everything but the place.
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
