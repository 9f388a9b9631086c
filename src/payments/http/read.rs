//! `GET /v1/payments/{id}`.

use super::{answer::shown, request::payment_id, shapes::PaymentShape};
use crate::{findings, operation::prelude::*, payments::PaymentService};

#[utoipa::path(
    operation_id = "get_payment",
    summary = "Read a payment",
    description = "With its invoices, transactions and totals, as stored in this service. `sync` reads them from Apruve.",
    params(IfNoneMatch),
    responses((status = 200, description = "The payment.", body = PaymentShape, headers(("ETag" = String, description = "Its version, and the state of its findings.")))),
)]
#[get("/v1/payments/{id}")]
pub(super) async fn get_payment(
    read: Read<scope::Filtered<scope::PaymentsRead>>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let payment = service.load(payment_id(&id)?, read.caller.websites());
    let payment = payment.await?;
    let ledger = &payment.ledger;
    let state = findings::state_of(ledger.payment.version, ledger.findings());
    if let Some(not_modified) = reply::not_modified(&read.request, &state) {
        return Ok(not_modified);
    }
    let shown = shown(&service, &payment).await?;
    Ok(Reply::ok().state(&state).json(shown))
}
