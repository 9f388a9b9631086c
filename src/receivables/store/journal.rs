//! Reads the transactions of the journal, in the order of booking.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::batch;
use crate::{
    auth::Websites,
    http::pagination::Position,
    ids::{PaymentId, TransactionId},
    payments::{self, BookedMove, Receivable},
    receivables::report::Batch,
    store::{
        Conn, MultiBackend, StoreError,
        keyset::{self, sorted},
        schema::{invoices, payments as payments_table, transactions},
        timestamp,
    },
};

sorted! {
    /// The order of booking.
    JournalSort of transactions by id as String {
        BookedAt = "bookedAt": booked_at as NaiveDateTime,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = transactions)]
struct BookedRow {
    id: TransactionId,
    payment_id: PaymentId,
}

/// What a transaction changed in the books, and its invoice or offline sale.
#[derive(Clone, Debug)]
pub struct JournalRow {
    pub booked: BookedMove,
    pub invoice: Receivable,
}

/// Reads what up to `most` transactions of a period after a position changed, and the position of the last one.
/// Transactions without a change are left out.
pub fn read_journal(
    conn: &mut Conn,
    window: (DateTime<Utc>, DateTime<Utc>),
    websites: &Websites,
    after: Option<&Position>,
    most: i64,
) -> Result<Batch<JournalRow>, StoreError> {
    let page = batch(&[JournalSort::BookedAt], after, most);
    let found = keyset::page_of!(conn, &page, booked(window, websites), BookedRow)?;
    let last = found.last().map(|(position, _)| position.clone());
    let order: HashMap<TransactionId, usize> = found
        .iter()
        .enumerate()
        .map(|(place, (_, row))| (row.id, place))
        .collect();
    let mut of_batch: Vec<PaymentId> = found.iter().map(|(_, row)| row.payment_id).collect();
    of_batch.sort_unstable();
    of_batch.dedup();
    let books = payments::store::list_moves(conn, &of_batch, None)?;
    let listed: Vec<Receivable> = invoices::table
        .filter(invoices::payment_id.eq_any(&of_batch))
        .select(Receivable::as_select())
        .load(conn)?;
    let invoices: HashMap<TransactionId, Receivable> =
        listed.into_iter().map(|it| (it.id, it)).collect();
    let moves = of_batch.iter().flat_map(|payment| books.moves(*payment));
    let mut rows: Vec<JournalRow> = moves
        .filter(|it| order.contains_key(&it.transaction))
        .filter_map(|booked| {
            let invoice = invoices.get(&booked.invoice)?.clone();
            Some(JournalRow { booked, invoice })
        })
        .collect();
    rows.sort_by_key(|row| order.get(&row.booked.transaction).copied());
    Ok((rows, last))
}

fn booked(
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    websites: &Websites,
) -> transactions::BoxedQuery<'static, MultiBackend> {
    let mut rows = transactions::table
        .into_boxed()
        .filter(transactions::booked_at.ge(timestamp::to_stored(from)))
        .filter(transactions::booked_at.lt(timestamp::to_stored(until)));
    if let Some(names) = websites.names() {
        let theirs = payments_table::table
            .filter(payments_table::website.eq_any(names.to_vec()))
            .select(payments_table::id);
        rows = rows.filter(transactions::payment_id.eq_any(theirs));
    }
    rows
}
