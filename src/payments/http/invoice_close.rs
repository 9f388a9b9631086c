//! `POST /v1/payments/{id}/invoices/{txn}/close`.

use actix_web::{
    post,
    web::{Data, Path},
};

use super::{
    answer,
    declare_body::declare_body,
    invoice_shapes::InvoiceShape,
    request::{Answer, Post, open, transaction_id},
    shapes::WithPayment,
};
use crate::{
    auth::scope,
    http::openapi::{OnPayment, RequiredKey},
    payments::{
        PaymentService,
        operations::close::{ClosingOutcome, NewClosing},
    },
};

declare_body! {
    /// How an invoice ended that the shop finances itself.
    #[serde(deny_unknown_fields)]
    Closing {
        /// How the invoice ended outside Apruve.
        outcome: ClosingOutcome = word("outcome"),
        /// Kept with the transaction.
        #[schema(max_length = 500, example = "Bank transfer of 3 March")]
        reason: Option<String> = optional_text("reason", 500),
    }
}

#[utoipa::path(
    tag = "Payments",
    summary = "Close an invoice as paid or written off",
    description = "For accounts with `financing: self`, whose buyers may pay in a way that Apruve does not see. `paid` records the amount due as a capture, `written_off` records it as a cancellation. The invoice is closed at Apruve.",
    params(RequiredKey),
    request_body(content = Closing, content_type = "application/json",
        example = json!({ "outcome": "paid", "reason": "Bank transfer of 3 March" })),
    responses(
        OnPayment,
        (status = 201, description = "It is closed.", body = WithPayment<InvoiceShape>, headers(("Location" = String, description = "The payment's address."))),
        (status = 202, description = "Whether it is closed is not known yet; the service checks it with Apruve.", body = WithPayment<InvoiceShape>, headers(("Location" = String, description = "The payment's address."))),
    ),
    security(("bearer" = ["payments:invoice"])),
)]
#[post("/v1/payments/{id}/invoices/{txn}/close")]
pub(super) async fn close_invoice(
    call: Post<scope::PaymentsInvoice>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Answer {
    let (payment, body, _) = open(&service, call, &path.0).await?;
    let invoice = transaction_id(&path.1)?;
    let Closing { outcome, reason } = body.read(&payment, Closing::read)?;
    let input = NewClosing { outcome, reason };
    answer::invoice(&service, payment.close_invoice(invoice, input).await?).await
}
