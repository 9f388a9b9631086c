//! Partly paid payments without `unfunded_since`, from before the service stored it for them.

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::listing::{self, LedgerBatch};
use crate::{
    payments::{payment::Payment, projection::Projection},
    store::{Conn, StoreError, Tx, keyset::RowCondition, schema::payments, timestamp},
};

/// The next few payments after an id of which something was captured, but not all that was invoiced.
pub fn list_partly_paid(
    conn: &mut Conn,
    after: &str,
    most: i64,
) -> Result<LedgerBatch, StoreError> {
    let partly_paid = || -> RowCondition<payments::table> {
        // Not a parameter: an index holds only those.
        let paid = payments::captured.gt(sql::<BigInt>("0"));
        let unpaid = payments::invoiced.gt(payments::captured);
        let unknown = payments::unfunded_since.is_null();
        Box::new(unknown.and(paid).and(unpaid))
    };
    listing::batch(conn, partly_paid, after, most)
}

/// Stores since when a payment waits, unless it has changed meanwhile: then that change has stored it.
pub fn note_unfunded(
    tx: &mut Tx<'_>,
    payment: &Payment,
    projection: &Projection,
) -> Result<(), StoreError> {
    let unchanged = payments::table
        .find(payment.id)
        .filter(payments::version.eq(payment.version));
    let at = |time: Option<chrono::DateTime<chrono::Utc>>| time.map(timestamp::to_stored);
    diesel::update(unchanged)
        .set((
            payments::unfunded_since.eq(at(projection.unfunded_since)),
            payments::unfunded_shipped_since.eq(at(projection.unfunded_shipped_since)),
            payments::rests_since.eq(at(projection.rests_since)),
        ))
        .execute(tx.conn())?;
    Ok(())
}
