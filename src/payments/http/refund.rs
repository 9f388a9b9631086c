//! `POST /v1/payments/{id}/refunds`.

use super::prelude::*;
use crate::{ids::TransactionId, money::Currency, payments::operations::refund};

declare_body! {
    by ObjectReader<'_>;

    /// Money to be given back, or not to be asked for any more.
    #[serde(deny_unknown_fields)]
    NewRefund {
        /// The invoice it is taken off. Only offline methods have none.
        #[schema(value_type = Option<String>, example = "txn_01h455vb4pex5vsknk084sn02q")]
        invoice_id: Option<TransactionId> = invoice_id(),
        /// How much is given back or taken off.
        #[schema(value_type = Amount)]
        amount: i64 = required_amount(),
        /// The payment's currency.
        #[schema(value_type = Currency)]
        currency: String = required_currency(),
        /// Why money is given back.
        #[schema(max_length = 255, example = "Damaged")]
        reason: Option<String> = optional_text("reason", 255),
        /// The shop's own number for it, unique within the invoice: the same number with the same fields is the same refund,
        /// whatever the `Idempotency-Key`.
        #[schema(max_length = 255, example = "RMA-17")]
        refund_reference: Option<String> = optional_text("refundReference", 255),
    }
}

#[utoipa::path(
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
    call: Post<scope::PaymentsRefund>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Answer {
    let (payment, body, _) = open(&service, call, &id).await?;
    let input = body.read(&payment, new_refund)?;
    answer::transaction(&service, payment.operate(input).await?).await
}

fn new_refund(reader: &ObjectReader<'_>) -> refund::NewRefund {
    let body = NewRefund::read(reader);
    refund::NewRefund {
        key: reader.given(body.refund_reference.as_deref(), "/refundReference"),
        invoice: body.invoice_id,
        amount: body.amount,
        reason: body.reason,
        refund_reference: body.refund_reference,
    }
}
