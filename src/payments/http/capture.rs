//! `POST /v1/payments/{id}/capture`.

use chrono::{DateTime, Utc};

use super::prelude::*;
use crate::{
    money::Currency,
    payments::operations::capture::{ReceivedMoney, capture},
};

declare_body! {
    by ObjectReader<'_>;

    /// Money received on an offline method.
    #[serde(deny_unknown_fields)]
    NewCapture {
        /// All that is due when it is left out.
        #[schema(value_type = Option<Amount>)]
        amount: Option<i64> = amount(),
        /// The payment's currency.
        #[schema(value_type = Option<Currency>)]
        currency: Option<String> = currency(),
        /// The shop's own name for it, such as the number of a check.
        #[schema(max_length = 255, example = "CHK-1")]
        reference: Option<String> = optional_name("reference", 255),
        /// When the money was received; not in the future.
        received_at: Option<DateTime<Utc>> = past_instant("receivedAt", "the money came"),
        /// What a person should know about the money.
        #[schema(max_length = 1000, example = "Two checks in one letter")]
        note: Option<String> = optional_name("note", 1000),
    }
}

#[utoipa::path(
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
    call: Post<scope::PaymentsCapture>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Answer {
    let (payment, body, _) = open(&service, call, &id).await?;
    let body = body.read(&payment, NewCapture::read)?;
    let money = ReceivedMoney {
        amount: body.amount,
        reference: body.reference,
        received_at: body.received_at,
        note: body.note,
    };
    let capture = act(move |ledger, start| capture(ledger, &money, start.by));
    answer::transaction(&service, payment.operate(capture).await?).await
}
