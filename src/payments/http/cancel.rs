//! `POST /v1/payments/{id}/cancel`.

use std::rc::Rc;

use super::prelude::*;
use crate::{
    auth::Scope,
    payments::{abandon::Extent, ledger::Ledger, operations::cancel::is_invoiced},
};

declare_body! {
    by ObjectReader<'_>;

    /// How much is to be given up.
    #[serde(deny_unknown_fields)]
    Cancellation {
        /// What to cancel: the part that is not invoiced when it is left out.
        scope: Option<Extent> = optional_word("scope"),
        /// Kept with each transaction of it.
        #[schema(max_length = 1000, example = "The buyer changed their mind")]
        reason: Option<String> = optional_name("reason", MAX_REASON),
    }
}

#[utoipa::path(
    summary = "Cancel a payment, or the rest of it",
    description = "Cancels what is not invoiced. With `scope` `all`, cancels every invoice first, unless one is paid, funded or shipped. Once something is invoiced or captured this needs `payments:cancel`. Where Apruve keeps the order open because it has invoices, the rest is closed on our side only, which the transaction's `note` says. When a step is not known to have succeeded, the rest waits: send the same request again.",
    params(RequiredKey),
    request_body(content = Option<Cancellation>, content_type = "application/json", example = json!({ "scope": "remainder", "reason": "The buyer changed their mind" })),
    responses(
        OnPayment,
        (status = 201, description = "It is canceled.", body = PaymentShape, headers(("Location" = String, description = "The payment's address."))),
        (status = 202, description = "The result of a step is not known yet; the service checks it with Apruve.", body = PaymentShape, headers(("Location" = String, description = "The payment's address."))),
    ),
    security(("bearer" = ["payments:cancel"]), ("bearer" = ["payments:write"])),
)]
#[post("/v1/payments/{id}/cancel")]
pub(super) async fn cancel_payment(
    call: Post<scope::CancelPayment>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Answer {
    let (payment, body, caller) = open(&service, call, &id).await?;
    let body = body.read(&payment, Cancellation::read)?;
    let extent = body.scope.unwrap_or(Extent::Remainder);
    let may = move |ledger: &Ledger| match is_invoiced(ledger) {
        true => Ok(caller.require(Scope::PaymentsCancel)?),
        false => Ok(()),
    };
    let done = payment.abandon(extent, body.reason, Rc::new(may)).await?;
    answer::payment(&service, done).await
}
