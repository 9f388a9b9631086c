//! `POST /v1/payments/{id}/sync`.

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Bytes, Data, Path},
};

use super::{
    create::shown,
    operation_bodies::NoFields,
    payment_id,
    request::{context, without_fields},
    shapes::PaymentShape,
};
use crate::{
    auth::{Caller, scope},
    http::{
        openapi::{Guarded, OnPayment},
        problem::Problem,
    },
    payments::PaymentService,
};

#[utoipa::path(
    tag = "Payments",
    summary = "Compare a payment with Apruve now",
    description = "Reads the order, its invoices, shipments and returns from Apruve, and updates the payment. Unknown results are resolved. Unexplained differences are in `findings`. Attempts to pay the same order that ended in the last 120 days are read back, too. Offline methods have nothing to be compared with.",
    params(
        ("id" = String, Path, description = "The payment's id.", example = "payment_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, description = "Required, as for every POST under `/v1/payments`."),
    ),
    request_body(content = Option<NoFields>, content_type = "application/json", example = json!({})),
    responses(
        Guarded,
        OnPayment,
        (status = 200, description = "The payment as it is now.", body = PaymentShape),
    ),
    security(("bearer" = ["payments:settle"])),
)]
#[post("/v1/payments/{id}/sync")]
pub(super) async fn sync_payment(
    caller: Caller<scope::PaymentsSettle>,
    request: HttpRequest,
    id: Path<String>,
    bytes: Bytes,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    context(&request, caller.subject(), &bytes, &service)?;
    let id = payment_id(&id)?;
    without_fields(&bytes)?;
    let ledger = service.sync_attempts(id).await?;
    Ok(HttpResponse::Ok().json(shown(&service, &ledger).await?))
}
