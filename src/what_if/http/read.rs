//! `GET /v1/payment-rules/what-if/{id}`.

use std::collections::HashMap;

use super::shapes::ShownWhatIf;
use crate::{
    ids::WhatIfId,
    operation::prelude::*,
    recording,
    seal::Sealer,
    store::StoreError,
    what_if::{store, trial::WhatIfStatus},
};

#[utoipa::path(
    summary = "Read a trial of rules",
    description = "Returns the progress of the trial and, when it is finished, the carts that each payment method would gain and lose. An example shows the recorded part of a cart. A cart that was erased or forgotten in the meantime is left out of the examples.",
    responses((status = 200, description = "The trial.", body = ShownWhatIf)),
    security(("bearer" = ["rules:write"])),
)]
#[get("/v1/payment-rules/what-if/{id}")]
pub(super) async fn get_what_if(
    _read: Read<scope::RulesWrite>,
    id: Path<String>,
    store: Data<Store>,
    sealer: Data<Sealer>,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::new(Kind::NotFound, "There is no such trial of rules.");
    let id: WhatIfId = id.parse().map_err(|_| unknown())?;
    let found = store
        .for_lists("what-if")
        .snapshot(move |conn| {
            let Some(trial) = store::find(conn, id)? else {
                return Ok::<_, StoreError>(None);
            };
            let rows = match trial.status {
                WhatIfStatus::Finished => recording::load(conn, &trial.read_tally().examples())?,
                WhatIfStatus::Running | WhatIfStatus::Failed => Vec::new(),
            };
            Ok(Some((trial, rows)))
        })
        .await?;
    let (trial, rows) = found.ok_or_else(unknown)?;
    let sealer = sealer.into_inner();
    let shown = web::block(move || {
        let rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        let is_finished = trial.status == WhatIfStatus::Finished;
        ShownWhatIf::of(trial, is_finished.then_some((&rows, &*sealer)))
    });
    Ok(HttpResponse::Ok().json(shown.await.map_err(Problem::internal)?))
}
