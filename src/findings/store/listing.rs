//! Lists findings a page at a time.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::row::FindingRow;
use crate::{
    auth::Websites,
    findings::{Finding, FindingCode, FindingState},
    http::pagination::{Direction, ListRow, Page, Position},
    ids::{IntegrationId, PaymentId},
    store::{
        Conn, MultiBackend, StoreError,
        keyset::{self, Condition, step},
        schema::{findings, payments},
        timestamp,
    },
};

/// What a list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortField {
    OpenedAt,
    LastSeenAt,
}

/// What a list can be narrowed to; everything given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<FindingState>,
    pub code: Option<FindingCode>,
    pub payment: Option<PaymentId>,
    pub integration: Option<IntegrationId>,
    /// This moment is the first that belongs.
    pub opened_from: Option<DateTime<Utc>>,
    /// This moment is the first that no longer belongs.
    pub opened_until: Option<DateTime<Utc>>,
    /// The websites of the caller; what is about no payment belongs to none.
    pub websites: Websites,
}

type Rows = findings::BoxedQuery<'static, MultiBackend>;

/// One page, and one finding more where there is one.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    page: &Page<SortField>,
) -> Result<Vec<ListRow<Finding>>, StoreError> {
    let mut query = narrowed(filter).limit(page.limit + 1);
    if let Some(after) = &page.after {
        let behind = behind(&page.sort, after);
        query = query.filter(behind.ok_or_else(|| StoreError::unreadable("a cursor"))?);
    }
    for (field, direction) in &page.sort {
        query = match (field, direction) {
            (SortField::OpenedAt, Direction::Ascending) => {
                query.then_order_by(findings::opened_at.asc())
            }
            (SortField::OpenedAt, Direction::Descending) => {
                query.then_order_by(findings::opened_at.desc())
            }
            (SortField::LastSeenAt, Direction::Ascending) => {
                query.then_order_by(findings::last_seen_at.asc())
            }
            (SortField::LastSeenAt, Direction::Descending) => {
                query.then_order_by(findings::last_seen_at.desc())
            }
        };
    }
    let rows: Vec<FindingRow> = query
        .then_order_by(findings::id.asc())
        .select(FindingRow::as_select())
        .load(conn)?;
    let read = |row: FindingRow| {
        let position = row.position(&page.sort);
        ListRow::of(Finding::try_from(row), position)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// How many there are in all.
pub fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

/// Where a page that ends with this finding ends.
pub fn position(page: &Page<SortField>, last: &Finding) -> Position {
    let value = |field: &SortField| match field {
        SortField::OpenedAt => timestamp::to_cursor(last.opened_at),
        SortField::LastSeenAt => timestamp::to_cursor(last.last_seen_at),
    };
    Position {
        values: page.sort.iter().map(|(field, _)| value(field)).collect(),
        id: last.id.to_string(),
    }
}

/// Whether the page's cursor holds what its sort fields can have.
pub fn has_readable_cursor(page: &Page<SortField>) -> bool {
    page.after
        .as_ref()
        .is_none_or(|after| behind(&page.sort, after).is_some())
}

fn behind(sort: &[(SortField, Direction)], after: &Position) -> Option<Condition<findings::table>> {
    let steps: Option<Vec<_>> = sort
        .iter()
        .zip(&after.values)
        .map(|((field, direction), value)| {
            let moment = timestamp::from_cursor(value)?;
            Some(match field {
                SortField::OpenedAt => step!(findings::opened_at, *direction, moment),
                SortField::LastSeenAt => step!(findings::last_seen_at, *direction, moment),
            })
        })
        .collect();
    let last = Box::new(findings::id.gt(after.id.clone()));
    Some(keyset::after(steps?, last))
}

fn narrowed(filter: &Filter) -> Rows {
    let mut query = findings::table.into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(findings::state.eq(state.as_str()));
    }
    if let Some(code) = filter.code {
        query = query.filter(findings::code.eq(code.as_str()));
    }
    if let Some(payment) = filter.payment {
        query = query.filter(findings::payment_id.eq(payment.to_string()));
    }
    if let Some(integration) = filter.integration {
        query = query.filter(findings::integration_id.eq(integration.to_string()));
    }
    if let Some(from) = filter.opened_from {
        query = query.filter(findings::opened_at.ge(timestamp::to_stored(from)));
    }
    if let Some(until) = filter.opened_until {
        query = query.filter(findings::opened_at.lt(timestamp::to_stored(until)));
    }
    if let Some(names) = filter.websites.names() {
        let visible = payments::table
            .filter(payments::website.eq_any(names.to_vec()))
            .select(payments::id.nullable());
        query = query.filter(findings::payment_id.eq_any(visible));
    }
    query
}

/// Whether a finding is about a payment of one of these websites.
pub fn is_of_websites(
    conn: &mut Conn,
    finding: &Finding,
    websites: &Websites,
) -> Result<bool, StoreError> {
    let Some(payment) = finding.payment_id else {
        return Ok(false);
    };
    let website = payments::table
        .find(payment.to_string())
        .select(payments::website);
    let website: Option<Option<String>> = website.first(conn).optional()?;
    Ok(websites.include(website.flatten().as_deref()))
}
