//! Figures for operators: payments by status, and the age of what waits. Each is one statement over an index.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{dsl::count_star, prelude::*};

use crate::{
    payments::transaction::State,
    store::{
        Conn, MultiBackend, StoreError,
        schema::{payments, transactions},
        timestamp,
    },
};

/// How many payments there are of each status.
pub fn count_by_status(conn: &mut Conn) -> Result<HashMap<String, i64>, StoreError> {
    let rows: Vec<(String, i64)> = payments::table
        .group_by(payments::status)
        .select((payments::status, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The number of transactions that began by `moment` and have an unknown outcome.
pub fn count_unsettled_since(conn: &mut Conn, moment: DateTime<Utc>) -> Result<i64, StoreError> {
    Ok(unsettled()
        .filter(transactions::created_at.le(timestamp::to_stored(moment)))
        .count()
        .get_result(conn)?)
}

/// When the oldest transaction with an unknown outcome began.
pub fn oldest_unsettled(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, StoreError> {
    let oldest: Option<NaiveDateTime> = unsettled()
        .select(diesel::dsl::min(transactions::created_at))
        .get_result(conn)?;
    Ok(oldest.map(timestamp::from_stored))
}

fn unsettled() -> transactions::BoxedQuery<'static, MultiBackend> {
    let payments = payments::table
        .filter(payments::unsettled)
        .select(payments::id);
    transactions::table
        .filter(transactions::payment_id.eq_any(payments))
        .filter(
            transactions::state
                .eq(State::Unknown)
                .or(transactions::call_until.is_not_null()),
        )
        .into_boxed()
}

/// The time at which the longest overdue sync was due.
pub fn oldest_due(
    conn: &mut Conn,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    // In the order of an index: a plan for any moment would read the table for the first one that is due.
    let oldest: Option<Option<NaiveDateTime>> = payments::table
        .filter(payments::next_look_at.le(timestamp::to_stored(now)))
        .order(payments::next_look_at.asc())
        .select(payments::next_look_at)
        .first(conn)
        .optional()?;
    Ok(oldest.flatten().map(timestamp::from_stored))
}

/// The time at which the longest overdue comparison was due.
pub fn oldest_comparable(
    conn: &mut Conn,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let oldest: Option<Option<NaiveDateTime>> = payments::table
        .filter(payments::reconcile_at.le(timestamp::to_stored(now)))
        .order(payments::reconcile_at.asc())
        .select(payments::reconcile_at)
        .first(conn)
        .optional()?;
    Ok(oldest.flatten().map(timestamp::from_stored))
}
