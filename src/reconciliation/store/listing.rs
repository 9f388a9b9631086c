//! Lists runs a page at a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::row::Row;
use crate::{
    http::pagination::{Direction, Page, Position},
    reconciliation::run::{Run, State, Trigger},
    store::{Conn, MultiBackend, StoreError, keyset, schema::reconciliation_runs, timestamp},
};

/// What runs are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByStart;

/// What a list can be narrowed to; everything given must hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub trigger: Option<Trigger>,
    pub state: Option<State>,
}

/// One page, and one row more where there is one.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    page: &Page<ByStart>,
) -> Result<Vec<Run>, StoreError> {
    let direction = page
        .sort
        .first()
        .map_or(Direction::Descending, |(ByStart, direction)| *direction);
    let mut query = narrowed(filter).limit(page.limit + 1);
    if let Some((moment, id)) = page.after.as_ref().and_then(read_position) {
        let step = keyset::step!(reconciliation_runs::started_at, direction, moment);
        let last = Box::new(reconciliation_runs::id.gt(id));
        query = query.filter(keyset::after(vec![step], last));
    }
    query = match direction {
        Direction::Ascending => query.order(reconciliation_runs::started_at.asc()),
        Direction::Descending => query.order(reconciliation_runs::started_at.desc()),
    };
    let rows: Vec<Row> = query
        .then_order_by(reconciliation_runs::id.asc())
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Run::try_from).collect()
}

/// How many there are in all.
pub fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

/// Where a page that ends with this run ends.
pub fn position(last: &Run) -> Position {
    Position {
        values: vec![timestamp::to_cursor(last.started_at)],
        id: last.id.to_string(),
    }
}

/// Whether the page's cursor is one of ours.
pub fn has_readable_cursor(page: &Page<ByStart>) -> bool {
    page.after
        .as_ref()
        .is_none_or(|after| read_position(after).is_some())
}

fn read_position(after: &Position) -> Option<(NaiveDateTime, String)> {
    let moment = timestamp::from_cursor(after.values.first()?)?;
    Some((moment, after.id.clone()))
}

fn narrowed(filter: &Filter) -> reconciliation_runs::BoxedQuery<'static, MultiBackend> {
    let mut query = reconciliation_runs::table.into_boxed();
    if let Some(trigger) = filter.trigger {
        query = query.filter(reconciliation_runs::trigger.eq(trigger.as_str()));
    }
    if let Some(state) = filter.state {
        query = query.filter(reconciliation_runs::state.eq(state.as_str()));
    }
    query
}
