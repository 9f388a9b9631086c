//! Lists runs a page at a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::{
    http::pagination::{Page, Period, Position, list_filter},
    reconciliation::run::{Run, RunState, Trigger},
    store::{
        Conn, MultiBackend, StoreError,
        keyset::{self, equal, sorted, within},
        schema::reconciliation_runs,
    },
};

sorted! {
    /// The sort fields of the list.
    RunSort of reconciliation_runs by id as String {
        StartedAt = "startedAt": started_at as NaiveDateTime,
    }
}

list_filter! {
    /// The filters of the list; all that are set must match.
    RunFilter of RunSort by StartedAt Descending {
        /// Only runs with this trigger.
        trigger: Option<Trigger> = "trigger",
        /// Only runs in this state.
        state: Option<RunState> = "state",
        /// Only runs that started
        started: Period = "started",
    }
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
    let query = equal!(reconciliation_runs::table.into_boxed(), reconciliation_runs {
        trigger = filter.trigger,
        state = filter.state,
    });
    within!(query, reconciliation_runs::started_at, filter.started)
}
