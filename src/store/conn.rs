//! One connection, to either database, and what it takes to open and to use it safely.
//!
//! Queries are written once against [`Conn`]. What its derive cannot express (upserts, inserts of many rows) is spelled
//! with [`on_each!`], which compiles one body against each database; a row lock is [`first_locked!`].

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::R2D2Connection;
use diesel::{Connection, PgConnection, SqliteConnection};
use secrecy::ExposeSecret;

use super::private;
use super::transaction;
use super::url::{self, DatabaseUrl};
use super::{StoreError, StoreOptions};
use crate::causes;

/// A connection to whichever database the service runs on.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Pg(PgConnection),
    Sqlite(SqliteConnection),
}

/// Compiles one query body against each kind of connection, for what [`Conn`] alone cannot express. Takes a
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

/// The first row of a query, locked against other writers until the transaction ends. SQLite has a single writer, so
/// there the transaction is the lock.
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

impl AsMut<Conn> for Conn {
    fn as_mut(&mut self) -> &mut Conn {
        self
    }
}

/// What a connection is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Reading and, on PostgreSQL, writing.
    Any,
    /// Reading only: SQLite then refuses to write, so that nothing slips past its one writer.
    Reading,
    /// Changing the schema: may take long, and rebuilds tables others refer to.
    Migrating,
}

/// Opens a connection and sets it up.
pub(super) fn open(options: &StoreOptions, purpose: Purpose) -> Result<Conn, StoreError> {
    let opened = match &options.url {
        DatabaseUrl::Sqlite(path) => open_sqlite(path, options, purpose).map(Conn::Sqlite),
        DatabaseUrl::PostgreSql(address) => {
            let address = url::with_defaults(address, whole_seconds(options.connect_timeout));
            open_postgresql(&address, options, purpose).map(Conn::Pg)
        }
    };
    opened.map_err(|error| {
        let error = causes::chain(&*error);
        tracing::warn!(error, "the database cannot be opened");
        StoreError::Unavailable
    })
}

type OpenResult<C> = Result<C, Box<dyn std::error::Error + Send + Sync>>;

fn open_sqlite(
    path: &std::path::Path,
    options: &StoreOptions,
    purpose: Purpose,
) -> OpenResult<SqliteConnection> {
    private::prepare(path)?;
    let path = path
        .to_str()
        .ok_or("the path of the database is not UTF-8")?;
    let mut conn = SqliteConnection::establish(path)?;
    // The time-out comes first: already the switch to WAL may have to wait for another process.
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
) -> OpenResult<PgConnection> {
    let mut conn = PgConnection::establish(address.expose_secret())?;
    let statement_timeout = match purpose {
        Purpose::Migrating => Duration::ZERO,
        Purpose::Any | Purpose::Reading => options.statement_timeout,
    };
    conn.batch_execute(&format!(
        "SET TIME ZONE 'UTC';
         SET statement_timeout = {};
         SET lock_timeout = {};
         SET idle_in_transaction_session_timeout = {};",
        statement_timeout.as_millis(),
        // A migration waits for the replica that runs it now, however long that takes.
        if purpose == Purpose::Migrating {
            0
        } else {
            options.lock_timeout.as_millis()
        },
        statement_timeout.as_millis(),
    ))?;
    Ok(conn)
}

/// libpq counts in seconds, and takes 0 for ever.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().max(1)
}

impl Conn {
    /// Whether this connection must not be used again: its server is gone, or a transaction was left open.
    pub(super) fn is_spent(&mut self) -> bool {
        self.is_broken() || transaction::depth(self) != Some(0)
    }
}
