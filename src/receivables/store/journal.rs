//! Reads the transactions of the journal, in the order of booking.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{batch, rows_of};
use crate::{
    http::pagination::Position,
    ids::{PaymentId, TransactionId},
    payments::{self, BookedMove, Receivable},
    receivables::report::{Batch, Window},
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

/// The number of transactions that are read at a time.
const BATCH: i64 = 500;

/// Reads what the next transactions of a period after a position changed, and the position of the last one.
/// Transactions without a change are left out.
pub fn read_journal(
    conn: &mut Conn,
    window: &Window,
    after: Option<&Position>,
) -> Result<Batch<JournalRow>, StoreError> {
    let page = batch(&[JournalSort::BookedAt], after, BATCH);
    let (found, last) = rows_of(keyset::page_of!(conn, &page, booked(window), BookedRow)?);
    let places = found.iter().enumerate();
    let places: HashMap<TransactionId, usize> = places.map(|(place, it)| (it.id, place)).collect();
    let of_batch: BTreeSet<PaymentId> = found.iter().map(|it| it.payment_id).collect();
    let of_batch: Vec<PaymentId> = of_batch.into_iter().collect();
    let books = payments::store::list_moves(conn, &of_batch, None)?;
    let listed: Vec<Receivable> = invoices::table
        .filter(invoices::payment_id.eq_any(&of_batch))
        .select(Receivable::as_select())
        .load(conn)?;
    let invoices: HashMap<TransactionId, Receivable> =
        listed.into_iter().map(|it| (it.id, it)).collect();
    let moves = of_batch.iter().flat_map(|payment| books.moves(*payment));
    let placed = moves.filter_map(|booked| {
        let place = *places.get(&booked.transaction)?;
        let invoice = invoices.get(&booked.invoice)?.clone();
        Some((place, JournalRow { booked, invoice }))
    });
    let mut placed: Vec<(usize, JournalRow)> = placed.collect();
    placed.sort_by_key(|(place, _)| *place);
    Ok((placed.into_iter().map(|(_, row)| row).collect(), last))
}

fn booked(window: &Window) -> transactions::BoxedQuery<'static, MultiBackend> {
    let (from, until) = window.bounds();
    let mut rows = transactions::table
        .into_boxed()
        .filter(transactions::booked_at.ge(timestamp::to_stored(from)))
        .filter(transactions::booked_at.lt(timestamp::to_stored(until)));
    if let Some(names) = window.websites.names() {
        let theirs = payments_table::table
            .filter(payments_table::website.eq_any(names.to_vec()))
            .select(payments_table::id);
        rows = rows.filter(transactions::payment_id.eq_any(theirs));
    }
    rows
}
