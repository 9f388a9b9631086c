//! Payments whose money became overdue, each noted once for the moment since when it is waited for.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Nullable, Timestamp},
};

use super::PaymentRow;
use crate::{
    ids::IntegrationId,
    payments::{ledger::Ledger, payment::Payment},
    store::{
        Conn, MultiBackend, StoreError, Tx, each::each, keyset::RowCondition, schema::payments,
        timestamp,
    },
};

/// The deadline for the provider's money: invoices of the integration that have waited since `before` or longer are
/// overdue now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub integration: IntegrationId,
    /// Whether an invoice waits from its shipment on, and not from its issue.
    pub from_shipment: bool,
    pub before: DateTime<Utc>,
}

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

type NullableMoment = Box<
    dyn BoxableExpression<payments::table, MultiBackend, SqlType = Nullable<Timestamp>> + 'static,
>;

/// Since when a payment waits for its money.
fn waits_since(deadline: &Deadline) -> NullableMoment {
    match deadline.from_shipment {
        true => Box::new(payments::unfunded_shipped_since),
        false => Box::new(payments::unfunded_since),
    }
}

/// Whether a payment waits for its money beyond a deadline.
pub fn is_over(deadline: &Deadline) -> RowCondition<payments::table> {
    let integration = payments::integration_id.eq(deadline.integration);
    let waits = waits_since(deadline).is_not_null();
    let before = timestamp::to_stored(deadline.before);
    let long = waits_since(deadline).assume_not_null().le(before);
    Box::new(integration.and(waits).and(long))
}

/// Whether that is not noted.
fn is_new(deadline: &Deadline) -> RowCondition<payments::table> {
    let since = waits_since(deadline).assume_not_null();
    let unnoted = payments::overdue_noted_for.is_null();
    let noted = payments::overdue_noted_for.assume_not_null();
    Box::new(is_over(deadline).and(unnoted.or(noted.ne(since))))
}
