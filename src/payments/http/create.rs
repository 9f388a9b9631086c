//! `POST /v1/payments` and `POST /v1/payments/on-behalf`.

use actix_web::http::StatusCode;

use super::{
    bodies::{NewPaymentBody, OnBehalfBody, new_payment},
    prelude::*,
};
use crate::{
    audit::Actor,
    auth::scope::Required,
    checkout::named_languages,
    http::{body::CartBytes, openapi::OnCreation},
    payment_rules::rulebook::RulebookCache,
    payments::{create::CreateResult, service::CallerContext, transaction::State},
};

#[utoipa::path(
    operation_id = "create_payment",
    summary = "Create a payment",
    description = "The rules are evaluated again, and the totals of the cart must add up. For the same cart the live attempt is returned; another cart or method replaces it as long as the buyer has not confirmed it. The buyer confirms in Apruve's popup. Where the integration has `credit.check` = `require`, the buyer's credit is read at Apruve before anything is stored; a replay, or the same cart again, reads nothing.",
    params(
        RequiredKey,
        ("locale" = Option<String>, Query, description = "The buyer's language, in which the payment keeps the method's labels; else Accept-Language, else the shop's default.", example = "fr-CA"),
        ("Accept-Language" = Option<String>, Header, description = "Used where `locale` is left out."),
    ),
    request_body(content = NewPaymentBody, content_type = "application/json", example = json!({
            "paymentMethodId": "apruve_01h455vb4pex5vsknk084sn02q",
            "orderId": "SO-1001",
            "website": "us-store",
            "cart": { "currency": "USD", "total": "1290.50", "taxAmount": "50.00", "shippingAmount": "40.50",
                "billingAddress": { "countryIso2": "US", "regionCode": "CA", "postalCode": "90210" },
                "lineItems": [{ "productSku": "1GB82", "quantity": 10, "price": { "value": "120.00", "currency": "USD" } }] }
        })),
    responses(
        OnCreation,
        (status = 201, description = "Created now, or by an earlier request with this key.", body = PaymentShape, headers(("Location" = String, description = "Its address."))),
        (status = 200, description = "The live attempt for this order and the same cart.", body = PaymentShape, headers(("Location" = String, description = "Its address."))),
        (status = 409, description = "`/problems/not-eligible`: the rules do not offer the method for this cart, or the buyer's credit does not cover it; `reasons` are those of checkout. `/problems/another-payment-is-live`: `paymentId` is the payment of this order that holds money. `/problems/wrong-state`: another payment of this order is in progress. `/problems/conflict`: other requests create payments for this order at the same time."),
        (status = 503, description = "`/problems/unavailable`: whether the buyer's credit covers the order is not known, and the integration has `hide` for that; `reasons` are those of checkout. Or the service is unavailable.", headers(("Retry-After" = String, description = "When to send the request again."))),
    ),
)]
#[post("/v1/payments")]
pub(super) async fn create_payment(
    caller: Caller<scope::Filtered<scope::PaymentsWrite>>,
    request: HttpRequest,
    body: CartBytes,
    service: Data<PaymentService>,
    rulebooks: Data<RulebookCache>,
) -> Answer {
    let created = create(&caller, &request, body, &service, &rulebooks, false).await?;
    let status = match created.new || created.replayed {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    answer::with_status(&service, status, created.replayed, &created.payment).await
}

#[utoipa::path(
    operation_id = "create_payment_on_behalf",
    summary = "Create a payment on behalf of a buyer",
    description = "For orders by sales reps. The buyer's company is looked up at Apruve, its credit must cover the order, and the order is created at Apruve at once. The payment is authorized when Apruve accepts the order.",
    params(
        RequiredKey,
        ("locale" = Option<String>, Query, description = "The buyer's language, in which the payment keeps the method's labels; else Accept-Language, else the shop's default.", example = "fr-CA"),
        ("Accept-Language" = Option<String>, Header, description = "Used where `locale` is left out."),
    ),
    request_body(content = OnBehalfBody, content_type = "application/json", example = json!({
            "paymentMethodId": "apruve_01h455vb4pex5vsknk084sn02q",
            "orderId": "SO-1001",
            "website": "us-store",
            "cart": { "currency": "USD", "total": "1290.50", "taxAmount": "50.00", "shippingAmount": "40.50",
                "billingAddress": { "countryIso2": "US", "regionCode": "CA", "postalCode": "90210" },
                "lineItems": [{ "productSku": "1GB82", "quantity": 10, "price": { "value": "120.00", "currency": "USD" } }] },
            "buyerEmail": "amanda@acme.example"
        })),
    responses(
        OnCreation,
        (status = 201, description = "The order is created and accepted.", body = PaymentShape, headers(("Location" = String, description = "Its address."))),
        (status = 202, description = "The order is created and Apruve has not decided, or it is not known yet whether it was created.", body = PaymentShape, headers(("Location" = String, description = "Its address."))),
        (status = 200, description = "The live attempt for this order and the same cart.", body = PaymentShape),
        (status = 409, description = "`/problems/not-eligible`, `/problems/another-payment-is-live`, `/problems/ambiguous-account` with the candidates, `/problems/insufficient-credit`, `/problems/wrong-state`, `/problems/still-running`, `/problems/conflict`."),
        (status = 502, description = "`/problems/gateway-unreachable`: nothing was sent. `/problems/key-refused`: Apruve rejects the API key until another one is configured. The attempt stays open; the same request sends its order again.", headers(("Retry-After" = Option<String>, description = "When to send the request again; absent with `key-refused`."))),
        (status = 503, description = "`/problems/unavailable`: Apruve accepts no calls at the moment, or the service is unavailable. The attempt stays open.", headers(("Retry-After" = String, description = "When to send the request again, as Apruve says."))),
    ),
    security(("bearer" = ["payments:invoice", "payments:write"]), ("bearer" = ["payments:settle"])),
)]
#[post("/v1/payments/on-behalf")]
pub(super) async fn create_payment_on_behalf(
    caller: Caller<scope::Filtered<scope::OnBehalf>>,
    request: HttpRequest,
    body: CartBytes,
    service: Data<PaymentService>,
    rulebooks: Data<RulebookCache>,
) -> Answer {
    let created = create(&caller, &request, body, &service, &rulebooks, true).await?;
    let status = status_on_behalf(&created)?;
    answer::with_status(&service, status, created.replayed, &created.payment).await
}

