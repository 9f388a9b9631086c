//! `POST /v1/payments/{id}/refunds`.

use actix_web::{
    HttpResponse, post,
    web::{Bytes, Data, Path},
};

use super::{
    answer,
    operation_bodies::NewRefund,
    request::{Body, check_currency, parts},
    shapes::{TransactionShape, WithPayment},
    visible,
};
use crate::{
    auth::scope,
    http::{
        openapi::{OnPayment, RequiredKey},
        problem::{FieldError, Problem},
        request_body::JsonText,
    },
    idempotency::Key,
    ids::TransactionId,
    money::Currency,
    operation::Write,
    payments::{PaymentService, error::PaymentError, ledger::Ledger, operations::refund},
};

#[utoipa::path(
    tag = "Payments",
    summary = "Refund a payment",
    description = "Creates a return on an invoice at Apruve. The amount is at most the invoice amount less all returns, including those in progress. On an unpaid invoice it lowers the amount due. With an offline method, the shop pays the money back itself and records it here.",
    params(RequiredKey),
    request_body(content = NewRefund, content_type = "application/json",
        example = json!({ "invoiceId": "txn_01h455vb4pex5vsknk084sn02q", "amount": "25.00", "currency": "USD", "reason": "Damaged", "refundReference": "RMA-17" })),
    responses(
        OnPayment,
        (status = 201, description = "The refund is recorded.", body = WithPayment<TransactionShape>, headers(("Location" = String, description = "The payment's address."))),
        (status = 200, description = "Another request has created it, with the same `refundReference` and the same fields.", body = WithPayment<TransactionShape>, headers(("Location" = String, description = "The payment's address."))),
        (status = 202, description = "Whether Apruve has the return is not known yet; the service checks it with Apruve.", body = WithPayment<TransactionShape>, headers(("Location" = String, description = "The payment's address."))),
    ),
    security(("bearer" = ["payments:refund"])),
)]
#[post("/v1/payments/{id}/refunds")]
pub(super) async fn refund_payment(
    call: Write<scope::Filtered<scope::PaymentsRefund>, JsonText, Key>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (context, JsonText(bytes)) = parts(call);
    let id = visible(&service, &context.websites, &id).await?;
    let input = read(&bytes, service.ledger(id).await?.payment.currency)?;
    let done = service.operate_unless(
        id,
        &context,
        |ledger| refund::earlier(ledger, &input),
        |ledger, start| {
            check_invoice(ledger, input.invoice)?;
            refund::begin(ledger, &input, start)
        },
    );
    answer::transaction(&service, &done.await?).await
}

fn read(bytes: &Bytes, currency: Currency) -> Result<refund::NewRefund, Problem> {
    let body = Body::read(bytes)?;
    let fields = body.fields(&["amount"]);
    let invoice = fields.optional_text("invoiceId", 255);
    let invoice = invoice.and_then(|text| {
        let id = text.parse::<TransactionId>();
        id.inspect_err(|_| body.findings.push(no_invoice())).ok()
    });
    let reason = fields.optional_text("reason", 255);
    let refund_reference = fields.optional_text("refundReference", 255);
    fields.required("currency");
    check_currency(&fields, currency);
    fields.finish();
    let amount = body.amount(currency);
    if amount.is_none() && body.member("amount").is_none() {
        let message = "`amount` is required.";
        body.findings
            .push(FieldError::at("/amount", "required", message));
    }
    match amount {
        Some(amount) => {
            let key = body.given(refund_reference.as_deref(), "/refundReference");
            body.finish(refund::NewRefund {
                invoice,
                amount,
                reason,
                refund_reference,
                key,
            })
        }
        None => body.refuse(),
    }
}

fn check_invoice(ledger: &Ledger, invoice: Option<TransactionId>) -> Result<(), PaymentError> {
    match invoice {
        Some(id) if ledger.invoice(id).is_none() => Err(PaymentError::Invalid(vec![no_invoice()])),
        _ => Ok(()),
    }
}

fn no_invoice() -> FieldError {
    let message = "`invoiceId` must be the id of an invoice of this payment.";
    FieldError::at("/invoiceId", "unknown_invoice", message)
}
