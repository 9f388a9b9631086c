//! `POST /v1/payments/{id}/invoices/{txn}/close`.

use actix_web::{
    HttpResponse, post,
    web::{Bytes, Data, Path},
};

use super::{
    answer,
    invoice_shapes::InvoiceShape,
    operation_bodies::Closing,
    request::{Body, parts, transaction_id},
    shapes::WithPayment,
    visible,
};
use crate::{
    auth::scope,
    http::{
        openapi::{OnPayment, RequiredKey},
        problem::Problem,
        request_body::JsonText,
    },
    idempotency::Key,
    operation::Write,
    payments::{
        PaymentService,
        operations::close::{ClosingOutcome, NewClosing},
    },
};

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
    call: Write<scope::Filtered<scope::PaymentsInvoice>, JsonText, Key>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (context, JsonText(bytes)) = parts(call);
    let (id, txn) = (
        visible(&service, &context.websites, &path.0).await?,
        transaction_id(&path.1)?,
    );
    let input = read(&bytes)?;
    answer::invoice(
        &service,
        &service.close_invoice(id, &context, txn, &input).await?,
    )
    .await
}

fn read(bytes: &Bytes) -> Result<NewClosing, Problem> {
    let body = Body::read(bytes)?;
    let fields = body.fields(&[]);
    let outcome = fields.text("outcome", 1, 255);
    let outcome = outcome.and_then(|word| match word.as_str() {
        "paid" => Some(ClosingOutcome::Paid),
        "written_off" => Some(ClosingOutcome::WrittenOff),
        other => {
            let message = format!("`outcome` must be paid or written_off, not `{other}`.");
            fields.refuse("outcome", "unknown_word", message);
            None
        }
    });
    let reason = fields.optional_text("reason", 500);
    fields.finish();
    match outcome {
        Some(outcome) => body.finish(NewClosing { outcome, reason }),
        None => body.refuse(),
    }
}