/// Reads a request that begins a payment, and begins it.
async fn create<S: Required>(
    caller: &Caller<S>,
    request: &HttpRequest,
    CartBytes(bytes): CartBytes,
    service: &PaymentService,
    rulebooks: &RulebookCache,
    on_behalf: bool,
) -> Result<CreateResult, Problem> {
    let mut query = Query::of(request)?;
    let languages = named_languages(&mut query, request);
    query.finish()?;
    let now = service.clock().now();
    let context = CallerContext {
        key: Key::require(request, &caller.key_owner(), &bytes)?,
        actor: Actor::of(request, caller.subject(), now),
        websites: caller.websites().clone(),
    };
    let websites = caller.websites();
    let new = new_payment(request, &bytes, websites, on_behalf, languages)?;
    Ok(service.create(rulebooks, context, new).await?)
}

fn status_on_behalf(created: &CreateResult) -> Result<StatusCode, Problem> {
    let authorization = created.payment.ledger.authorization();
    let failed = authorization.filter(|it| created.new && it.state == State::Failed);
    if let Some(failure) = failed.and_then(|it| it.failure.as_ref()) {
        return Err(answer::refusal(failure, created.later.as_ref()));
    }
    if !created.new && !created.replayed {
        return Ok(StatusCode::OK);
    }
    Ok(match authorization.map(|it| it.state) {
        Some(State::Pending | State::Unknown) => StatusCode::ACCEPTED,
        _ => StatusCode::CREATED,
    })
}
