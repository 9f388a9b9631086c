//! `POST /v1/payments/{id}/invoices/{txn}/issue`, `…/cancel` and `…/close`.

use super::{invoice_shapes::InvoiceShape, prelude::*};
use crate::payments::operations::{
    close::{ClosingOutcome, NewClosing},
    invoice,
};

#[utoipa::path(
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
    call: Post<scope::PaymentsInvoice>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Answer {
    let (payment, body, _) = open(&service, call, &path.0).await?;
    let invoice = transaction_id(&path.1)?;
    body.read(&payment, NoFields::read)?;
    let issue = act(move |ledger, start| invoice::issue(ledger, invoice, start));
    answer::invoice(&service, payment.operate(issue).await?).await
}

declare_body! {
    by ObjectReader<'_>;

    /// Why an invoice is given up; the body may as well be left out.
    #[serde(deny_unknown_fields)]
    InvoiceCancellation {
        /// Kept with the transaction and in the audit log.
        #[schema(max_length = 1000, example = "Billed to the wrong branch")]
        reason: Option<String> = optional_name("reason", MAX_REASON),
    }
}

#[utoipa::path(
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
    call: Post<scope::PaymentsCancel>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Answer {
    let (payment, body, _) = open(&service, call, &path.0).await?;
    let invoice = transaction_id(&path.1)?;
    let InvoiceCancellation { reason } = body.read(&payment, InvoiceCancellation::read)?;
    let cancel =
        act(move |ledger, start| invoice::cancel(ledger, invoice, reason.as_deref(), start));
    answer::invoice(&service, payment.operate(cancel).await?).await
}

declare_body! {
    by ObjectReader<'_>;

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
