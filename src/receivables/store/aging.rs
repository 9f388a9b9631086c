//! Reads the invoices of the aging report, ordered by group.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{InvoiceQuery, of_websites};
use crate::{
    auth::Websites,
    http::pagination::{Direction, Page, Position},
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
#[derive(Clone, Debug)]
pub struct AgingRow {
    pub integration: IntegrationId,
    pub website: String,
    pub customer_id: String,
    pub customer_name: String,
    pub currency: Currency,
    pub dates: Dates,
    /// The amount owed at the moment of the report, in minor units.
    pub due: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = invoices)]
struct OpenInvoiceRow {
    id: TransactionId,
    payment_id: PaymentId,
    integration_id: IntegrationId,
    website: String,
    customer_id: String,
    customer_name: String,
    currency: Currency,
    remaining: i64,
    issued_at: MomentOrNever,
    shipped_at: MomentOrNever,
    due_at: MomentOrNever,
    moved_at: MomentOrNever,
}

/// Reads up to `most` invoices after a position that were not paid in full at a moment, and the position of the last
/// one.
pub fn read_aging(
    conn: &mut Conn,
    at: DateTime<Utc>,
    by: Grouping,
    websites: &Websites,
    after: Option<&Position>,
    most: i64,
) -> Result<Batch<AgingRow>, StoreError> {
    let field = match by {
        Grouping::Customer => AgingSort::Customer,
        Grouping::Website => AgingSort::Website,
        Grouping::Integration => AgingSort::Integration,
    };
    let page = Page {
        // A page reads one row more than its limit.
        limit: most - 1,
        sort: vec![
            (field, Direction::Ascending),
            (AgingSort::Currency, Direction::Ascending),
        ],
        after: after.cloned(),
        count: false,
    };
    let found = keyset::page_of!(conn, &page, owed(at, websites), OpenInvoiceRow)?;
    let last = found.last().map(|(position, _)| position.clone());
    let moved = |row: &OpenInvoiceRow| {
        Option::from(row.moved_at).is_some_and(|moved: DateTime<Utc>| moved > at)
    };
    let changed: Vec<PaymentId> = found
        .iter()
        .filter(|(_, row)| moved(row))
        .map(|(_, row)| row.payment_id)
        .collect();
    // The stored amount is valid unless the invoice has changed since; only then it is computed from its transactions.
    let books = match changed.as_slice() {
        [] => None,
        changed => Some(payments::store::list_moves(conn, changed, Some(at))?),
    };
    let row = |(_, row): (_, OpenInvoiceRow)| AgingRow {
        due: match books.as_ref().filter(|_| moved(&row)) {
            Some(books) => books.balance(row.payment_id, row.id).due(),
            None => row.remaining,
        },
        integration: row.integration_id,
        website: row.website,
        customer_id: row.customer_id,
        customer_name: row.customer_name,
        currency: row.currency,
        dates: Dates {
            issued_at: row.issued_at.into(),
            shipped_at: row.shipped_at.into(),
            due_at: row.due_at.into(),
        },
    };
    Ok((found.into_iter().map(row).collect(), last))
}

fn owed(at: DateTime<Utc>, websites: &Websites) -> InvoiceQuery {
    let at = timestamp::to_stored(at);
    of_websites(invoices::table.into_boxed(), websites)
        .filter(invoices::closed_at.gt(at))
        .filter(invoices::opened_at.le(at))
}
