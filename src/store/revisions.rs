//! One counter for everything checkout can see: each change takes the next number, and the newest number tells a replica
//! whether what it compiled is still current.

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

/// Takes the next number and records who did what. Numbers have no gaps and appear in order: from here to the end of
/// the transaction every other change waits, so this is best called late in it. Whoever calls it keeps what it changed.
pub fn next(
    tx: &mut Tx<'_>,
    at: DateTime<Utc>,
    actor: &str,
    subject: RevisionSubject,
    action: &str,
    summary: &str,
) -> Result<i64, StoreError> {
    let number = insert(tx, at, actor, subject, action, summary)?;
    // It adds to what is kept, so it is as complete as what was there.
    if is_complete(tx, number - 1)? {
        mark_complete(tx, number)?;
    }
    Ok(number)
}

/// As [`next`], for whoever records all that checkout sees: from here on every revision is complete.
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

/// Whether all that checkout saw at a revision is kept; false where there is none.
pub fn is_complete(conn: &mut Conn, number: i64) -> Result<bool, StoreError> {
    let complete: Option<bool> = revisions::table
        .find(number)
        .select(revisions::complete)
        .first(conn)
        .optional()?;
    Ok(complete.unwrap_or(false))
}

/// How many complete revisions there are after one and up to another.
pub fn count_complete(conn: &mut Conn, after: i64, until: i64) -> Result<i64, StoreError> {
    Ok(revisions::table
        .filter(revisions::number.gt(after))
        .filter(revisions::number.le(until))
        .filter(revisions::complete.eq(true))
        .count()
        .get_result(conn)?)
}

/// The newest revision that was made until then; `None` before the first.
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

/// The newest number; 0 when nothing was changed yet.
pub fn current(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(revision_counter::table
        .select(revision_counter::number)
        .first(conn)?)
}

/// What a revision was, to tell it from another with its number: after a failover to a server that had not received it, the
/// number is given out again.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Mark {
    changed_at: NaiveDateTime,
    actor: String,
    action: String,
    summary: String,
}

/// The mark of a number; `None` when no change has it.
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

/// The newest number of one subject; 0 when that was never changed.
pub fn newest(conn: &mut Conn, subject: RevisionSubject) -> Result<i64, StoreError> {
    let newest: Option<i64> = revisions::table
        .filter(revisions::subject.eq(subject.as_str()))
        .select(diesel::dsl::max(revisions::number))
        .first(conn)?;
    Ok(newest.unwrap_or(0))
}

/// The newest number, kept newest until the transaction ends.
pub fn current_locked(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let number = revision_counter::table.select(revision_counter::number);
    Ok(first_locked!(tx, number)?)
}
