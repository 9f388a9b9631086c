//! Reads the invoices that providers paid, in the order of payment.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{InvoiceQuery, batch, of_websites, rows_of};
use crate::{
    http::pagination::Position,
    ids::IntegrationId,
    money::Currency,
    receivables::report::{Batch, Window},
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

/// The number of invoices that are read at a time.
const BATCH: i64 = 2000;

/// Reads the next invoices of a period after a position, and the position of the last one.
pub fn read_funded(
    conn: &mut Conn,
    window: &Window,
    after: Option<&Position>,
) -> Result<Batch<FundedRow>, StoreError> {
    let page = batch(&[FundingSort::FundedAt], after, BATCH);
    let (from, until) = window.bounds();
    let paid = || -> InvoiceQuery {
        of_websites(invoices::table.into_boxed(), &window.websites)
            .filter(invoices::funded_at.ge(timestamp::to_stored(from)))
            .filter(invoices::funded_at.lt(timestamp::to_stored(until)))
    };
    Ok(rows_of(keyset::page_of!(conn, &page, paid(), FundedRow)?))
}
