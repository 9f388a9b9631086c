//! Gives committed events their places in the feed; PostgreSQL only.
//!
//! Whoever holds the row of `event_sequence` numbers what is committed by then and commits the places with the counter, so
//! that places appear in order and without gaps. Rows are numbered in the order in which they were written: a payment's next
//! version can only be written when the one before is committed. Leases are measured by the database's clock, which all
//! replicas share.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text},
};

use crate::store::{
    Conn, StoreError, Tx,
    schema::{event_sequence, events},
};

/// So many events get their places in one transaction.
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

/// What a turn at numbering did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequencerTurn {
    pub numbered: usize,
    /// Another replica had the lease and let it run out.
    pub took_over: bool,
    /// There may be more than this turn took.
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

/// Takes or renews the lease for some seconds and numbers what is committed. `None` while another replica holds it.
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
