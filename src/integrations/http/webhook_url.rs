//! `POST /v1/integrations/{id}/rotate-webhook-token` and `…/reveal-webhook-url`.

use super::{bodies::Rotation, integration_id, shapes::WithUrl};
use crate::{
    integrations::{IntegrationService, manage},
    operation::prelude::*,
};

#[utoipa::path(
    summary = "Rotate the webhook token",
    description = "The response contains the new webhook URL. The old URL works for another `graceSeconds` (default: 86400, one day); still older URLs expire no later than that.",
    params(OptionalKey),
    request_body(content = Option<Rotation>, content_type = "application/json", example = json!({ "graceSeconds": 3600 })),
    responses(
        (status = 200, description = "The integration with its new webhook URL.", body = WithUrl, headers(("ETag" = String, description = "The version of the integration."))),
        (status = 409, description = "`/problems/conflict`: an offline method has no webhook URL."),
    ),
)]
#[post("/v1/integrations/{id}/rotate-webhook-token")]
pub(super) async fn rotate_webhook_token(
    call: Call<scope::IntegrationsWrite, OptionalObject, Option<Key>>,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let grace = Fields::read(&call.body.0, |fields| Some(Rotation::read(fields).grace))?;
    let done = manage::webhook_url::rotate(&service, call.actor, call.header, id, grace).await?;
    let reply = Reply::ok().replayed(done.replayed);
    let shown = WithUrl::new(done.value, &service)?;
    Ok(reply.state(&shown.integration.state).json(&shown))
}

#[utoipa::path(
    summary = "Show the webhook URL",
    description = "Returns the webhook URL. The caller is recorded in the audit log.",
    responses(
        (status = 200, description = "The integration with its webhook URL.", body = WithUrl, headers(("ETag" = String, description = "The version of the integration."))),
        (status = 409, description = "`/problems/conflict`: an offline method has no webhook URL."),
    ),
)]
#[post("/v1/integrations/{id}/reveal-webhook-url")]
pub(super) async fn reveal_webhook_url(
    call: Call<scope::IntegrationsWrite, Empty, ()>,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let shown = manage::webhook_url::reveal(service.store(), call.actor, id).await?;
    let shown = WithUrl::new(shown, &service)?;
    Ok(Reply::ok().state(&shown.integration.state).json(&shown))
}
