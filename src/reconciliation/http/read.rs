//! `GET /v1/reconciliation/runs/{id}`.

use super::shapes::{Detailed, ShownFinding};
use crate::{
    ids::ReconciliationId, operation::prelude::*, reconciliation::store, store::StoreError,
};

/// The maximum number of entries in an answer. A run with more entries usually means that Apruve was unreachable.
const MOST_FINDINGS: i64 = 1000;

#[utoipa::path(
    summary = "Read a reconciliation run",
    description = "Returns the progress of the run, the payments that differed, and the objects at Apruve that no payment explains.",
    responses((status = 200, description = "The run.", body = Detailed)),
)]
#[get("/v1/reconciliation/runs/{id}")]
pub(super) async fn get_reconciliation_run(
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
