//! How to reach the database and how hard to lean on it.

use std::time::Duration;

use super::DatabaseUrl;

/// What [`Store::open`](super::Store::open) and [`Migrator::open`](super::Migrator::open) need to know.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    pub url: DatabaseUrl,
    /// Threads with a connection each: on SQLite those that read, on PostgreSQL all there are.
    pub readers: usize,
    /// Tasks that may wait for such a thread; more are refused as busy.
    pub read_queue: usize,
    /// Writes that may wait for SQLite's writer; more are refused as busy.
    pub write_queue: usize,
    /// How long connecting to PostgreSQL may take, in whole seconds.
    pub connect_timeout: Duration,
    /// How long a PostgreSQL statement may run, and how long a transaction may idle.
    pub statement_timeout: Duration,
    /// How long to wait for a lock another holds.
    pub lock_timeout: Duration,
}

impl StoreOptions {
    /// Sensible values for everything but the place.
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            readers: 4,
            read_queue: 1024,
            write_queue: 1024,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(5),
        }
    }
}
