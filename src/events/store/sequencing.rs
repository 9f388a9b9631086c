//! Assigns places in the feed to committed events; PostgreSQL only.
//!
//! The replica that locks the row of `event_sequence` numbers the events that are committed by then, and commits the
//! places together with the counter, so places appear in order and without gaps. Rows are numbered in the order in
//! which they were written; this keeps the order of a payment's versions, because a version can only be written after
//! its predecessor is committed. Leases use the clock of the database, which all replicas share.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text},
};

use crate::store::{
    Conn, StoreError, Tx,
    schema::{event_sequence, events},
};

/// The number of events that get their places in one transaction.
const BATCH: i64 = 1000;

/// Which replica assigns sequence numbers, as one replica sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequencerLease {
    pub is_mine: bool,
    /// The lease is free or expired.
    pub is_free: bool,
    /// Whether events wait for places.
    pub has_work: bool,
}

/// The result of one turn of numbering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequencerTurn {
    pub numbered: usize,
    /// Whether the lease was taken over from another replica that let it expire.
    pub took_over: bool,
    /// Whether there may be more events to number.
    pub has_more: bool,
}

#[derive(QueryableByName)]
struct LeaseRow {
    #[diesel(sql_type = Nullable<Text>)]
    holder: Option<String>,
    #[diesel(sql_type = Bool)]
    is_free: bool,
    #[diesel(sql_type = BigInt)]
    last: i64,
}

const HELD: &str = "SELECT holder, last, \
    holder IS NULL OR leased_until IS NULL OR leased_until < clock_timestamp() AT TIME ZONE 'utc' AS is_free \
    FROM event_sequence";

/// Reads the lease and whether there is work, without locking anything.
pub fn read_lease(conn: &mut Conn, me: &str) -> Result<SequencerLease, StoreError> {
    let held: LeaseRow = diesel::sql_query(HELD).get_result(conn)?;
    let waiting = events::table.filter(events::sequence.is_null());
    Ok(SequencerLease {
        is_mine: held.holder.as_deref() == Some(me),
        is_free: held.is_free,
        has_work: diesel::select(diesel::dsl::exists(waiting)).get_result(conn)?,
    })
}

/// Takes or renews the lease for `seconds`, and numbers committed events. `None` while another replica holds the lease.
pub fn number(
    tx: &mut Tx<'_>,
    me: &str,
    seconds: i32,
) -> Result<Option<SequencerTurn>, StoreError> {
    let held: LeaseRow = diesel::sql_query(format!("{HELD} FOR UPDATE")).get_result(tx.conn())?;
    let is_mine = held.holder.as_deref() == Some(me);
    if !is_mine && !held.is_free {
        return Ok(None);
    }
    let numbered = diesel::sql_query(
        "UPDATE events SET sequence = $1 + waiting.place FROM (\
            SELECT id, row_number() OVER (ORDER BY ordinal) AS place FROM (\
                SELECT id, ordinal FROM events WHERE sequence IS NULL ORDER BY ordinal LIMIT $2\
            ) AS first\
        ) AS waiting WHERE events.id = waiting.id",
    )
    .bind::<BigInt, _>(held.last)
    .bind::<BigInt, _>(BATCH)
    .execute(tx.conn())?;
    let count = i64::try_from(numbered).unwrap_or(BATCH);
    diesel::update(event_sequence::table)
        .set((
            event_sequence::last.eq(held.last + count),
            event_sequence::holder.eq(me),
        ))
        .execute(tx.conn())?;
    diesel::sql_query(
        "UPDATE event_sequence SET leased_until = clock_timestamp() AT TIME ZONE 'utc' + make_interval(secs => $1)",
    )
    .bind::<diesel::sql_types::Double, _>(f64::from(seconds))
    .execute(tx.conn())?;
    Ok(Some(SequencerTurn {
        numbered,
        took_over: !is_mine && held.holder.is_some(),
        has_more: count >= BATCH,
    }))
}
