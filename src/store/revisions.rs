//! One counter for everything that checkout can see. Each change takes the next number, and the newest number shows a
//! replica whether its compiled rules are current.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::schema::{revision_counter, revisions};
use super::{Conn, StoreError, Tx, first_locked, timestamp};
use crate::string_enum::string_enum;

string_enum! {
    /// What a revision changed.
    RevisionSubject as "RevisionSubject" {
        Rules = "rules",
        Integrations = "integrations",
        Settings = "settings",
    }
}

/// Takes the next number and records the change. Numbers have no gaps and become visible in order: until the end of the
/// transaction every other change waits, so call this late in it. The caller stores what it changed.
pub fn next(
    tx: &mut Tx<'_>,
    at: DateTime<Utc>,
    actor: &str,
    subject: RevisionSubject,
    action: &str,
    summary: &str,
) -> Result<i64, StoreError> {
    let number = insert(tx, at, actor, subject, action, summary)?;
    // A change adds to what is stored, so this revision is complete if the previous one is.
    if is_complete(tx, number - 1)? {
        mark_complete(tx, number)?;
    }
    Ok(number)
}

/// Like [`next`], for a caller that stores everything that checkout sees; all later revisions are then complete.
pub fn next_in_full(
    tx: &mut Tx<'_>,
    at: DateTime<Utc>,
    actor: &str,
    subject: RevisionSubject,
    action: &str,
    summary: &str,
) -> Result<i64, StoreError> {
    let number = insert(tx, at, actor, subject, action, summary)?;
    mark_complete(tx, number)?;
    Ok(number)
}

/// Whether everything that checkout saw at a revision is stored; false if the revision does not exist.
pub fn is_complete(conn: &mut Conn, number: i64) -> Result<bool, StoreError> {
    let complete: Option<bool> = revisions::table
        .find(number)
        .select(revisions::complete)
        .first(conn)
        .optional()?;
    Ok(complete.unwrap_or(false))
}

/// The number of complete revisions after `after`, up to and including `until`.
pub fn count_complete(conn: &mut Conn, after: i64, until: i64) -> Result<i64, StoreError> {
    Ok(revisions::table
        .filter(revisions::number.gt(after))
        .filter(revisions::number.le(until))
        .filter(revisions::complete.eq(true))
        .count()
        .get_result(conn)?)
}

/// The newest revision at this moment; `None` before the first.
pub fn newest_as_of(conn: &mut Conn, at: DateTime<Utc>) -> Result<Option<i64>, StoreError> {
    Ok(revisions::table
        .filter(revisions::changed_at.le(timestamp::to_stored(at)))
        .select(diesel::dsl::max(revisions::number))
        .first(conn)?)
}

fn mark_complete(tx: &mut Tx<'_>, number: i64) -> Result<(), StoreError> {
    diesel::update(revisions::table.find(number))
        .set(revisions::complete.eq(true))
        .execute(tx.conn())?;
    Ok(())
}

fn insert(
    tx: &mut Tx<'_>,
    at: DateTime<Utc>,
    actor: &str,
    subject: RevisionSubject,
    action: &str,
    summary: &str,
) -> Result<i64, StoreError> {
    let number: i64 = diesel::update(revision_counter::table)
        .set(revision_counter::number.eq(revision_counter::number + 1))
        .returning(revision_counter::number)
        .get_result(tx.conn())?;
    diesel::insert_into(revisions::table)
        .values((
            revisions::number.eq(number),
            revisions::changed_at.eq(timestamp::to_stored(at)),
            revisions::actor.eq(actor),
            revisions::subject.eq(subject.as_str()),
            revisions::action.eq(action),
            revisions::summary.eq(summary),
        ))
        .execute(tx.conn())?;
    tx.note_revision(number);
    Ok(number)
}

/// The newest number; 0 before the first change.
pub fn current(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(revision_counter::table
        .select(revision_counter::number)
        .first(conn)?)
}

/// Distinguishes a revision from another with the same number: after a failover to a server that had not received the
/// revision, its number is assigned again.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Mark {
    changed_at: NaiveDateTime,
    actor: String,
    action: String,
    summary: String,
}

/// The mark of a number; `None` if no revision has it.
pub fn mark(conn: &mut Conn, number: i64) -> Result<Option<Mark>, StoreError> {
    Ok(revisions::table
        .find(number)
        .select((
            revisions::changed_at,
            revisions::actor,
            revisions::action,
            revisions::summary,
        ))
        .first(conn)
        .optional()?)
}

/// The newest number of one subject; 0 if it was never changed.
pub fn newest(conn: &mut Conn, subject: RevisionSubject) -> Result<i64, StoreError> {
    let newest: Option<i64> = revisions::table
        .filter(revisions::subject.eq(subject.as_str()))
        .select(diesel::dsl::max(revisions::number))
        .first(conn)?;
    Ok(newest.unwrap_or(0))
}

/// The newest number, locked until the transaction ends.
pub fn current_locked(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let number = revision_counter::table.select(revision_counter::number);
    Ok(first_locked!(tx, number)?)
}
