//! Begins and ends transactions, and savepoints within them.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::{Conn, StoreError, conn::Manager, on_each};

/// How a transaction begins.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// SQLite takes its write lock at once: a transaction that first reads and then writes could not wait for the lock.
    Write,
    /// All reads see one moment.
    Snapshot,
}

pub(super) fn begin(conn: &mut Conn, mode: Mode) -> Result<(), StoreError> {
    let begin = match (&*conn, mode) {
        (Conn::Sqlite(_), Mode::Write) => "BEGIN IMMEDIATE",
        (Conn::Sqlite(_), Mode::Snapshot) => "BEGIN DEFERRED",
        (Conn::Pg(_), Mode::Write) => "BEGIN",
        (Conn::Pg(_), Mode::Snapshot) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    on_each!(conn, c => AnsiTransactionManager::begin_transaction_sql(c, begin))?;
    Ok(())
}

/// Ends the innermost transaction: commits if `result` is `Ok`, otherwise rolls back.
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
            // The first error is more useful than a failed rollback; a lost connection rolls back by itself.
            if let Err(rollback) = Manager::rollback_transaction(conn) {
                tracing::warn!(error = %rollback, "a transaction could not be rolled back");
            }
            Err(error)
        }
    }
}

/// Opens a savepoint in the current transaction.
pub(super) fn begin_savepoint(conn: &mut Conn) -> Result<(), StoreError> {
    Manager::begin_transaction(conn).map_err(StoreError::from)
}

/// Keeps the changes since the savepoint, to be committed with the surrounding transaction.
pub(super) fn release_savepoint(conn: &mut Conn) -> Result<(), StoreError> {
    Manager::commit_transaction(conn).map_err(StoreError::from)
}

/// Rolls back all transactions above this depth.
pub(super) fn roll_back_to(conn: &mut Conn, target: u32) -> Result<(), StoreError> {
    while conn.depth().ok_or(StoreError::Unavailable)? > target {
        Manager::rollback_transaction(conn)?;
    }
    Ok(())
}
