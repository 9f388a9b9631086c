//! `POST /webhooks/apruve/{token}`.

use actix_web::web::Payload;

use crate::{
    front_door::client_address, http::openapi::Webhook, operation::prelude::*,
    providers::SIGNATURE_HEADER, webhooks::inbox::Inbox,
};

/// The maximum length of a webhook body in bytes.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

#[utoipa::path(
    tag = "Webhooks",
    summary = "Receive a webhook of Apruve",
    description = "Only Apruve uses this operation. The signature covers the raw bytes of the body. Signed events are stored and answered with 200, including repeated, unknown and unreadable events. They are applied later by reading the resource from Apruve.",
    params(
        ("token" = String, Path, description = "The secret part of the integration's webhook URL.", example = "Jt4nM0xJ1bqYkVfZQ6m3tq7m1v0cV5w2o8s9aBcDeFg"),
        ("X-Apruve-Signature" = Option<String>, Header, description = "RSA PKCS#1 v1.5 with SHA-256 over the body, in Base64. Required if the integration has a key to verify with."),
    ),
    request_body(
        content = Object,
        content_type = "application/json",
        description = "The event, at most 2 MiB.",
        example = json!({ "uuid": "6d5b8f0e0c7d4a55a9fd0a2c3f1b7e10", "created_at": "2026-03-01T12:00:00Z", "event": "order.accepted", "entity": { "id": "7d6f1e2a9c4b4d0f8a3b5c6d7e8f9012" } }),
    ),
    responses(Webhook, (status = 200, description = "The event is stored, now or by an earlier delivery.")),
)]
#[post("/webhooks/apruve/{token}")]
pub(super) async fn receive_apruve_webhook(
    request: HttpRequest,
    token: Path<String>,
    payload: Payload,
    inbox: Data<Inbox>,
) -> Result<HttpResponse, Problem> {
    let inbound = inbox.open(&token, client_address(&request)).await?;
    let body = payload
        .to_bytes_limited(BODY_LIMIT)
        .await
        .map_err(|_| {
            Problem::new(Kind::TooLarge, "A webhook may have 2 MiB.").with("limit", BODY_LIMIT)
        })?
        .map_err(|_| Problem::new(Kind::BadRequest, "The body is incomplete."))?;
    let signature = request.headers().get(SIGNATURE_HEADER);
    let signature = signature.and_then(|value| value.to_str().ok());
    inbox
        .take(&inbound, body, signature.map(str::to_owned))
        .await?;
    Ok(HttpResponse::Ok().finish())
}
