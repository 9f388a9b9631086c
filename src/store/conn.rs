//! One connection to either database: opening it, setting it up, and detecting that it is lost.
//!
//! Queries are written once against [`Conn`]. Queries that its derive cannot express (upserts, inserts of many rows)
//! use [`on_each!`], which compiles one body against each database; row locks use [`first_locked!`] or
//! [`load_unlocked!`].

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use diesel::connection::{SimpleConnection, TransactionManager, TransactionManagerStatus};
use diesel::r2d2::R2D2Connection;
use diesel::{Connection, PgConnection, SqliteConnection};
use secrecy::ExposeSecret;

use super::file::{self, OpenedFile};
use super::outage::{Outage, Outages};
use super::private;
use super::share::ConnectionClass;
use super::url::{self, DatabaseUrl};
use super::watch::{Statements, Watch};
use super::{StoreError, StoreOptions};
use crate::error_chain;

/// A connection to the database of the service, of either kind.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Pg(PgConnection),
    Sqlite(SqliteConnection),
}

/// Compiles one query body against each kind of connection, for queries that [`Conn`] alone cannot express. Takes a
/// `&mut Conn` or a `&mut Tx`.
#[macro_export]
macro_rules! on_each {
    ($conn:expr, $c:ident => $body:expr) => {
        match AsMut::<$crate::store::Conn>::as_mut($conn) {
            $crate::store::Conn::Pg($c) => $body,
            $crate::store::Conn::Sqlite($c) => $body,
        }
    };
}

/// Loads the first row of a query and locks it against other writers until the transaction ends. SQLite has a single
/// writer, so its transaction is the lock.
#[macro_export]
macro_rules! first_locked {
    ($tx:expr, $query:expr) => {
        match AsMut::<$crate::store::Conn>::as_mut($tx) {
            $crate::store::Conn::Pg(c) => {
                diesel::RunQueryDsl::first(diesel::QueryDsl::for_update($query), c)
            }
            $crate::store::Conn::Sqlite(c) => diesel::RunQueryDsl::first($query, c),
        }
    };
}

/// Loads and locks the rows of a query that no other transaction has locked; rows that another replica claims at this
/// moment are skipped. On SQLite it loads all rows, because its only writer holds the lock.
#[macro_export]
macro_rules! load_unlocked {
    ($tx:expr, $query:expr) => {
        match AsMut::<$crate::store::Conn>::as_mut($tx) {
            $crate::store::Conn::Pg(c) => diesel::RunQueryDsl::load(
                diesel::QueryDsl::skip_locked(diesel::QueryDsl::for_update($query)),
                c,
            ),
            $crate::store::Conn::Sqlite(c) => diesel::RunQueryDsl::load($query, c),
        }
    };
}

impl AsMut<Conn> for Conn {
    fn as_mut(&mut self) -> &mut Conn {
        self
    }
}

/// The purpose of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Reading and, on PostgreSQL, writing.
    Any,
    /// Reading only: SQLite then refuses to write, so that every write goes through its single writer.
    Reading,
    /// Changing the schema: it may take long, and it rebuilds tables that others refer to.
    Migrating,
}

/// The state that all connections of a store share.
pub(super) struct Shared {
    pub(super) options: StoreOptions,
    pub(super) outages: Arc<Outages>,
    pub(super) statements: Arc<Statements>,
    file: OpenedFile,
}

impl Shared {
    pub(super) fn new(options: StoreOptions) -> Self {
        Shared {
            options,
            outages: Arc::default(),
            statements: Arc::default(),
            file: OpenedFile::default(),
        }
    }

    /// Whether the database is still the one that was opened first; always true on PostgreSQL.
    pub(super) fn is_same_database(&self) -> bool {
        let same = match &self.options.url {
            DatabaseUrl::Sqlite(path) => self.file.is_at(path),
            DatabaseUrl::PostgreSql(_) => true,
        };
        if !same {
            self.outages.note(Outage::Replaced);
        }
        same
    }

