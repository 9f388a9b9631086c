//! Reads the invoices that providers paid, in the order of payment.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{InvoiceQuery, batch, of_websites};
use crate::{
    auth::Websites,
    http::pagination::Position,
    ids::IntegrationId,
    money::Currency,
    receivables::report::Batch,
    store::{
        Conn, StoreError,
        columns::Moment,
        keyset::{self, sorted},
        schema::invoices,
        timestamp,
    },
};

sorted! {
    /// The order of payment.
    FundingSort of invoices by id as String {
        FundedAt = "fundedAt": funded_at as NaiveDateTime,
    }
}

/// An invoice that its provider paid.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = invoices)]
pub struct FundedRow {
    pub integration_id: IntegrationId,
    pub currency: Currency,
    /// Minor units before the fee.
    pub funded: i64,
    pub fee: i64,
    pub returned: i64,
    pub funded_at: Moment,
}

/// Reads up to `most` invoices of a period after a position, and the position of the last one.
pub fn read_funded(
    conn: &mut Conn,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    websites: &Websites,
    after: Option<&Position>,
    most: i64,
) -> Result<Batch<FundedRow>, StoreError> {
    let page = batch(&[FundingSort::FundedAt], after, most);
    let paid = || -> InvoiceQuery {
        of_websites(invoices::table.into_boxed(), websites)
            .filter(invoices::funded_at.ge(timestamp::to_stored(from)))
            .filter(invoices::funded_at.lt(timestamp::to_stored(until)))
    };
    let found = keyset::page_of!(conn, &page, paid(), FundedRow)?;
    let last = found.last().map(|(position, _)| position.clone());
    Ok((found.into_iter().map(|(_, row)| row).collect(), last))
}
