//! The notices of overdue invoices: each invoice is recorded once per bucket.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{exists, not},
    prelude::*,
};

use super::listing::{unpaid, was_due};
use crate::{
    ids::{IntegrationId, PaymentId, TransactionId},
    integrations::store::FundingTerms,
    receivables::debtor::Dates,
    store::{
        Conn, StoreError, Tx,
        columns::Moment,
        on_each,
        schema::{invoice_overdue_notices as notices, invoices},
        timestamp,
    },
};

/// An invoice that has no notice for its bucket yet.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = invoices)]
pub struct Entered {
    pub id: TransactionId,
    pub payment_id: PaymentId,
    #[diesel(embed)]
    pub dates: Dates,
    /// A bucket that the invoice entered before this moment causes no event.
    #[diesel(deserialize_as = Moment)]
    pub watched_since: DateTime<Utc>,
}

/// Up to `most` unpaid invoices of an integration that were due by `until` but not by `after`, and have no notice for
/// `days`.
pub fn list_entered(
    conn: &mut Conn,
    (integration, terms): (IntegrationId, Option<FundingTerms>),
    days: i32,
    until: DateTime<Utc>,
    after: Option<DateTime<Utc>>,
    most: i64,
) -> Result<Vec<Entered>, StoreError> {
    let noted = notices::table
        .filter(notices::invoice_id.eq(invoices::id))
        .filter(notices::days.eq(days));
    let mut rows = invoices::table
        .filter(invoices::integration_id.eq(integration))
        .filter(unpaid())
        .filter(was_due(terms, until))
        .filter(not(exists(noted)))
        .into_boxed();
    if let Some(after) = after {
        rows = rows.filter(not(was_due(terms, after)));
    }
    // The order of the partial index of unpaid invoices.
    let rows = rows.order(invoices::issued_at).limit(most);
    Ok(rows.select(Entered::as_select()).load(conn)?)
}

/// Records that an invoice reached a number of days past due. False if this was recorded already.
pub fn note(
    tx: &mut Tx<'_>,
    invoice: TransactionId,
    days: i32,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = (
        notices::invoice_id.eq(invoice),
        notices::days.eq(days),
        notices::noted_at.eq(timestamp::to_stored(now)),
    );
    let noted = on_each!(tx.conn(), conn => diesel::insert_into(notices::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(noted > 0)
}
