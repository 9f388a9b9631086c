//! Reads the rows of invoices, a projection that only `payments` writes. The notices of overdue invoices are written
//! here.

mod aging;
mod funding;
mod journal;
mod listing;
mod overdue;

use diesel::prelude::*;

use super::debtor::Debtors;
use crate::{
    auth::Websites,
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
    let found: Option<Receivable> = invoices::table
        .find(id)
        .select(Receivable::as_select())
        .first(conn)
        .optional()?;
    let website = |it: &Receivable| (!it.website.is_empty()).then(|| it.website.clone());
    Ok(found.filter(|it| websites.include(website(it).as_deref())))
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
