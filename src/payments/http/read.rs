//! `GET /v1/payments/{id}`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};

use super::{create::shown, payment_id, shapes::PaymentShape};
use crate::{
    auth::{Caller, scope},
    openapi::{Guarded, OnOne},
    pagination::Query,
    payments::Desk,
    precondition,
    problem::Problem,
};

#[utoipa::path(
    tag = "Payments",
    operation_id = "get_payment",
    summary = "Read a payment",
    description = "With its invoices, its transactions and what they add up to, as far as it is known here; `sync` asks Apruve.",
    params(("id" = String, Path, description = "The payment's id.", example = "payment_01h455vb4pex5vsknk084sn02q")),
    responses(
        Guarded,
        OnOne,
        (status = 200, description = "The payment.", body = PaymentShape,
            headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "It has the version that `If-None-Match` names."),
    ),
    security(("bearer" = ["payments:read"])),
)]
#[get("/v1/payments/{id}")]
pub(super) async fn get_payment(
    _caller: Caller<scope::PaymentsRead>,
    request: HttpRequest,
    id: Path<String>,
    desk: Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let id = payment_id(&id)?;
    Query::of(&request)?.finish()?;
    let ledger = desk.ledger(id).await?;
    let version = ledger.payment.version;
    if precondition::unchanged(&request, version) {
        return Ok(HttpResponse::NotModified()
            .insert_header(precondition::etag(version))
            .finish());
    }
    let mut response = HttpResponse::Ok();
    response.insert_header(precondition::etag(version));
    Ok(response.json(shown(&desk, &ledger).await?))
}
