//! `POST /v1/reconciliation/runs`.

use crate::{
    jobs::Wakeup,
    operation::prelude::*,
    reconciliation::{Comparison, run::Run, start},
};

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
pub(super) async fn start_reconciliation_run(
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
