//! `POST /v1/integrations`.

use super::{bodies::NewIntegration, shapes::WithUrl};
use crate::{
    integrations::{IntegrationService, draft, manage},
    operation::prelude::*,
};

#[utoipa::path(
    summary = "Create an integration",
    description = "An Apruve integration gets a webhook URL. Only the responses of creation, rotation and reveal contain it. Creation does not call Apruve; `check` does.",
    params(OptionalKey),
    request_body(
        content = NewIntegration,
        content_type = "application/json",
        example = json!({
            "type": "apruve",
            "name": "Apruve US",
            "label": { "default": "Pay on terms", "localized": { "fr": "Payer à terme" } },
            "shortLabel": { "default": "Apruve" },
            "settings": {
                "merchantId": "a1b2c3d4e5f60718293a4b5c6d7e8f90",
                "apiKey": "0123456789abcdef0123456789ab9f3c",
                "testMode": true
            }
        }),
    ),
    responses(
        (status = 201, description = "Created, or created by an earlier request with this key.", body = WithUrl, headers(("Location" = String, description = "The path of the integration."), ("ETag" = String, description = "The version of the integration."))),
        (status = 404, description = "`/problems/not-found`: the integration that an earlier request with this key created has been deleted."),
        (status = 409, description = "`/problems/name-taken`: another integration has this name."),
    ),
)]
#[post("/v1/integrations")]
pub(super) async fn create_integration(
    call: Write<scope::IntegrationsWrite, JsonObject>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let draft = draft::read(&call.body.0, None, service.outbound.policy())?;
    let done = manage::create::create(&service, call.actor, call.header, draft).await?;
    let id = done.value.integration.id;
    let reply = Reply::created(format!("/v1/integrations/{id}")).replayed(done.replayed);
    let shown = WithUrl::new(done.value, &service)?;
    Ok(reply.state(&shown.integration.state).json(&shown))
}
