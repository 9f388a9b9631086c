//! `POST /v1/reconciliation/runs`.

use actix_web::{HttpRequest, HttpResponse, http::header::LOCATION, post, web::Data};

use super::shapes::Shown;
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    http::{
        no_body::NoBody,
        openapi::{Guarded, Once},
        pagination::Query,
        problem::{Problem, ProblemBody},
    },
    idempotency::{Key, REPLAYED},
    jobs::Wakeup,
    reconciliation::{Comparison, start},
    store::Store,
};

#[utoipa::path(
    tag = "Reconciliation",
    summary = "Compare all open payments with Apruve now",
    description = "Includes attempts that ended in the last 120 days, since Apruve may have an order for one. Runs in the background; `Location` is the path of the run. If a requested run is already running, that run is returned.",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "The same request with the same key is one operation, for 24 hours.")),
    responses(
        Guarded,
        Once,
        (status = 202, description = "It is running.", body = Shown,
            headers(
                ("Location" = String, description = "The path of the run."),
                ("Idempotent-Replayed" = Option<String>, description = "`true` when an earlier request started it."),
            )),
        (status = 404, description = "`/problems/not-found`: the run that an earlier request with this key started is not kept any more.",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = ["payments:settle"])),
)]
#[post("/v1/reconciliation/runs")]
pub(super) async fn start_reconciliation_run(
    caller: Caller<scope::PaymentsSettle>,
    request: HttpRequest,
    store: Data<Store>,
    clock: Data<Clock>,
    wakeup: Data<Wakeup<Comparison>>,
    body: NoBody,
) -> Result<HttpResponse, Problem> {
    Query::of(&request)?.finish()?;
    body.check(&request)?;
    let key = Key::read(&request, caller.subject(), b"")?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let done = start::start(&store, actor, key).await?;
    wakeup.ring();
    let mut response = HttpResponse::Accepted();
    let location = format!("/v1/reconciliation/runs/{}", done.value.id);
    response.insert_header((LOCATION, location));
    if done.replayed {
        response.insert_header((REPLAYED.clone(), "true"));
    }
    Ok(response.json(Shown::from(done.value)))
}
