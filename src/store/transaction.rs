//! Beginning and ending transactions, and savepoints within them.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::{Conn, StoreError, conn::Manager};

/// How a transaction begins.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// SQLite takes its write lock at once: a transaction that reads first and then writes could not wait for it.
    Write,
    /// Everything that is read is of one moment.
    Snapshot,
}

pub(super) fn begin(conn: &mut Conn, mode: Mode) -> Result<(), StoreError> {
    match (conn, mode) {
        (Conn::Sqlite(c), Mode::Write) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")
        }
        (Conn::Sqlite(c), Mode::Snapshot) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN DEFERRED")
        }
        (Conn::Pg(c), Mode::Write) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN"),
        (Conn::Pg(c), Mode::Snapshot) => AnsiTransactionManager::begin_transaction_sql(
            c,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
    }
    .map_err(StoreError::from)
}

/// Ends the innermost transaction: keeps its changes when `result` is good, undoes them otherwise.
pub(super) fn finish<T, E: From<StoreError>>(
    conn: &mut Conn,
    result: Result<T, E>,
) -> Result<T, E> {
    match result {
        Ok(value) => {
            Manager::commit_transaction(conn).map_err(StoreError::from)?;
            Ok(value)
        }
        Err(error) => {
            // What went wrong first says more than that it could not be undone on a lost connection, which undoes it too.
            if let Err(rollback) = Manager::rollback_transaction(conn) {
                tracing::warn!(error = %rollback, "a transaction could not be rolled back");
            }
            Err(error)
        }
    }
}

/// Opens a transaction within the one that runs.
pub(super) fn begin_savepoint(conn: &mut Conn) -> Result<(), StoreError> {
    Manager::begin_transaction(conn).map_err(StoreError::from)
}

/// Keeps what was done since the savepoint, to be committed with the transaction around it.
pub(super) fn release_savepoint(conn: &mut Conn) -> Result<(), StoreError> {
    Manager::commit_transaction(conn).map_err(StoreError::from)
}

/// Undoes everything down to the given depth.
pub(super) fn roll_back_to(conn: &mut Conn, target: u32) -> Result<(), StoreError> {
    while conn.depth().ok_or(StoreError::Unavailable)? > target {
        Manager::rollback_transaction(conn)?;
    }
    Ok(())
}
