//! Reads the invoices of the aging report, ordered by group.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{InvoiceQuery, batch, of_websites, rows_of};
use crate::{
    auth::Websites,
    http::pagination::Position,
    ids::{IntegrationId, PaymentId, TransactionId},
    money::Currency,
    payments,
    receivables::{debtor::Dates, report::Batch},
    store::{
        Conn, StoreError,
        columns::MomentOrNever,
        keyset::{self, sorted},
        schema::invoices,
        timestamp,
    },
    string_enum::string_enum,
};

string_enum! {
    /// The grouping of the rows in the aging report.
    Grouping as "AgingGrouping" {
        Customer = "customer",
        Website = "website",
        Integration = "integration",
    }
}

impl Grouping {
    /// The columns that identify a group: its key, and its name if it has one.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Grouping::Customer => &["customerId", "customerName"],
            Grouping::Website => &["website"],
            Grouping::Integration => &["integrationId", "integrationName"],
        }
    }
}

sorted! {
    /// The columns of a group's key.
    AgingSort of invoices by id as String {
        Customer = "customer": customer_id as String,
        Website = "website": website as String,
        Integration = "integration": integration_id as String,
        Currency = "currency": currency as String,
    }
}

/// An invoice of the report.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = invoices)]
pub struct AgingRow {
    id: TransactionId,
    payment_id: PaymentId,
    pub integration_id: IntegrationId,
    pub website: String,
    pub customer_id: String,
    pub customer_name: String,
    pub currency: Currency,
    /// The amount owed at the moment of the report, in minor units.
    #[diesel(column_name = remaining)]
    pub due: i64,
    #[diesel(embed)]
    pub dates: Dates,
    #[diesel(deserialize_as = MomentOrNever)]
    moved_at: Option<DateTime<Utc>>,
}

/// The number of invoices that are read at a time.
const BATCH: i64 = 2000;

/// Reads the next invoices after a position that were not paid in full at a moment, and the position of the last one.
pub fn read_aging(
    conn: &mut Conn,
    at: DateTime<Utc>,
    by: Grouping,
    websites: &Websites,
    after: Option<&Position>,
) -> Result<Batch<AgingRow>, StoreError> {
    let field = match by {
        Grouping::Customer => AgingSort::Customer,
        Grouping::Website => AgingSort::Website,
        Grouping::Integration => AgingSort::Integration,
    };
    let page = batch(&[field, AgingSort::Currency], after, BATCH);
    let found = keyset::page_of!(conn, &page, owed(at, websites), AgingRow)?;
    let (mut rows, last) = rows_of(found);
    // The stored amount is valid unless the invoice has changed since; only then it is computed from its transactions.
    let moved = |row: &&mut AgingRow| row.moved_at.is_some_and(|moved| moved > at);
    let changed: Vec<&mut AgingRow> = rows.iter_mut().filter(moved).collect();
    if !changed.is_empty() {
        let payments: Vec<PaymentId> = changed.iter().map(|row| row.payment_id).collect();
        let books = payments::store::list_moves(conn, &payments, Some(at))?;
        for row in changed {
            row.due = books.balance(row.payment_id, row.id).due();
        }
    }
    Ok((rows, last))
}

fn owed(at: DateTime<Utc>, websites: &Websites) -> InvoiceQuery {
    let at = timestamp::to_stored(at);
    of_websites(invoices::table.into_boxed(), websites)
        .filter(invoices::closed_at.gt(at))
        .filter(invoices::opened_at.le(at))
}
