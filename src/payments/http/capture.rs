//! `POST /v1/payments/{id}/capture`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};

use chrono::{DateTime, Utc};

use super::{
    answer,
    operation_bodies::NewCapture,
    request::{Body, check_currency, parts},
    shapes::{TransactionShape, WithPayment},
    visible,
};
use crate::{
    auth::scope,
    http::{
        body::Fields,
        openapi::{OnPayment, RequiredKey},
        problem::Problem,
        request_body::JsonText,
    },
    idempotency::Key,
    operation::Write,
    payments::{
        PaymentService,
        operations::capture::{self, ReceivedMoney},
    },
};

#[utoipa::path(
    tag = "Payments",
    summary = "Record money received through an offline method",
    description = "Without a body, the whole amount due is recorded. `GET /v1/payments?reference=` finds the payment by `reference`, such as the number of a check. For Apruve invoices, the service records the payments of Apruve by itself.",
    params(RequiredKey),
    request_body(content = Option<NewCapture>, content_type = "application/json", example = json!({ "amount": "100.00", "currency": "USD", "reference": "CHK-1", "receivedAt": "2026-11-25T10:00:00Z", "note": "Two checks in one letter" })),
    responses(
        OnPayment,
        (status = 201, description = "The capture is recorded.", body = WithPayment<TransactionShape>, headers(("Location" = String, description = "The payment's address."))),
    ),
    security(("bearer" = ["payments:capture"])),
)]
#[post("/v1/payments/{id}/capture")]
pub(super) async fn capture_payment(
    call: Write<scope::Filtered<scope::PaymentsCapture>, JsonText, Key>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (context, JsonText(bytes)) = parts(call);
    let id = visible(&service, &context.websites, &id).await?;
    let currency = service.ledger(id).await?.payment.currency;
    let body = Body::read(&bytes)?;
    let fields = body.fields(&["amount"]);
    check_currency(&fields, currency);
    let money = ReceivedMoney {
        amount: None,
        reference: fields.optional_name("reference", 255),
        received_at: received_at(&fields, service.clock().now()),
        note: fields.optional_name("note", 1000),
    };
    fields.finish();
    let money = ReceivedMoney {
        amount: body.amount(currency),
        ..money
    };
    let money = body.finish(money)?;
    let done = service.operate(id, &context, |ledger, start| {
        capture::capture(ledger, &money, start.by)
    });
    answer::transaction(&service, &done.await?).await
}

/// When the money came, which has been.
fn received_at(fields: &Fields<'_>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let at = fields.instant("receivedAt")?;
    if at > now {
        let message =
            format!("`receivedAt` is in the future: {at}. Give the moment the money came.");
        fields.refuse("receivedAt", "in_the_future", message);
    }
    Some(at)
}
