//! `POST /v1/payments/{id}/authorize`.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use utoipa::ToSchema;

use super::{answer, create::shown, request::parts, shapes::PaymentShape, visible};
use crate::{
    auth::scope,
    http::{
        body::{Fields, Findings},
        openapi::{OnCreation, RequiredKey},
        problem::Problem,
        request_body::JsonObject,
    },
    idempotency::Key,
    operation::Write,
    payments::{PaymentService, transaction::State},
    providers::ProviderId,
};

/// The order that the buyer made.
#[derive(ToSchema)]
#[schema(as = Authorization, rename_all = "camelCase")]
#[expect(dead_code, reason = "only described")]
pub struct AuthorizationBody {
    /// What `APRUVE_COMPLETE_EVENT` told the page.
    #[schema(
        example = "00000000000000000000000000000001",
        min_length = 1,
        max_length = 128
    )]
    apruve_order_id: String,
}

#[utoipa::path(
    tag = "Payments",
    operation_id = "authorize_payment",
    summary = "Authorize a payment with the order the buyer made",
    description = "Reads the order from Apruve. Merchant, order number, amount, currency and, if present, the secure hash must match this payment, and no other payment may use the order; otherwise nothing changes. An accepted order authorizes the payment, a pending one leaves it pending, a canceled one declines it.",
    params(RequiredKey),
    request_body(content = AuthorizationBody, content_type = "application/json", example = json!({ "apruveOrderId": "00000000000000000000000000000001" })),
    responses(
        OnCreation,
        (status = 200, description = "Apruve has decided; `status` says how.", body = PaymentShape),
        (status = 202, description = "Apruve waits for the company's approval or credit.", body = PaymentShape),
        (status = 409, description = "`/problems/order-not-ours`: the order does not belong to this payment. `/problems/wrong-state`. `/problems/still-running`. `/problems/conflict`."),
        (status = 502, description = "`/problems/gateway-unreachable`: Apruve could not be reached. `/problems/key-refused`: Apruve rejects the API key.", headers(("Retry-After" = Option<String>, description = "When to send the request again; absent with `key-refused`."))),
    ),
    security(("bearer" = ["payments:write"])),
)]
#[post("/v1/payments/{id}/authorize")]
pub(super) async fn authorize_payment(
    call: Write<scope::Filtered<scope::PaymentsWrite>, JsonObject, Key>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, Problem> {
    let (context, body) = parts(call);
    let id = visible(&service, &context.websites, &id).await?;
    let order = read(&body)?;
    let done = service.authorize(id, &context, order.as_ref()).await?;
    let state = done.ledger.find(done.transaction).map(|it| it.state);
    let status = match state {
        Some(State::Pending | State::Unknown) => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    Ok(answer::with_status(
        status,
        done.replayed,
        &shown(&service, &done.ledger).await?,
    ))
}

/// The order's id; `None` for what no id can be, which Apruve cannot know.
fn read(JsonObject(body): &JsonObject) -> Result<Option<ProviderId>, Problem> {
    let findings = Findings::default();
    let fields = Fields::of(body, &findings);
    let text = fields
        .required("apruveOrderId")
        .and_then(|_| fields.text("apruveOrderId", 1, 128));
    fields.finish();
    let text = findings.into_result(text)?;
    Ok(ProviderId::parse(&text))
}
