//! Lists payments a page at a time.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{
    PaymentRow,
    filter::{PaymentFilter, PaymentSort, SortKey, narrowed},
    transaction_rows::TransactionRow,
};
use crate::{
    http::pagination::{ListRow, Page, complete_readable, list_rows},
    ids::PaymentId,
    payments::{ledger::Ledger, transaction::Transaction},
    store::{
        Conn, StoreError,
        each::{each, keyed},
        keyset::{self, RowCondition},
        schema::{payments, transactions},
    },
};

/// One page, and one payment more where there is one.
pub fn list(
    conn: &mut Conn,
    filter: &PaymentFilter,
    page: &Page<PaymentSort>,
) -> Result<Vec<ListRow<Ledger>>, StoreError> {
    let rows = keyset::page_each!(conn, page, narrowed(filter), PaymentRow)?;
    let (positions, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let rows = list_rows(positions.into_iter().zip(with_transactions(conn, rows)?));
    complete_readable(rows, |ledgers| super::with_findings(conn, ledgers))
}

/// A part of the payments that a background task works through.
pub struct LedgerBatch {
    /// Those that can be read.
    pub ledgers: Vec<Ledger>,
    /// The last payment of the part, readable or not. `None` behind the last part.
    pub last: Option<PaymentId>,
}

/// The next few payments after an id that fulfill a condition.
pub fn batch(
    conn: &mut Conn,
    condition: impl Fn() -> RowCondition<payments::table>,
    after: &str,
    most: i64,
) -> Result<LedgerBatch, StoreError> {
    let next = || {
        let beyond = payments::table.filter(payments::id.gt(after));
        let wanted = beyond.filter(condition());
        wanted.order(payments::id.asc()).limit(most)
    };
    let read = next().select((payments::id, PaymentRow::as_select()));
    let read = each(read.load_iter(conn))?;
    let rows = keyed(read, || {
        Ok(next().select(payments::id).load::<PaymentId>(conn)?)
    })?;
    let (ids, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let ledgers = ids.iter().zip(with_transactions(conn, rows)?);
    let readable = ledgers.filter_map(|(id, ledger)| {
        let skip = |error: &StoreError| tracing::warn!(payment_id = %id, %error, "a payment cannot be read and is left out");
        ledger.inspect_err(skip).ok()
    });
    Ok(LedgerBatch {
        ledgers: readable.collect(),
        last: ids.last().copied(),
    })
}

/// The transactions of many payments in one query. A payment that cannot be read leaves the others as they are.
pub fn with_transactions(
    conn: &mut Conn,
    rows: Vec<Result<PaymentRow, StoreError>>,
) -> Result<Vec<Result<Ledger, StoreError>>, StoreError> {
    let ids: Vec<PaymentId> = rows.iter().flatten().map(|row| row.head.id).collect();
    let of_payments = || {
        transactions::table
            .filter(transactions::payment_id.eq_any(&ids))
            .order(transactions::id.asc())
    };
    let read = (transactions::payment_id, TransactionRow::as_select());
    let read = each(of_payments().select(read).load_iter(conn))?;
    let found = keyed(read, || {
        let keys = of_payments().select(transactions::payment_id);
        Ok(keys.load::<PaymentId>(conn)?)
    })?;
    let mut by_payment: HashMap<PaymentId, Vec<Result<Transaction, StoreError>>> = HashMap::new();
    for (payment, row) in found {
        let transaction = row.and_then(Transaction::try_from);
        by_payment.entry(payment).or_default().push(transaction);
    }
    let mut ledger = |row: PaymentRow| {
        let transactions = by_payment.remove(&row.head.id).unwrap_or_default();
        let transactions: Result<_, _> = transactions.into_iter().collect();
        Ok(Ledger::of(row.into(), transactions?))
    };
    let ledgers = rows.into_iter().map(|row| row.and_then(&mut ledger));
    Ok(ledgers.collect())
}

/// How many there are in all.
pub fn count(conn: &mut Conn, filter: &PaymentFilter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}