    /// Opens a connection and sets it up. The connection sets `unfit` when it must not be used again.
    pub(super) fn open(
        &self,
        purpose: Purpose,
        class: ConnectionClass,
        unfit: Arc<AtomicBool>,
    ) -> Result<Conn, StoreError> {
        let options = &self.options;
        let opened = match &options.url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path, options, purpose).map(Conn::Sqlite),
            DatabaseUrl::PostgreSql(address) => {
                let address = url::with_defaults(address, whole_seconds(options.connect_timeout));
                open_postgresql(&address, options, purpose, class).map(Conn::Pg)
            }
        };
        let mut conn = opened.map_err(|error| {
            let error = error_chain::chain(&*error);
            tracing::warn!(error, "the database cannot be opened");
            self.outages.note(Outage::Away);
            StoreError::Unavailable
        })?;
        conn.set_instrumentation(Watch {
            outages: Arc::clone(&self.outages),
            statements: Arc::clone(&self.statements),
            writes: purpose != Purpose::Reading,
            unfit,
        });
        Ok(conn)
    }
}

type OpenResult<C> = Result<C, Box<dyn std::error::Error + Send + Sync>>;

fn open_sqlite(
    path: &std::path::Path,
    options: &StoreOptions,
    purpose: Purpose,
) -> OpenResult<SqliteConnection> {
    let create = purpose == Purpose::Migrating && options.create;
    if purpose == Purpose::Migrating && (create || path.exists()) {
        private::prepare(path)?;
    }
    let path = path
        .to_str()
        .ok_or("the path of the database is not UTF-8")?;
    let mut conn = SqliteConnection::establish(&file::name(path, create))?;
    // The time-out is set first, because the switch to WAL may have to wait for another process.
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = {};
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = {};
         PRAGMA query_only = {};",
        options.lock_timeout.as_millis(),
        // Dropping a table that others refer to would delete their rows.
        if purpose == Purpose::Migrating {
            "OFF"
        } else {
            "ON"
        },
        if purpose == Purpose::Reading {
            "ON"
        } else {
            "OFF"
        },
    ))?;
    Ok(conn)
}

fn open_postgresql(
    address: &secrecy::SecretString,
    options: &StoreOptions,
    purpose: Purpose,
    class: ConnectionClass,
) -> OpenResult<PgConnection> {
    let mut conn = PgConnection::establish(address.expose_secret())?;
    // A migration has no time limit, and it waits for a replica that is migrating now.
    let (statement_timeout, lock_timeout) = match purpose {
        Purpose::Migrating => (Duration::ZERO, Duration::ZERO),
        Purpose::Any | Purpose::Reading => (
            class.statement_timeout(options),
            class.lock_timeout(options),
        ),
    };
    conn.batch_execute(&format!(
        "SET TIME ZONE 'UTC';
         SET statement_timeout = {};
         SET lock_timeout = {};
         SET idle_in_transaction_session_timeout = {};",
        statement_timeout.as_millis(),
        lock_timeout.as_millis(),
        statement_timeout.as_millis(),
    ))?;
    if class == ConnectionClass::Lists {
        // The best plan of a list depends on how many rows match its filters; a cached generic plan may read the whole
        // table.
        conn.batch_execute("SET plan_cache_mode = force_custom_plan")?;
    }
    Ok(conn)
}

/// libpq counts in whole seconds and takes 0 as no limit.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().max(1)
}

/// Begins and ends the transactions of a connection.
pub(super) type Manager = <Conn as Connection>::TransactionManager;

impl Conn {
    /// The number of nested open transactions; `None` when the connection is broken.
    pub(super) fn depth(&mut self) -> Option<u32> {
        match Manager::transaction_manager_status_mut(self) {
            TransactionManagerStatus::Valid(valid) => {
                Some(valid.transaction_depth().map_or(0, |depth| depth.get()))
            }
            TransactionManagerStatus::InError => None,
        }
    }

    /// Whether this connection must not be used again: its server is gone, or a transaction was left open.
    pub(super) fn is_spent(&mut self) -> bool {
        self.is_broken() || self.depth() != Some(0)
    }

    /// Whether the server has closed this connection while it was idle. Reads the data that has arrived and sends
    /// nothing.
    pub(super) fn was_closed(&mut self) -> bool {
        match self {
            // The first look may return the server's last message and the second the end of the stream.
            Self::Pg(conn) => (0..2).any(|_| conn.notifications_iter().any(|it| it.is_err())),
            Self::Sqlite(_) => false,
        }
    }
}
