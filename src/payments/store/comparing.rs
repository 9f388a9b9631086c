//! Payments that are to be compared with the provider.

use chrono::{DateTime, Utc};
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::oldest_comparable;
use crate::{
    ids::PaymentId,
    store::{Conn, MultiBackend, StoreError, Tx, schema::payments, timestamp},
};

/// Which payments are to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparable {
    /// Those whose comparison was due at this moment, longest overdue first.
    Due(DateTime<Utc>),
    /// Those with something open at the provider, and those that ended without money, in the order of their ids.
    Open(OpenPayments),
}

/// Payments that existed at a moment and are open, or ended without money after another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPayments {
    pub created_by: DateTime<Utc>,
    pub ended_after: DateTime<Utc>,
    /// The id that the next ones come after.
    pub after: String,
}

/// The maximum number of forgotten payments that are made due at a time.
const ENROLLED_AT_ONCE: i64 = 1000;

type PaymentQuery = payments::BoxedQuery<'static, MultiBackend>;

/// The next few of them.
pub fn list_comparable(
    conn: &mut Conn,
    which: &Comparable,
    most: i64,
) -> Result<Vec<PaymentId>, StoreError> {
    let load = |conn: &mut Conn, query: PaymentQuery| -> Result<Vec<PaymentId>, StoreError> {
        Ok(query.select(payments::id).limit(most).load(conn)?)
    };
    Ok(match which {
        Comparable::Due(moment) => {
            let order = (payments::reconcile_at.asc(), payments::id.asc());
            load(conn, due(*moment).order(order))?
        }
        Comparable::Open(which) => {
            // Each in the order of its own index; together they are read for their first few.
            let mut ids = load(conn, which.open().order(payments::id.asc()))?;
            ids.extend(load(conn, which.ended().order(payments::id.asc()))?);
            ids.sort_unstable();
            ids.dedup();
            ids.truncate(usize::try_from(most).unwrap_or(usize::MAX));
            ids
        }
    })
}

/// How many there are.
pub fn count_comparable(conn: &mut Conn, which: &Comparable) -> Result<i64, StoreError> {
    let mut count = |query: PaymentQuery| query.count().get_result::<i64>(conn);
    Ok(match which {
        Comparable::Due(moment) => count(due(*moment))?,
        Comparable::Open(which) => count(which.open())? + count(which.ended())?,
    })
}

fn due(moment: DateTime<Utc>) -> PaymentQuery {
    let due = payments::reconcile_at.le(timestamp::to_stored(moment));
    payments::table.filter(due).into_boxed()
}

impl OpenPayments {
    /// Payments with something open at the provider.
    fn open(&self) -> PaymentQuery {
        self.all().filter(payments::rests_since.is_null())
    }

    /// Payments that ended without money.
    fn ended(&self) -> PaymentQuery {
        self.all()
            // Not a parameter: an index holds only those.
            .filter(payments::captured.eq(sql::<BigInt>("0")))
            .filter(payments::rests_since.is_not_null())
            .filter(payments::rests_since.gt(timestamp::to_stored(self.ended_after)))
    }

    fn all(&self) -> PaymentQuery {
        payments::table
            .filter(payments::provider_account.is_not_null())
            .into_boxed()
            .filter(payments::created_at.le(timestamp::to_stored(self.created_by)))
            .filter(payments::id.gt(self.after.clone()))
    }
}

/// Whether any is due, or is open and was forgotten.
pub fn has_comparable(conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
    Ok(oldest_comparable(conn, now)?.is_some() || !list_forgotten(conn, 1)?.is_empty())
}

/// Payments with something open at the provider that have no next comparison.
fn list_forgotten(conn: &mut Conn, most: i64) -> Result<Vec<PaymentId>, StoreError> {
    Ok(payments::table
        .filter(payments::rests_since.is_null())
        .filter(payments::provider_account.is_not_null())
        .filter(payments::reconcile_at.is_null())
        .order(payments::id.asc())
        .select(payments::id)
        .limit(most)
        .load(conn)?)
}

/// Makes payments due that have something open at the provider but no next comparison, because something happened to
/// them after they had ended. At most `ENROLLED_AT_ONCE` at a time.
pub fn enrol_forgotten(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let forgotten = list_forgotten(tx.conn(), ENROLLED_AT_ONCE)?;
    if forgotten.is_empty() {
        return Ok(0);
    }
    let enrolled = diesel::update(payments::table.filter(payments::id.eq_any(&forgotten)))
        .set(payments::reconcile_at.eq(timestamp::to_stored(now)))
        .execute(tx.conn())?;
    Ok(enrolled)
}

/// Sets when a payment is compared next; `None` for never.
pub fn compare_at(
    tx: &mut Tx<'_>,
    id: PaymentId,
    next: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    diesel::update(payments::table.find(id))
        .set(payments::reconcile_at.eq(next.map(timestamp::to_stored)))
        .execute(tx.conn())?;
    Ok(())
}
