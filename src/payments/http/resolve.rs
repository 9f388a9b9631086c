//! `POST /v1/payments/{id}/transactions/{txn}/resolve`.

use actix_web::{
    HttpResponse, post,
    web::{Bytes, Data, Path},
};

use super::{
    answer,
    operation_bodies::Resolution,
    request::{Body, parts, transaction_id},
    shapes::{TransactionShape, WithPayment},
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
    payments::{PaymentService, resolving::Verdict},
    providers::ProviderId,
};

#[utoipa::path(
    tag = "Payments",
    summary = "Resolve an unknown transaction",
    description = "Sets the result of a transaction with status `unknown`. The service first reads the transaction from Apruve again; if Apruve reports another result, that result is kept (409 `known-otherwise`). `succeeded` requires the id at Apruve; `failed` for an invoice or a refund requires a complete list without it, or `force`. The caller and the reason are recorded.",
    params(RequiredKey),
    request_body(content = Resolution, content_type = "application/json",
        example = json!({ "state": "failed", "reason": "Apruve's support says that it was never made." })),
    responses(
        OnPayment,
        (status = 200, description = "The transaction as it is now, and the payment.", body = WithPayment<TransactionShape>),
    ),
    security(("bearer" = ["payments:resolve"])),
)]
#[post("/v1/payments/{id}/transactions/{txn}/resolve")]
pub(super) async fn resolve_transaction(
    call: Write<scope::Filtered<scope::PaymentsResolve>, JsonText, Key>,
    path: Path<(String, String)>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (context, JsonText(bytes)) = parts(call);
    let (id, txn) = (
        visible(&service, &context.websites, &path.0).await?,
        transaction_id(&path.1)?,
    );
    let verdict = read(&bytes)?;
    answer::resolved(
        &service,
        &service.resolve(id, &context, txn, &verdict).await?,
    )
    .await
}

fn read(bytes: &Bytes) -> Result<Verdict, Problem> {
    let body = Body::read(bytes)?;
    let fields = body.fields(&[]);
    let state = fields.text("state", 1, 255);
    let succeeded = state.and_then(|word| match word.as_str() {
        "succeeded" => Some(true),
        "failed" => Some(false),
        other => {
            let message = format!("`state` must be succeeded or failed, not `{other}`.");
            fields.refuse("state", "unknown_word", message);
            None
        }
    });
    let reason = fields.text("reason", 1, 500);
    let given = fields.optional_text("providerId", 255);
    let provider_id = given.and_then(|text| {
        let read = ProviderId::parse(&text);
        if read.is_none() {
            let message = "`providerId` is not an id as Apruve makes them.";
            fields.refuse("providerId", "not_an_id", message);
        }
        read
    });
    let force = fields.flag("force", false);
    fields.finish();
    match succeeded.zip(reason) {
        Some((succeeded, reason)) => body.finish(Verdict {
            succeeded,
            reason,
            provider_id,
            force,
        }),
        None => body.refuse(),
    }
}
