//! `GET /v1/integrations/{id}` and the rules that use it.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};

use super::{
    integration_id,
    shapes::{RuleRef, ShownIntegration, rule_refs},
};
use crate::{
    auth::scope,
    http::{openapi::IfNoneMatch, pagination::Listed, problem::Problem, reply},
    integrations::{PublicOrigin, health::HealthBoard, manage::IntegrationError, store},
    operation::Read,
    payment_rules::usage,
    store::Store,
};

#[utoipa::path(
    tag = "Integrations",
    summary = "Read an integration",
    description = "Secrets are shown by their last characters. What it returns may be sent back by PUT.",
    params(IfNoneMatch),
    responses((status = 200, description = "The integration.", body = ShownIntegration)),
    security(("bearer" = ["integrations:read"])),
)]
#[get("/v1/integrations/{id}")]
pub(super) async fn get_integration(
    read: Read<scope::GlobalRead<scope::IntegrationsRead>>,
    id: Path<String>,
    store: Data<Store>,
    origin: Data<PublicOrigin>,
    health: Data<HealthBoard>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let found = store.read(move |conn| store::find(conn, id)).await?;
    let integration = found.ok_or(IntegrationError::NotFound)?;
    let shown = ShownIntegration::new(integration, &origin, &health);
    let state = shown.state.clone();
    Ok(reply::in_state(&read.request, &state, shown))
}

#[utoipa::path(
    tag = "Integrations",
    summary = "List the rules that use an integration",
    description = "Every payment rule that offers the integration's method, on one page.",
    responses((status = 200, description = "The rules.", body = Listed<RuleRef>)),
    security(("bearer" = ["integrations:read"])),
)]
#[get("/v1/integrations/{id}/rules")]
pub(super) async fn list_integration_rules(
    _read: Read<scope::IntegrationsRead>,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let rules = store
        .snapshot(move |conn| {
            store::find(conn, id)?.ok_or(IntegrationError::NotFound)?;
            Ok::<_, IntegrationError>(usage::rules_using(conn, id)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Listed {
        items: rule_refs(&rules),
        next_cursor: None,
        total: None,
    }))
}
