//! `GET /v1/reconciliation/runs`.

use crate::{
    operation::prelude::*,
    reconciliation::{
        run::Run,
        store::{self, RunFilter},
    },
};

#[utoipa::path(
    summary = "List reconciliation runs",
    description = "Lists the runs, newest first unless `sort` says otherwise.",
    params(RunFilter),
    responses((status = 200, description = "A page.", body = Listed<Run>)),
)]
#[get("/v1/reconciliation/runs")]
pub(super) async fn list_reconciliation_runs(
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
