//! Payments whose money became overdue, each noted once for the moment since when it is waited for.

use diesel::prelude::*;

use super::PaymentRow;
use crate::{
    payments::{deadline::Deadline, ledger::Ledger, payment::Payment},
    store::{Conn, StoreError, Tx, each::each, keyset::RowCondition, schema::payments, timestamp},
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
    let read = |ledger: Result<Ledger, StoreError>| {
        // The others get their events without it.
        ledger
            .inspect_err(|error| tracing::warn!(%error, "an overdue payment cannot be read"))
            .ok()
    };
    let readable = ledgers.into_iter().filter_map(read).collect();
    Ok((readable, is_all))
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
    let update = diesel::update(unchanged);
    let noted = match deadline.from_shipment {
        true => update
            .set(payments::overdue_noted_for.eq(payments::unfunded_shipped_since))
            .execute(tx.conn())?,
        false => update
            .set(payments::overdue_noted_for.eq(payments::unfunded_since))
            .execute(tx.conn())?,
    };
    Ok(noted > 0)
}

fn is_new(deadline: &Deadline) -> RowCondition<payments::table> {
    let before = timestamp::to_stored(deadline.before);
    let integration = payments::integration_id.eq(deadline.integration);
    let unnoted = payments::overdue_noted_for.is_null();
    let noted = payments::overdue_noted_for.assume_not_null();
    if deadline.from_shipment {
        let since = payments::unfunded_shipped_since;
        let waits = since.is_not_null().and(since.assume_not_null().le(before));
        let other = unnoted.or(noted.ne(since.assume_not_null()));
        Box::new(integration.and(waits).and(other))
    } else {
        let since = payments::unfunded_since;
        let waits = since.is_not_null().and(since.assume_not_null().le(before));
        let other = unnoted.or(noted.ne(since.assume_not_null()));
        Box::new(integration.and(waits).and(other))
    }
}
