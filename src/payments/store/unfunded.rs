//! Partly paid payments without `unfunded_since`, from before the service stored it for them.

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::PaymentRow;
use crate::{
    payments::{ledger::Ledger, payment::Payment, projection::Projection},
    store::{Conn, StoreError, Tx, each::each, schema::payments, timestamp},
};

/// The next few payments after an id of which something was captured, but not all that was invoiced.
pub fn list_partly_paid(
    conn: &mut Conn,
    after: &str,
    most: i64,
) -> Result<Vec<Ledger>, StoreError> {
    let rows = payments::table
        .filter(payments::id.gt(after))
        .filter(payments::unfunded_since.is_null())
        // Not a parameter: an index holds only those.
        .filter(payments::captured.gt(sql::<BigInt>("0")))
        .filter(payments::invoiced.gt(payments::captured))
        .order(payments::id.asc())
        .limit(most)
        .select(PaymentRow::as_select());
    let rows = each(rows.load_iter(conn))?;
    let ledgers = super::listing::with_transactions(conn, rows)?;
    ledgers.into_iter().collect()
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
