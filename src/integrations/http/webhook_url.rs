//! The webhook URL of an integration: `POST /v1/integrations/{id}/rotate-webhook-token` and `…/reveal-webhook-url`, and the
//! addresses that are registered at Apruve, `GET` and `POST /v1/integrations/{id}/webhook-endpoints`.

use actix_web::{http::StatusCode, rt};

use super::{
    bodies::Rotation,
    integration_id,
    shapes::{ProviderListing, WithUrl},
};
use crate::{
    integrations::{
        IntegrationService,
        endpoint::ProviderEndpoint,
        manage::{WithToken, webhook_endpoints, webhook_url},
    },
    operation::prelude::*,
    trace,
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
    let done = webhook_url::rotate(&service, call.actor, call.header, id, grace).await?;
    let reply = Reply::ok().replayed(done.replayed);
    with_url(reply, done.value, &service)
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
    let shown = webhook_url::reveal(service.store(), call.actor, id).await?;
    with_url(Reply::ok(), shown, &service)
}

fn with_url(
    reply: Reply,
    shown: WithToken,
    service: &IntegrationService,
) -> Result<HttpResponse, Problem> {
    let shown = WithUrl::new(shown, service)?;
    Ok(reply.state(&shown.integration.state).json(&shown))
}

/// The registered endpoint, and the endpoints that were removed.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisteredEndpoint)]
struct ShownRegistration {
    #[serde(flatten)]
    endpoint: ProviderEndpoint,
    /// Apruve's ids of the endpoints of this integration that were removed.
    removed: Vec<String>,
}

#[utoipa::path(
    summary = "List the webhook endpoints at Apruve",
    description = "Lists all addresses that are registered at Apruve for the merchant, including those of other systems.",
    responses(
        Conflicting,
        FromProvider,
        (status = 200, description = "The addresses, on one page.", body = ProviderListing<ProviderEndpoint>),
    ),
)]
#[get("/v1/integrations/{id}/webhook-endpoints")]
pub(super) async fn list_webhook_endpoints(
    _read: Read<scope::IntegrationsRead>,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let seen = webhook_endpoints::list(&service, id, service.clock.now()).await?;
    Ok(HttpResponse::Ok().json(ProviderListing::from(seen.endpoints)))
}

#[utoipa::path(
    summary = "Register the webhook URL at Apruve",
    description = "Registers the integration's webhook URL at Apruve if it is not registered yet, and removes older webhook URLs of this integration. Addresses of other systems are kept. A repeated call has no effect.",
    params(OptionalKey),
    responses(
        Conflicting,
        FromProvider,
        (status = 200, description = "The webhook URL was already registered.", body = ShownRegistration),
        (status = 201, description = "Registered, or registered by an earlier request with this key.", body = ShownRegistration),
    ),
)]
#[post("/v1/integrations/{id}/webhook-endpoints")]
pub(super) async fn register_webhook_endpoint(
    call: Write<scope::IntegrationsWrite, Empty>,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    // In a task of its own, so that the changes at Apruve are recorded even if the caller disconnects.
    let done = rt::spawn(trace::carried(async move {
        webhook_endpoints::register(&service, call.actor, call.header, id).await
    }));
    let done = done.await.map_err(Problem::internal)??;
    let registered = done.value;
    let status = match registered.made || done.replayed {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    let removed = registered.removed.iter();
    let shown = ShownRegistration {
        endpoint: registered.endpoint,
        removed: removed.map(|it| it.id.to_string()).collect(),
    };
    Ok(Reply::with(status).replayed(done.replayed).json(shown))
}
