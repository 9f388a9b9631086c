//! Payments whose money became overdue, each noted once for the moment since when it is waited for.

use diesel::prelude::*;

use super::{
    PaymentRow,
    filter::{Deadline, is_over, waits_since},
};
use crate::{
    payments::{ledger::Ledger, payment::Payment},
    store::{Conn, StoreError, Tx, each::each, keyset::RowCondition, schema::payments},
};

/// Some of an integration's payments that are overdue and not noted as that, and whether these are all.
pub fn list_newly_overdue(
    conn: &mut Conn,
    deadline: &Deadline,
    most: usize,
) -> Result<(Vec<Ledger>, bool), StoreError> {
    // In no order: an index has the few of them.
    let new = payments::table.filter(is_new(deadline)).limit(most as i64);
    let rows = each(new.select(PaymentRow::as_select()).load_iter(conn))?;
    let is_all = rows.len() < most;
    let ledgers = super::listing::with_transactions(conn, rows)?;
    // The others get their events without one that cannot be read.
    let skip = |error: &StoreError| tracing::warn!(%error, "an overdue payment cannot be read");
    let readable = ledgers
        .into_iter()
        .filter_map(|it| it.inspect_err(skip).ok());
    Ok((readable.collect(), is_all))
}

/// Notes that a payment is overdue. False when it has moved on, or when another replica has noted it.
pub fn note_overdue(
    tx: &mut Tx<'_>,
    payment: &Payment,
    deadline: &Deadline,
) -> Result<bool, StoreError> {
    let unchanged = payments::table
        .filter(payments::id.eq(payment.id))
        .filter(payments::version.eq(payment.version))
        .filter(is_new(deadline));
    let noted = diesel::update(unchanged)
        .set(payments::overdue_noted_for.eq(waits_since(deadline)))
        .execute(tx.conn())?;
    Ok(noted > 0)
}

/// Whether a payment is overdue and not noted as that.
fn is_new(deadline: &Deadline) -> RowCondition<payments::table> {
    let since = waits_since(deadline).assume_not_null();
    let unnoted = payments::overdue_noted_for.is_null();
    let noted = payments::overdue_noted_for.assume_not_null();
    Box::new(is_over(deadline).and(unnoted.or(noted.ne(since))))
}
