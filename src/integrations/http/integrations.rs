//! `GET` and `POST /v1/integrations`, `GET /v1/integrations/{id}`, and the rules that use an integration.

use super::{
    bodies::NewIntegration,
    integration_id,
    shapes::{ShownIntegration, WithUrl},
};
use crate::{
    integrations::{
        IntegrationService, draft,
        manage::{self, IntegrationError},
        store::{self, IntegrationFilter},
    },
    operation::prelude::*,
    payment_rules::usage::{self, RuleUse},
};

#[utoipa::path(
    summary = "List integrations",
    description = "Lists the integrations in pages, sorted by name unless `sort` says otherwise. Deleted integrations are not listed.",
    params(IntegrationFilter),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<ShownIntegration>>>)),
)]
#[get("/v1/integrations")]
pub(super) async fn list_integrations(
    _caller: Caller<scope::GlobalRead<scope::IntegrationsRead>>,
    request: HttpRequest,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let (filter, page) = IntegrationFilter::of(&request)?;
    let found = service
        .store()
        .for_lists("integrations")
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond_each(&request, &page, found, |row| {
        let shown = ShownIntegration::new(row, &service);
        Versioned::in_state(&shown.state.clone(), shown)
    }))
}

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

#[utoipa::path(
    summary = "Read an integration",
    description = "Of a secret, only the last characters are shown. The response may be sent back with PUT.",
    params(IfNoneMatch),
    responses((status = 200, description = "The integration.", body = ShownIntegration)),
)]
#[get("/v1/integrations/{id}")]
pub(super) async fn get_integration(
    read: Read<scope::GlobalRead<scope::IntegrationsRead>>,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let found = service.store().read(move |conn| store::find(conn, id));
    let integration = found.await?.ok_or(IntegrationError::NotFound)?;
    let shown = ShownIntegration::new(integration, &service);
    let state = shown.state.clone();
    Ok(reply::in_state(&read.request, &state, shown))
}

#[utoipa::path(
    summary = "List the rules that use an integration",
    description = "Lists every payment rule that offers the integration's method, on one page.",
    responses((status = 200, description = "The rules.", body = Listed<RuleUse>)),
)]
#[get("/v1/integrations/{id}/rules")]
pub(super) async fn list_integration_rules(
    _read: Read<scope::IntegrationsRead>,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let rules = service
        .store()
        .snapshot(move |conn| {
            store::find(conn, id)?.ok_or(IntegrationError::NotFound)?;
            Ok::<_, IntegrationError>(usage::rules_using(conn, id)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Listed::all(rules)))
}
