//! The rows of events.

mod page;
mod sequencing;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::EventDraft;
use crate::store::{
    Conn, Prepared, StoreError, Tx,
    schema::{event_sequence, events},
    timestamp,
};

pub use page::{EventRow, FeedPage, FeedQuery, FeedRead, find_each, place_before, read_page};
pub use sequencing::{SequencerLease, SequencerTurn, number, read_lease};

/// Appends events to the feed, in this order. On PostgreSQL they get their places after the commit; on SQLite, with its
/// single writer, a trigger sets them at once. Uses one statement for all events, because the write of a payment waits
/// for it.
pub fn append(tx: &mut Tx<'_>, drafts: &[EventDraft]) -> Result<(), StoreError> {
    if drafts.is_empty() {
        return Ok(());
    }
    match tx.conn() {
        Conn::Pg(conn) => {
            let rows: Vec<_> = drafts.iter().collect();
            let insert = diesel::insert_into(events::table)
                .values(rows)
                .returning(events::ordinal);
            Prepared(insert).count(conn)?;
        }
        Conn::Sqlite(conn) => {
            // A placeholder, which the trigger replaces.
            let row = |draft| (draft, events::ordinal.eq(0));
            // A statement for one row is prepared only once per connection.
            match drafts {
                [draft] => diesel::insert_into(events::table)
                    .values(row(draft))
                    .execute(conn)?,
                drafts => {
                    let rows: Vec<_> = drafts.iter().map(row).collect();
                    diesel::insert_into(events::table)
                        .values(rows)
                        .execute(conn)?
                }
            };
        }
    }
    Ok(())
}

/// The last place in the feed that was assigned; 0 if there is none.
pub fn last_sequence(conn: &mut Conn) -> Result<i64, StoreError> {
    let last = event_sequence::table.select(event_sequence::last);
    Ok(last.first(conn)?)
}

/// The time of the first event that has no place yet.
pub fn oldest_unnumbered(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, StoreError> {
    let oldest: Option<NaiveDateTime> = events::table
        .filter(events::sequence.is_null())
        .order(events::ordinal.asc())
        .select(events::occurred_at)
        .first(conn)
        .optional()?;
    Ok(oldest.map(timestamp::from_stored))
}

/// The places and times of the first events of the feed.
pub(super) fn list_first(
    conn: &mut Conn,
    most: i64,
) -> Result<Vec<(i64, DateTime<Utc>)>, StoreError> {
    let rows: Vec<(i64, NaiveDateTime)> = events::table
        .filter(events::sequence.is_not_null())
        .order(events::sequence.asc())
        .limit(most)
        .select((events::sequence.assume_not_null(), events::occurred_at))
        .load(conn)?;
    let read = |(sequence, at)| (sequence, timestamp::from_stored(at));
    Ok(rows.into_iter().map(read).collect())
}

/// Deletes the events up to and including a place, and returns their number.
pub(super) fn delete_through(tx: &mut Tx<'_>, last: i64) -> Result<usize, StoreError> {
    let old = events::table.filter(events::sequence.le(last));
    Ok(diesel::delete(old).execute(tx.conn())?)
}
