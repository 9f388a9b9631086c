//! `POST /v1/payments/{id}/authorize`.

use actix_web::http::StatusCode;

use super::{posted_body::PostedBody, prelude::*};
use crate::{http::openapi::OnCreation, providers::ProviderId};

declare_body! {
    by ObjectReader<'_>;

    /// The order that the buyer made.
    #[schema(as = Authorization)]
    AuthorizationBody {
        /// The id that the page got with `APRUVE_COMPLETE_EVENT`.
        #[schema(
            example = "00000000000000000000000000000001",
            min_length = 1,
            max_length = 128
        )]
        apruve_order_id: String = text("apruveOrderId", 128),
    }
}

#[utoipa::path(
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
)]
#[post("/v1/payments/{id}/authorize")]
pub(super) async fn authorize_payment(
    call: Post<scope::PaymentsWrite, JsonObject>,
    id: Path<String>,
    service: Data<PaymentService>,
) -> Answer {
    let (payment, body, _) = open(&service, call, &id).await?;
    let body = PostedBody::of(body.0).read(&payment, AuthorizationBody::read)?;
    // The provider has no order for a text that is not a valid id.
    let order = ProviderId::parse(&body.apruve_order_id);
    let done = payment.authorize(order).await?;
    let status = match done.transaction()?.state.is_settled() {
        true => StatusCode::OK,
        false => StatusCode::ACCEPTED,
    };
    answer::with_status(&service, status, done.performed.replayed, &done.payment).await
}
