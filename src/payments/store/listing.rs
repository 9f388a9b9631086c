//! Lists payments a page at a time.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{BoxableExpression, prelude::*, sql_types::Bool};

use super::{COLUMNS, PaymentRow, rows::TransactionRow};
use crate::{
    auth::Websites,
    http::pagination::{Direction, ListRow, Page, Position, complete_readable},
    ids::IntegrationId,
    payments::{
        ledger::Ledger, overdue::Deadline, payment::Payment, status::Status,
        transaction::Transaction,
    },
    store::{
        Conn, MultiBackend, StoreError,
        keyset::{self, Condition, step},
        schema::{payments, transactions},
        timestamp,
    },
};

/// What a list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortField {
    CreatedAt,
    UpdatedAt,
    OrderId,
    Amount,
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
    let load = |range: Option<Condition<payments::table>>, limit: i64| {
        let mut query = narrowed(filter).limit(limit);
        if let Some(range) = range {
            query = query.filter(range);
        }
        for (field, direction) in &page.sort {
            query = ordered(query, *field, *direction);
        }
        let query = query.then_order_by(payments::id.asc()).select(COLUMNS);
        Ok(query.load::<PaymentRow>(conn)?)
    };
    let ranges = |after: &Position| behind(&page.sort, after);
    let rows = keyset::page(page.after.as_ref(), ranges, page.limit + 1, load)?;
    let positions: Vec<Position> = rows.iter().map(|row| raw_position(page, row)).collect();
    let read = with_transactions(conn, rows)?.into_iter().zip(positions);
    let rows = read.map(|(read, position)| ListRow::of(read, position));
    complete_readable(rows.collect(), |ledgers| {
        super::with_findings(conn, ledgers)
    })
}

/// The transactions of many payments in one query. A payment that cannot be read leaves the others as they are.
pub fn with_transactions(
    conn: &mut Conn,
    rows: Vec<PaymentRow>,
) -> Result<Vec<Result<Ledger, StoreError>>, StoreError> {
    let ids: Vec<&str> = rows.iter().map(PaymentRow::id).collect();
    let found: Vec<TransactionRow> = transactions::table
        .filter(transactions::payment_id.eq_any(ids))
        .order(transactions::id.asc())
        .load(conn)?;
    let mut by_payment: HashMap<String, Vec<TransactionRow>> = HashMap::new();
    for row in found {
        let payment = row.payment_id().to_owned();
        by_payment.entry(payment).or_default().push(row);
    }
    let read = |row: PaymentRow| {
        let transactions = by_payment.remove(row.id()).unwrap_or_default();
        let transactions: Result<Vec<Transaction>, StoreError> = transactions
            .into_iter()
            .map(Transaction::try_from)
            .collect();
        Ok(Ledger::of(row.try_into()?, transactions?))
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Where a page that ends with a row ends that may not be readable.
fn raw_position(page: &Page<SortField>, last: &PaymentRow) -> Position {
    let moment = |at| timestamp::to_cursor(timestamp::from_stored(at));
    let value = |field: &SortField| match field {
        SortField::CreatedAt => moment(last.created_at),
        SortField::UpdatedAt => moment(last.updated_at),
        SortField::OrderId => last.order_id.clone(),
        SortField::Amount => last.amount.to_string(),
    };
    Position {
        values: page.sort.iter().map(|(field, _)| value(field)).collect(),
        id: last.id().to_owned(),
    }
}

/// How many there are in all.
pub fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

/// Where a page that ends with this payment ends.
pub fn position(page: &Page<SortField>, last: &Payment) -> Position {
    let value = |field: &SortField| match field {
        SortField::CreatedAt => timestamp::to_cursor(last.created_at),
        SortField::UpdatedAt => timestamp::to_cursor(last.updated_at),
        SortField::OrderId => last.order_id.clone(),
        SortField::Amount => last.amount.to_string(),
    };
    Position {
        values: page.sort.iter().map(|(field, _)| value(field)).collect(),
        id: last.id.to_string(),
    }
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
        query = query.filter(payments::status.eq(status.as_str()));
    }
    if let Some(integration) = filter.integration {
        query = query.filter(payments::integration_id.eq(integration.to_string()));
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

type Passed = Box<dyn BoxableExpression<payments::table, MultiBackend, SqlType = Bool>>;

/// Whether a payment waits for money beyond any of the deadlines.
fn passed(deadlines: &[Deadline]) -> Passed {
    // No payment, by an index.
    let none: Passed = Box::new(payments::id.eq(""));
    deadlines.iter().fold(none, |any, deadline| {
        let before = timestamp::to_stored(deadline.before);
        let integration = payments::integration_id.eq(deadline.integration.to_string());
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

fn ordered(query: Rows, field: SortField, direction: Direction) -> Rows {
    macro_rules! by {
        ($column:expr) => {
            match direction {
                Direction::Ascending => query.then_order_by($column.asc()),
                Direction::Descending => query.then_order_by($column.desc()),
            }
        };
    }
    match field {
        SortField::CreatedAt => by!(payments::created_at),
        SortField::UpdatedAt => by!(payments::updated_at),
        SortField::OrderId => by!(payments::order_id),
        SortField::Amount => by!(payments::amount),
    }
}

/// Whether the page's cursor holds what its sort fields can have.
pub fn has_readable_cursor(page: &Page<SortField>) -> bool {
    page.after
        .as_ref()
        .is_none_or(|after| behind(&page.sort, after).is_some())
}

/// Rows behind a position, range by range; `None` when it holds what a field cannot have, which only a forged cursor does.
fn behind(
    sort: &[(SortField, Direction)],
    after: &Position,
) -> Option<Vec<Condition<payments::table>>> {
    let step = |field: SortField, direction: Direction, value: &str| {
        Some(match field {
            SortField::CreatedAt => step!(
                payments::created_at,
                direction,
                timestamp::from_cursor(value)?
            ),
            SortField::UpdatedAt => step!(
                payments::updated_at,
                direction,
                timestamp::from_cursor(value)?
            ),
            SortField::OrderId => step!(payments::order_id, direction, value.to_owned()),
            SortField::Amount => step!(payments::amount, direction, value.parse::<i64>().ok()?),
        })
    };
    let steps = || {
        let fields = sort.iter().zip(&after.values);
        fields
            .map(|((field, direction), value)| step(*field, *direction, value))
            .collect()
    };
    keyset::ranges(steps, || Box::new(payments::id.gt(after.id.clone())))
}
