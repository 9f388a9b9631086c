//! The HTTP operations of runs.

mod shapes;

use self::shapes::{Detailed, ShownFinding};
use super::{
    Comparison,
    run::Run,
    start::{self, NotStarted},
    store::{self, RunFilter},
};
use crate::{
    http::routing::Routes, ids::ReconciliationId, jobs::Wakeup, operation::prelude::*,
    store::StoreError,
};

/// The maximum number of entries in an answer. A run with more entries usually means that the provider was unreachable.
const MOST_FINDINGS: i64 = 1000;

/// Registers the routes of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(list_reconciliation_runs)
        .routing(start_reconciliation_run)
        .routing(get_reconciliation_run);
}

impl From<NotStarted> for Problem {
    fn from(not_started: NotStarted) -> Self {
        match not_started {
            NotStarted::Forgotten => Problem::new(
                Kind::NotFound,
                "The run that this Idempotency-Key began is not kept any more.",
            ),
            NotStarted::KeyReused(reused) => reused.into(),
            NotStarted::Store(error) => error.into(),
        }
    }
}

#[utoipa::path(
    summary = "List reconciliation runs",
    description = "Lists the runs, newest first unless `sort` says otherwise.",
    params(RunFilter),
    responses((status = 200, description = "A page.", body = Listed<Run>)),
)]
#[get("/v1/reconciliation/runs")]
async fn list_reconciliation_runs(
    _caller: Caller<scope::PaymentsRead>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (filter, page) = RunFilter::of(&request)?;
    let found = store
        .for_lists("reconciliation")
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond(&request, &page, found, Run::from))
}

#[utoipa::path(
    summary = "Compare all open payments with Apruve now",
    description = "Compares all open payments with Apruve, and the attempts that ended in the last 120 days, because Apruve may have an order for one of them. The run is carried out in the background. `Location` is the path of the run. If a requested run is already in progress, that run is returned.",
    params(OptionalKey),
    responses(
        (status = 202, description = "The run is in progress.", body = Run, headers(("Location" = String, description = "The path of the run."))),
        (status = 404, description = "`/problems/not-found`: the run that an earlier request with this key started is no longer kept."),
    ),
    security(("bearer" = ["payments:settle"])),
)]
#[post("/v1/reconciliation/runs")]
async fn start_reconciliation_run(
    call: Write<scope::PaymentsSettle, Empty>,
    store: Data<Store>,
    wakeup: Data<Wakeup<Comparison>>,
) -> Result<HttpResponse, Problem> {
    let done = start::start(&store, call.actor, call.header).await?;
    wakeup.ring();
    let location = format!("/v1/reconciliation/runs/{}", done.value.id);
    let reply = Reply::accepted().location(location).replayed(done.replayed);
    Ok(reply.json(done.value))
}

#[utoipa::path(
    summary = "Read a reconciliation run",
    description = "Returns the progress of the run, the payments that differed, and the objects at Apruve that no payment explains.",
    responses((status = 200, description = "The run.", body = Detailed)),
)]
#[get("/v1/reconciliation/runs/{id}")]
async fn get_reconciliation_run(
    _read: Read<scope::PaymentsRead>,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::new(Kind::NotFound, "There is no such reconciliation run.");
    let id: ReconciliationId = id.parse().map_err(|_| unknown())?;
    let read = store
        .snapshot(move |conn| {
            let Some(run) = store::find(conn, id)? else {
                return Ok::<_, StoreError>(None);
            };
            let found = store::list_found(conn, id, MOST_FINDINGS)?;
            Ok(Some((run, found, store::count_found(conn, id)?)))
        })
        .await?;
    let (run, found, finding_count) = read.ok_or_else(unknown)?;
    Ok(HttpResponse::Ok().json(Detailed {
        run,
        findings: found.into_iter().map(ShownFinding::from).collect(),
        finding_count,
    }))
}
