//! The rows of invoices and offline sales, which are written with the ledger that they follow from.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::listing::{self, LedgerBatch};
use crate::{
    ids::PaymentId,
    payments::{ledger::Ledger, receivable::Receivable, transaction::Transaction},
    store::{
        Conn, Prepared, StoreError, Tx,
        columns::MomentOrNever,
        keyset::RowCondition,
        on_each,
        schema::{invoices, payments, transactions},
        timestamp,
    },
};

/// Writes the rows of a payment.
pub fn write(tx: &mut Tx<'_>, rows: &[Receivable]) -> Result<(), StoreError> {
    for row in rows {
        let upsert = diesel::insert_into(invoices::table)
            .values(row)
            .on_conflict(invoices::id)
            .do_update()
            .set(row)
            .returning(invoices::amount);
        on_each!(tx.conn(), conn => Prepared(upsert).count(conn))?;
    }
    Ok(())
}

/// The next few payments after an id whose rows are not of their version.
pub fn list_unlisted(conn: &mut Conn, after: &str, most: i64) -> Result<LedgerBatch, StoreError> {
    let unlisted = || -> RowCondition<payments::table> {
        Box::new(payments::listed_version.ne(payments::version))
    };
    listing::batch(conn, unlisted, after, most)
}

/// Writes the rows of a payment again, unless the payment has changed meanwhile: then that change has written them.
/// Buckets of days past due that were entered before `now` give no event.
pub fn list_again(tx: &mut Tx<'_>, ledger: &Ledger, now: DateTime<Utc>) -> Result<(), StoreError> {
    let payment = &ledger.payment;
    let unchanged = payments::table
        .find(payment.id)
        .filter(payments::version.eq(payment.version));
    let listed = diesel::update(unchanged)
        .set(payments::listed_version.eq(payments::version))
        .execute(tx.conn())?;
    if listed == 0 {
        return Ok(());
    }
    for transaction in ledger.transactions() {
        book(tx, transaction)?;
    }
    write(tx, &Receivable::all(ledger))?;
    diesel::update(invoices::table.filter(invoices::payment_id.eq(payment.id)))
        .set(invoices::watched_since.eq(timestamp::to_stored(now)))
        .execute(tx.conn())?;
    Ok(())
}

/// Fills in when a transaction was booked, which older versions did not store.
fn book(tx: &mut Tx<'_>, transaction: &Transaction) -> Result<(), StoreError> {
    if transaction.booked_at.is_none() {
        return Ok(());
    }
    let unbooked = transactions::table
        .find(transaction.id)
        .filter(transactions::booked_at.eq(timestamp::never()));
    diesel::update(unbooked)
        .set(transactions::booked_at.eq(MomentOrNever::from(transaction.booked_at)))
        .execute(tx.conn())?;
    Ok(())
}

/// The rows of payments.
pub fn of_payments(conn: &mut Conn, ids: &[PaymentId]) -> Result<Vec<Receivable>, StoreError> {
    Ok(invoices::table
        .filter(invoices::payment_id.eq_any(ids))
        .order(invoices::id.asc())
        .select(Receivable::as_select())
        .load(conn)?)
}
