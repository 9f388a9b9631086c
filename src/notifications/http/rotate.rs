//! `POST /v1/notification-endpoints/{id}/rotate-secret`.

use super::{
    bodies::{EndpointWithSecret, SecretRotation},
    endpoint_id,
};
use crate::{notifications::manage, operation::prelude::*, seal::Sealer};

#[utoipa::path(
    summary = "Rotate the secret of a notification endpoint",
    description = "The response contains the new secret. For another `graceSeconds` (default: 86400, one day), deliveries are also signed with the former secret, so that receivers can use either secret.",
    params(OptionalKey),
    request_body(content = Option<SecretRotation>, content_type = "application/json", example = json!({ "graceSeconds": 3600 })),
    responses(
        Conflicting,
        (status = 200, description = "The endpoint with its new secret.", body = EndpointWithSecret, headers(("ETag" = String, description = "The version of the endpoint."))),
    ),
)]
#[post("/v1/notification-endpoints/{id}/rotate-secret")]
pub(super) async fn rotate_notification_secret(
    call: Write<scope::Filtered<scope::NotificationsWrite>, OptionalObject>,
    id: Path<String>,
    store: Data<Store>,
    sealer: Data<Sealer>,
) -> Result<HttpResponse, Problem> {
    let id = endpoint_id(&id)?;
    let grace = Fields::read(&call.body.0, |fields| {
        Some(SecretRotation::read(fields).grace)
    })?;
    let websites = call.caller.websites().clone();
    let done = manage::rotate::rotate(
        &store,
        &sealer,
        call.actor,
        call.header,
        id,
        grace,
        websites,
    )
    .await?;
    let reply = Reply::ok()
        .version(done.value.endpoint.version)
        .replayed(done.replayed);
    Ok(reply.json(EndpointWithSecret::new(done.value, &sealer)?))
}
