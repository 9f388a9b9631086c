//! `POST /v1/payments/{id}/cancel`.

use actix_web::{
    HttpResponse, post,
    web::{Bytes, Data, Path},
};

use super::{
    answer,
    operation_bodies::Cancellation as CancellationBody,
    request::{Body, MAX_REASON},
    shapes::PaymentShape,
    visible,
};
use crate::{
    auth::{Scope, scope},
    http::{
        openapi::{OnPayment, RequiredKey},
        problem::Problem,
        request_body::JsonText,
    },
    idempotency::Key,
    operation::{Call, Write},
    payments::{
        PaymentService,
        abandon::{Cancellation, Extent},
        ledger::Ledger,
        operations::cancel,
        service::CallerContext,
    },
};

#[utoipa::path(
    tag = "Payments",
    summary = "Cancel a payment, or the rest of it",
    description = "Cancels what is not invoiced. With `scope` `all`, cancels every invoice first, unless one is paid, funded or shipped. Once something is invoiced or captured this needs `payments:cancel`. Where Apruve keeps the order open because it has invoices, the rest is closed on our side only, which the transaction's `note` says. When a step is not known to have succeeded, the rest waits: send the same request again.",
    params(RequiredKey),
    request_body(content = Option<CancellationBody>, content_type = "application/json", example = json!({ "scope": "remainder", "reason": "The buyer changed their mind" })),
    responses(
        OnPayment,
        (status = 201, description = "It is canceled.", body = PaymentShape, headers(("Location" = String, description = "The payment's address."))),
        (status = 202, description = "The result of a step is not known yet; the service checks it with Apruve.", body = PaymentShape, headers(("Location" = String, description = "The payment's address."))),
    ),
    security(("bearer" = ["payments:cancel"]), ("bearer" = ["payments:write"])),
)]
#[post("/v1/payments/{id}/cancel")]
pub(super) async fn cancel_payment(
    call: Write<scope::Filtered<scope::CancelPayment>, JsonText, Key>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: key,
        body: JsonText(bytes),
        ..
    } = call;
    let context = CallerContext {
        websites: caller.websites().clone(),
        key,
        actor,
    };
    let id = visible(&service, &context.websites, &id).await?;
    let wanted = read(&bytes)?;
    let may = |ledger: &Ledger| match cancel::is_invoiced(ledger) {
        true => Ok(caller.require(Scope::PaymentsCancel)?),
        false => Ok(()),
    };
    answer::payment(
        &service,
        &service.abandon(id, &context, &wanted, may).await?,
    )
    .await
}

fn read(bytes: &Bytes) -> Result<Cancellation, Problem> {
    let body = Body::read(bytes)?;
    let fields = body.fields(&[]);
    let word = fields.optional_text("scope", 255);
    let extent = match word.as_deref() {
        None | Some("remainder") => Extent::Remainder,
        Some("all") => Extent::All,
        Some(other) => {
            let message = format!("`scope` must be remainder or all, not `{other}`.");
            fields.refuse("scope", "unknown_word", message);
            Extent::Remainder
        }
    };
    let reason = fields.optional_name("reason", MAX_REASON);
    fields.finish();
    body.finish(Cancellation { extent, reason })
}
