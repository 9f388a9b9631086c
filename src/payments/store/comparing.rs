//! Payments that are to be compared with Apruve.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{
    ids::PaymentId,
    store::{Conn, MultiBackend, StoreError, Tx, schema::payments, timestamp},
};

/// Which payments are to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparable {
    /// Those whose comparison was due at this moment, longest overdue first.
    Due(DateTime<Utc>),
    /// Those with something open at Apruve, and those that ended without money after a moment, in the order of their ids,
    /// after one.
    Open {
        created_by: DateTime<Utc>,
        ended_after: DateTime<Utc>,
        after: String,
    },
}

/// The next few of them.
pub fn list_comparable(
    conn: &mut Conn,
    which: &Comparable,
    most: i64,
) -> Result<Vec<PaymentId>, StoreError> {
    let query = narrowed(which).select(payments::id).limit(most);
    let ids: Vec<String> = match which {
        Comparable::Due(_) => query.order((payments::reconcile_at.asc(), payments::id.asc())),
        Comparable::Open { .. } => query.order(payments::id.asc()),
    }
    .load(conn)?;
    ids.iter().map(|id| super::parse_id(id)).collect()
}

/// How many there are.
pub fn count_comparable(conn: &mut Conn, which: &Comparable) -> Result<i64, StoreError> {
    Ok(narrowed(which).count().get_result(conn)?)
}

fn narrowed(which: &Comparable) -> payments::BoxedQuery<'static, MultiBackend> {
    let query = payments::table.into_boxed();
    match which {
        Comparable::Due(moment) => {
            query.filter(payments::reconcile_at.le(timestamp::to_stored(*moment)))
        }
        Comparable::Open {
            created_by,
            ended_after,
            after,
        } => query
            .filter(
                payments::rests_since
                    .is_null()
                    .or(payments::captured.eq(0).and(
                        payments::rests_since
                            .assume_not_null()
                            .gt(timestamp::to_stored(*ended_after)),
                    )),
            )
            .filter(payments::provider_account.is_not_null())
            .filter(payments::created_at.le(timestamp::to_stored(*created_by)))
            .filter(payments::id.gt(after.clone())),
    }
}

/// Whether any is due, or is open and was forgotten.
pub fn has_comparable(conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let due = payments::table.filter(payments::reconcile_at.le(timestamp::to_stored(now)));
    let is_due: bool = diesel::select(diesel::dsl::exists(due)).get_result(conn)?;
    if is_due {
        return Ok(true);
    }
    let forgotten = payments::table
        .filter(payments::rests_since.is_null())
        .filter(payments::provider_account.is_not_null())
        .filter(payments::reconcile_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(forgotten)).get_result(conn)?)
}

/// Makes those due that are open at Apruve and were to be left alone: something came to them after they had ended.
pub fn enrol_forgotten(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let forgotten = payments::table
        .filter(payments::rests_since.is_null())
        .filter(payments::provider_account.is_not_null())
        .filter(payments::reconcile_at.is_null());
    Ok(diesel::update(forgotten)
        .set(payments::reconcile_at.eq(timestamp::to_stored(now)))
        .execute(tx.conn())?)
}

/// Says when a payment is to be compared next, or that it need not be.
pub fn compare_at(
    tx: &mut Tx<'_>,
    id: PaymentId,
    next: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    diesel::update(payments::table.find(id.to_string()))
        .set(payments::reconcile_at.eq(next.map(timestamp::to_stored)))
        .execute(tx.conn())?;
    Ok(())
}
