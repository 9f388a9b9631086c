//! `POST /v1/payments/{id}/capture`.

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Bytes, Data, Path},
};

use super::{
    answer,
    operation_bodies::NewCapture,
    payment_id,
    request::{Body, asked, check_currency},
    shapes::{TransactionShape, WithPayment},
};
use crate::{
    auth::{Caller, scope},
    openapi::{Guarded, OnPayment},
    payments::{Desk, operations::capture},
    problem::Problem,
};

#[utoipa::path(
    tag = "Payments",
    summary = "Book money that came on an offline method",
    description = "Without a body it is all that is due. Apruve pays its invoices itself, and the service hears of it.",
    params(
        ("id" = String, Path, description = "The payment's id.", example = "payment_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, description = "The same request with the same key is one operation, for 24 hours."),
    ),
    request_body(content = Option<NewCapture>, content_type = "application/json", example = json!({ "amount": "100.00", "currency": "USD" })),
    responses(
        Guarded,
        OnPayment,
        (status = 201, description = "It is booked.", body = WithPayment<TransactionShape>,
            headers(("Location" = String, description = "The payment's address."), ("Idempotent-Replayed" = Option<String>, description = "`true` when an earlier request did it."))),
    ),
    security(("bearer" = ["payments:settle"])),
)]
#[post("/v1/payments/{id}/capture")]
pub(super) async fn capture_payment(
    caller: Caller<scope::PaymentsSettle>,
    request: HttpRequest,
    id: Path<String>,
    bytes: Bytes,
    desk: Data<Desk>,
) -> Result<HttpResponse, Problem> {
    let asked = asked(&request, caller.subject(), &bytes, &desk)?;
    let id = payment_id(&id)?;
    let currency = desk.ledger(id).await?.payment.currency;
    let body = Body::read(&bytes)?;
    let fields = body.fields(&["amount"]);
    check_currency(&fields, currency);
    fields.finish();
    let amount = body.amount(currency);
    let amount = body.finish(amount)?;
    let done = desk.operate(id, &asked, |ledger, intent| {
        capture::capture(ledger, amount, intent.by)
    });
    answer::transaction(&done.await?)
}
