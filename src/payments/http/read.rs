//! `GET /v1/payments/{id}`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};

use super::{create::shown, payment_id, shapes::PaymentShape};
use crate::{
    auth::{Caller, scope},
    findings,
    http::{
        openapi::{Guarded, OnOne},
        pagination::Query,
        precondition,
        problem::Problem,
    },
    payments::PaymentService,
};

#[utoipa::path(
    tag = "Payments",
    operation_id = "get_payment",
    summary = "Read a payment",
    description = "With its invoices, transactions and totals, as stored in this service. `sync` reads them from Apruve.",
    params(("id" = String, Path, description = "The payment's id.", example = "payment_01h455vb4pex5vsknk084sn02q")),
    responses(
        Guarded,
        OnOne,
        (status = 200, description = "The payment.", body = PaymentShape,
            headers(("ETag" = String, description = "Its version, and the state of its findings."))),
        (status = 304, description = "The ETag in `If-None-Match` is current."),
    ),
    security(("bearer" = ["payments:read"])),
)]
#[get("/v1/payments/{id}")]
pub(super) async fn get_payment(
    _caller: Caller<scope::PaymentsRead>,
    request: HttpRequest,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let id = payment_id(&id)?;
    Query::of(&request)?.finish()?;
    let ledger = service.ledger(id).await?;
    let state = findings::state_of(ledger.payment.version, ledger.findings());
    let etag = precondition::tag(&state);
    if precondition::has_tag(&request, &state) {
        return Ok(HttpResponse::NotModified().insert_header(etag).finish());
    }
    let mut response = HttpResponse::Ok();
    response.insert_header(etag);
    Ok(response.json(shown(&service, &ledger).await?))
}
