//! Lists payments a page at a time.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{PaymentRow, transaction_rows::TransactionRow};
use crate::{
    auth::Websites,
    http::pagination::{ListRow, Page, complete_readable, list_rows},
    ids::{IntegrationId, PaymentId},
    payments::{ledger::Ledger, overdue::Deadline, status::Status, transaction::Transaction},
    store::{
        Conn, MultiBackend, StoreError,
        each::{each, keyed},
        keyset::{self, Condition, sorted},
        schema::{payments, transactions},
        timestamp,
    },
};

sorted! {
    /// What a list can be sorted by.
    SortField of payments by id as String {
        CreatedAt = "createdAt": created_at as NaiveDateTime,
        UpdatedAt = "updatedAt": updated_at as NaiveDateTime,
        OrderId = "orderId": order_id as String,
        Amount = "amount": amount as i64,
    }
}

/// What a list can be narrowed to; everything given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub order_id: Option<String>,
    pub website: Option<String>,
    /// The websites of the caller.
    pub websites: Websites,
    pub status: Option<Status>,
    pub integration: Option<IntegrationId>,
    /// The provider's id of anything under the payment, or the caller's own name for it.
    pub reference: Option<String>,
    pub unsettled: Option<bool>,
    /// Whether any of these deadlines has passed.
    pub overdue: Option<(bool, Vec<Deadline>)>,
    pub created_from: Option<DateTime<Utc>>,
    pub created_until: Option<DateTime<Utc>>,
}

type Rows = payments::BoxedQuery<'static, MultiBackend>;

/// One page, and one payment more where there is one.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    page: &Page<SortField>,
) -> Result<Vec<ListRow<Ledger>>, StoreError> {
    let rows = keyset::page_each!(conn, page, narrowed(filter), PaymentRow)?;
    let (positions, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let rows = list_rows(positions.into_iter().zip(with_transactions(conn, rows)?));
    complete_readable(rows, |ledgers| super::with_findings(conn, ledgers))
}

/// The transactions of many payments in one query. A payment that cannot be read leaves the others as they are.
pub fn with_transactions(
    conn: &mut Conn,
    rows: Vec<Result<PaymentRow, StoreError>>,
) -> Result<Vec<Result<Ledger, StoreError>>, StoreError> {
    let ids: Vec<PaymentId> = rows.iter().flatten().map(PaymentRow::id).collect();
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
        let transactions = by_payment.remove(&row.id()).unwrap_or_default();
        let transactions: Result<_, _> = transactions.into_iter().collect();
        Ok(Ledger::of(row.into(), transactions?))
    };
    Ok(rows
        .into_iter()
        .map(|row| row.and_then(&mut ledger))
        .collect())
}

/// How many there are in all.
pub fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

fn narrowed(filter: &Filter) -> Rows {
    let mut query = payments::table.into_boxed();
    if let Some(order_id) = &filter.order_id {
        query = query.filter(payments::order_id.eq(order_id.clone()));
    }
    if let Some(website) = &filter.website {
        query = query.filter(payments::website.eq(website.clone()));
    }
    if let Some(names) = filter.websites.names() {
        query = query.filter(payments::website.eq_any(names.to_vec()));
    }
    if let Some(status) = filter.status {
        query = query.filter(payments::status.eq(status));
    }
    if let Some(integration) = filter.integration {
        query = query.filter(payments::integration_id.eq(integration));
    }
    if let Some(reference) = &filter.reference {
        let named = transactions::table
            .filter(
                transactions::reference
                    .eq(reference.clone())
                    .or(transactions::caller_reference.eq(reference.clone())),
            )
            .select(transactions::payment_id);
        query = query.filter(payments::id.eq_any(named));
    }
    if let Some(unsettled) = filter.unsettled {
        // Not as a parameter: an index holds only those that are.
        query = match unsettled {
            true => query.filter(payments::unsettled),
            false => query.filter(diesel::dsl::not(payments::unsettled)),
        };
    }
    if let Some(from) = filter.created_from {
        query = query.filter(payments::created_at.ge(timestamp::to_stored(from)));
    }
    if let Some(until) = filter.created_until {
        query = query.filter(payments::created_at.lt(timestamp::to_stored(until)));
    }
    match &filter.overdue {
        Some((true, deadlines)) => query.filter(passed(deadlines)),
        Some((false, deadlines)) => query.filter(diesel::dsl::not(passed(deadlines))),
        None => query,
    }
}

/// Whether a payment waits for money beyond any of the deadlines.
fn passed(deadlines: &[Deadline]) -> Condition<payments::table> {
    // No payment, by an index.
    let none: Condition<payments::table> = Box::new(payments::id.eq(""));
    deadlines.iter().fold(none, |any, deadline| {
        let before = timestamp::to_stored(deadline.before);
        let integration = payments::integration_id.eq(deadline.integration);
        if deadline.from_shipment {
            let waits = payments::unfunded_shipped_since.is_not_null();
            let long = payments::unfunded_shipped_since
                .assume_not_null()
                .le(before);
            Box::new(any.or(integration.and(waits).and(long)))
        } else {
            let waits = payments::unfunded_since.is_not_null();
            let long = payments::unfunded_since.assume_not_null().le(before);
            Box::new(any.or(integration.and(waits).and(long)))
        }
    })
}
