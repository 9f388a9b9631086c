//! Reads the rows of invoices, a projection that only `payments` writes. The notices of overdue invoices are written
//! here.

mod aging;
mod funding;
mod journal;
mod listing;
mod overdue;

use diesel::prelude::*;

use super::{debtor::Debtors, report::Batch};
use crate::{
    auth::Websites,
    http::pagination::{Direction, Page, Position},
    ids::TransactionId,
    integrations,
    payments::Receivable,
    store::{Conn, MultiBackend, StoreError, schema::invoices},
};

pub use aging::{AgingRow, Grouping, read_aging};
pub use funding::{FundedRow, read_funded};
pub use journal::{JournalRow, read_journal};
pub use listing::{ReceivablesFilter, count, list};
pub use overdue::{Entered, list_entered, note};

type InvoiceQuery = invoices::BoxedQuery<'static, MultiBackend>;

/// Reads the integrations with the terms by which their providers pay.
pub fn load_debtors(conn: &mut Conn) -> Result<Debtors, StoreError> {
    Ok(Debtors::of(integrations::store::list_debtors(conn)?))
}

/// The invoice with this id, if it belongs to one of the caller's websites.
pub fn find_visible(
    conn: &mut Conn,
    id: TransactionId,
    websites: &Websites,
) -> Result<Option<Receivable>, StoreError> {
    let found = invoices::table.find(id).select(Receivable::as_select());
    let found: Option<Receivable> = found.first(conn).optional()?;
    Ok(found.filter(|it| {
        let website = Some(it.website.as_str());
        websites.include(website.filter(|it| !it.is_empty()))
    }))
}

/// The page of up to `most` rows after a position, in ascending order.
fn batch<S: Copy>(sort: &[S], after: Option<&Position>, most: i64) -> Page<S> {
    let sort = sort.iter().map(|field| (*field, Direction::Ascending));
    Page {
        // A page reads one row more than its limit.
        limit: most - 1,
        sort: sort.collect(),
        after: after.cloned(),
        count: false,
    }
}

/// The rows that were read, and the position of the last one.
fn rows_of<R>(found: Vec<(Position, R)>) -> Batch<R> {
    let last = found.last().map(|(position, _)| position.clone());
    (found.into_iter().map(|(_, row)| row).collect(), last)
}

/// Restricts a query to the caller's websites. An invoice without a website is hidden from callers that are bound to
/// some.
fn of_websites(rows: InvoiceQuery, websites: &Websites) -> InvoiceQuery {
    match websites.names() {
        Some(names) => {
            let named: Vec<String> = names.iter().filter(|it| !it.is_empty()).cloned().collect();
            rows.filter(invoices::website.eq_any(named))
        }
        None => rows,
    }
}
