//! Lists events a page at a time.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{findings::with_findings, row::Row};
use crate::{
    http::pagination::{Direction, ListRow, Page, Position, complete_readable},
    ids::{IntegrationId, PaymentId},
    store::{
        Conn, MultiBackend, StoreError,
        keyset::{self, Condition, step},
        schema::webhook_events,
        timestamp,
    },
    webhooks::{event::Event, state::State},
};

/// What a list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortField {
    ReceivedAt,
    State,
}

/// What a list can be narrowed to; everything given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub event: Option<String>,
    pub integration: Option<IntegrationId>,
    pub payment: Option<PaymentId>,
    pub verified: Option<bool>,
    /// This moment is the first that belongs.
    pub received_from: Option<DateTime<Utc>>,
    /// This moment is the first that no longer belongs.
    pub received_to: Option<DateTime<Utc>>,
}

type Rows = webhook_events::BoxedQuery<'static, MultiBackend>;

/// One page, and one row more where there is one.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    page: &Page<SortField>,
) -> Result<Vec<ListRow<Event>>, StoreError> {
    let load = |range: Option<Condition<webhook_events::table>>, limit: i64| {
        let mut query = narrowed(filter).limit(limit);
        if let Some(range) = range {
            query = query.filter(range);
        }
        for (field, direction) in &page.sort {
            query = ordered(query, *field, *direction);
        }
        let query = query.then_order_by(webhook_events::id.asc());
        Ok(query.select(Row::as_select()).load(conn)?)
    };
    let ranges = |after: &Position| behind(&page.sort, after);
    let rows = keyset::page(page.after.as_ref(), ranges, page.limit + 1, load)?;
    let rows = rows.into_iter().map(|row| {
        let position = row.position(&page.sort);
        ListRow::of(Event::try_from(row), position)
    });
    complete_readable(rows.collect(), |events| with_findings(conn, events))
}

/// How many there are in all.
pub fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

/// Where a page that ends with this event ends.
pub fn position(page: &Page<SortField>, last: &Event) -> Position {
    let value = |field: &SortField| match field {
        SortField::ReceivedAt => timestamp::to_cursor(last.received_at),
        SortField::State => last.state.as_str().to_owned(),
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

fn narrowed(filter: &Filter) -> Rows {
    let mut query = webhook_events::table.into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(webhook_events::state.eq(state.as_str()));
    }
    if let Some(event) = &filter.event {
        query = query.filter(webhook_events::event.eq(event.clone()));
    }
    if let Some(integration) = filter.integration {
        query = query.filter(webhook_events::integration_id.eq(integration.to_string()));
    }
    if let Some(payment) = filter.payment {
        query = query.filter(webhook_events::payment_id.eq(payment.to_string()));
    }
    if let Some(verified) = filter.verified {
        query = query.filter(webhook_events::verified.eq(verified));
    }
    if let Some(from) = filter.received_from {
        query = query.filter(webhook_events::received_at.ge(timestamp::to_stored(from)));
    }
    if let Some(to) = filter.received_to {
        query = query.filter(webhook_events::received_at.lt(timestamp::to_stored(to)));
    }
    query
}

fn ordered(query: Rows, field: SortField, direction: Direction) -> Rows {
    match (field, direction) {
        (SortField::ReceivedAt, Direction::Ascending) => {
            query.then_order_by(webhook_events::received_at.asc())
        }
        (SortField::ReceivedAt, Direction::Descending) => {
            query.then_order_by(webhook_events::received_at.desc())
        }
        (SortField::State, Direction::Ascending) => {
            query.then_order_by(webhook_events::state.asc())
        }
        (SortField::State, Direction::Descending) => {
            query.then_order_by(webhook_events::state.desc())
        }
    }
}

/// Rows behind a position, range by range; `None` when it holds what a field cannot have, which only a forged cursor does.
fn behind(
    sort: &[(SortField, Direction)],
    after: &Position,
) -> Option<Vec<Condition<webhook_events::table>>> {
    let step = |field: SortField, direction: Direction, value: &str| {
        Some(match field {
            SortField::ReceivedAt => step!(
                webhook_events::received_at,
                direction,
                timestamp::from_cursor(value)?
            ),
            SortField::State => step!(webhook_events::state, direction, value.to_owned()),
        })
    };
    let steps = || {
        let fields = sort.iter().zip(&after.values);
        fields
            .map(|((field, direction), value)| step(*field, *direction, value))
            .collect()
    };
    keyset::ranges(steps, || Box::new(webhook_events::id.gt(after.id.clone())))
}
