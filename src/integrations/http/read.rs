//! `GET /v1/integrations/{id}` and the rules that use it.

use super::{
    integration_id,
    shapes::{RuleRef, ShownIntegration, rule_refs},
};
use crate::{
    integrations::{IntegrationService, manage::IntegrationError, store},
    operation::prelude::*,
    payment_rules::usage,
};

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
    responses((status = 200, description = "The rules.", body = Listed<RuleRef>)),
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
    Ok(HttpResponse::Ok().json(Listed::all(rule_refs(&rules))))
}
