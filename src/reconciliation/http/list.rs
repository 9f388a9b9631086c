//! `GET /v1/reconciliation/runs`.

use crate::{
    operation::prelude::*,
    reconciliation::{
        run::{Run, RunState, Trigger},
        store::{self, RunFilter, RunSort},
    },
};

#[utoipa::path(
    summary = "List reconciliation runs",
    description = "Lists the runs, newest first unless `sort` says otherwise.",
    params(
        ("trigger" = Option<Trigger>, Query, description = "Only runs with this trigger."),
        ("state" = Option<RunState>, Query, description = "Only runs in this state."),
        ("startedFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only runs that started at or after this instant."),
        ("startedUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only runs that started before this instant."),
        PageParameters,
        ("sort" = Option<String>, Query, description = "`startedAt` or `-startedAt` (default).", example = "-startedAt"),
    ),
    responses((status = 200, description = "A page.", body = Listed<Run>)),
)]
#[get("/v1/reconciliation/runs")]
pub(super) async fn list_reconciliation_runs(
    _caller: Caller<scope::PaymentsRead>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let filter = RunFilter {
        trigger: query.parsed("trigger", "one of scheduled, caller", Trigger::parse),
        state: query.parsed("state", "one of running, finished, failed", RunState::parse),
        started: query.period("startedFrom", "startedUntil"),
    };
    let page = query.page(&[(RunSort::StartedAt, Direction::Descending)]);
    query.finish()?;
    let found = store
        .for_lists("reconciliation")
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond(&request, &page, found, Run::from))
}
