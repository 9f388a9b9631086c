//! `POST /v1/payments/{id}/invoices/{txn}/issue` and `…/cancel`.

use actix_web::{
    HttpResponse, post,
    web::{Bytes, Data, Path},
};

use super::{
    answer,
    invoice_shapes::InvoiceShape,
    operation_bodies::{InvoiceCancellation, NoFields},
    request::{Body, MAX_REASON, parts, transaction_id, without_fields},
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
    payments::{PaymentService, operations::invoice},
};

#[utoipa::path(
    tag = "Payments",
    summary = "Issue a pending invoice",
    description = "From then on the buyer owes its amount.",
    params(RequiredKey),
    request_body(content = Option<NoFields>, content_type = "application/json", example = json!({})),
    responses(
        OnPayment,
        (status = 201, description = "It is issued.", body = WithPayment<InvoiceShape>, headers(("Location" = String, description = "The payment's address."))),
        (status = 202, description = "Whether it is issued is not known yet; the service checks it with Apruve.", body = WithPayment<InvoiceShape>, headers(("Location" = String, description = "The payment's address."))),
    ),
    security(("bearer" = ["payments:invoice"])),
)]
#[post("/v1/payments/{id}/invoices/{txn}/issue")]
pub(super) async fn issue_invoice(
    call: Write<scope::Filtered<scope::PaymentsInvoice>, JsonText, Key>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (context, JsonText(bytes)) = parts(call);
    let (id, txn) = (
        visible(&service, &context.websites, &path.0).await?,
        transaction_id(&path.1)?,
    );
    without_fields(&bytes)?;
    let done = service.operate(id, &context, |ledger, start| {
        invoice::issue(ledger, txn, start)
    });
    answer::invoice(&service, &done.await?).await
}

#[utoipa::path(
    tag = "Payments",
    summary = "Cancel an invoice",
    description = "Its amount may be invoiced again. An invoice that is paid, funded or shipped must be refunded instead.",
    params(RequiredKey),
    request_body(content = Option<InvoiceCancellation>, content_type = "application/json", example = json!({ "reason": "Billed to the wrong branch" })),
    responses(
        OnPayment,
        (status = 201, description = "It is canceled.", body = WithPayment<InvoiceShape>, headers(("Location" = String, description = "The payment's address."))),
        (status = 202, description = "Whether it is canceled is not known yet; the service checks it with Apruve.", body = WithPayment<InvoiceShape>, headers(("Location" = String, description = "The payment's address."))),
    ),
    security(("bearer" = ["payments:cancel"])),
)]
#[post("/v1/payments/{id}/invoices/{txn}/cancel")]
pub(super) async fn cancel_invoice(
    call: Write<scope::Filtered<scope::PaymentsCancel>, JsonText, Key>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (context, JsonText(bytes)) = parts(call);
    let (id, txn) = (
        visible(&service, &context.websites, &path.0).await?,
        transaction_id(&path.1)?,
    );
    let reason = read_reason(&bytes)?;
    let done = service.operate(id, &context, |ledger, start| {
        invoice::cancel(ledger, txn, reason.as_deref(), start)
    });
    answer::invoice(&service, &done.await?).await
}

fn read_reason(bytes: &Bytes) -> Result<Option<String>, Problem> {
    let body = Body::read(bytes)?;
    let fields = body.fields(&[]);
    let reason = fields.optional_name("reason", MAX_REASON);
    fields.finish();
    body.finish(reason)
}
