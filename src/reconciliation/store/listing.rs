//! Lists runs a page at a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::{
    http::pagination::{Page, Period, Position},
    reconciliation::run::{Run, RunState, Trigger},
    store::{
        Conn, MultiBackend, StoreError,
        keyset::{self, sorted, within},
        schema::reconciliation_runs,
    },
};

sorted! {
    /// The sort fields of the list.
    RunSort of reconciliation_runs by id as String {
        StartedAt = "startedAt": started_at as NaiveDateTime,
    }
}

/// The filters of the list; all that are set must match.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunFilter {
    pub trigger: Option<Trigger>,
    pub state: Option<RunState>,
    pub started: Period,
}

/// Reads one page, plus one row if there are more.
pub fn list(
    conn: &mut Conn,
    filter: &RunFilter,
    page: &Page<RunSort>,
) -> Result<Vec<(Position, Run)>, StoreError> {
    keyset::page_of!(conn, page, narrowed(filter), Run)
}

/// Counts all matching rows.
pub fn count(conn: &mut Conn, filter: &RunFilter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

fn narrowed(filter: &RunFilter) -> reconciliation_runs::BoxedQuery<'static, MultiBackend> {
    let mut query = reconciliation_runs::table.into_boxed();
    if let Some(trigger) = filter.trigger {
        query = query.filter(reconciliation_runs::trigger.eq(trigger));
    }
    if let Some(state) = filter.state {
        query = query.filter(reconciliation_runs::state.eq(state));
    }
    within!(query, reconciliation_runs::started_at, filter.started)
}
