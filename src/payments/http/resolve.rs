//! `POST /v1/payments/{id}/transactions/{txn}/resolve`.

use super::prelude::*;
use crate::{
    payments::operations::resolve::{ResolvedState, Verdict},
    providers::ProviderId,
};

declare_body! {
    by ObjectReader<'_>;

    /// The outcome of a transaction, as a person found out.
    #[serde(deny_unknown_fields)]
    Resolution {
        /// What the transaction's outcome was.
        state: ResolvedState = word("state"),
        /// How that is known.
        #[schema(
            min_length = 1,
            max_length = 500,
            example = "Apruve's support says that it was never made."
        )]
        reason: String = text("reason", 500),
        /// Apruve's id of the order, invoice, shipment or return; needed with `succeeded`. What has no id of its own needs none.
        #[schema(value_type = Option<String>, example = "9a9c3389fdc281b5c6c8d542a7e91ff6")]
        provider_id: Option<ProviderId> = provider_id("providerId"),
        /// Takes `failed` for an invoice or a refund although no complete listing without it was read.
        #[schema(value_type = Option<bool>, default = false)]
        force: bool = flag("force", false),
    }
}

#[utoipa::path(
    summary = "Resolve an unknown transaction",
    description = "Sets the result of a transaction with status `unknown`. The service first reads the transaction from Apruve again; if Apruve reports another result, that result is kept (409 `known-otherwise`). `succeeded` requires the id at Apruve; `failed` for an invoice or a refund requires a complete list without it, or `force`. The caller and the reason are recorded.",
    params(RequiredKey),
    request_body(content = Resolution, content_type = "application/json",
        example = json!({ "state": "failed", "reason": "Apruve's support says that it was never made." })),
    responses(
        OnPayment,
        (status = 409, description = "`/problems/known-otherwise`: Apruve reports another result, which is kept. `/problems/wrong-state`. `/problems/another-payment-is-live`. `/problems/conflict`. `/problems/still-running`."),
        (status = 200, description = "The transaction as it is now, and the payment.", body = WithPayment<TransactionShape>),
    ),
    security(("bearer" = ["payments:resolve"])),
)]
#[post("/v1/payments/{id}/transactions/{txn}/resolve")]
pub(super) async fn resolve_transaction(
    call: Post<scope::PaymentsResolve>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Answer {
    let (payment, body, _) = open(&service, call, &path.0).await?;
    let transaction = transaction_id(&path.1)?;
    let body = body.read(&payment, Resolution::read)?;
    let verdict = Verdict {
        succeeded: body.state == ResolvedState::Succeeded,
        reason: body.reason,
        provider_id: body.provider_id,
        force: body.force,
    };
    answer::resolved(&service, payment.resolve(transaction, verdict).await?).await
}
