//! `POST /v1/integrations/{id}/activate` and `…/deactivate`.

use super::{
    integration_id,
    shapes::{RulesTouched, ShownIntegration, SwitchedIntegration},
};
use crate::{
    integrations::{
        IntegrationService,
        manage::switch::{self, Switched},
    },
    operation::prelude::*,
};

#[utoipa::path(
    summary = "Activate an integration",
    description = "Activates the integration. The rules in the response offer its method again. The call has no effect on an active integration.",
    params(OptionalKey, ForceParameter),
    responses((status = 200, description = "The integration and the rules that regain its method.", body = SwitchedIntegration, headers(("ETag" = String, description = "The version of the integration.")))),
)]
#[post("/v1/integrations/{id}/activate")]
pub(super) async fn activate_integration(
    call: Write<scope::IntegrationsWrite, Empty, (Option<Key>, Refusable)>,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let done = switch::switch(&service.writes, &call.actor, call.header, id, true).await?;
    Ok(answer(done, &service))
}

#[utoipa::path(
    summary = "Deactivate an integration",
    description = "Deactivates the integration. Its method is no longer offered and creates no payments; existing payments continue. The response lists the rules that lose the method, and those of them without any method left. The call has no effect on an inactive integration.",
    params(OptionalKey),
    responses((status = 200, description = "The integration and the rules that lose its method.", body = SwitchedIntegration, headers(("ETag" = String, description = "The version of the integration.")))),
)]
#[post("/v1/integrations/{id}/deactivate")]
pub(super) async fn deactivate_integration(
    call: Write<scope::IntegrationsWrite, Empty>,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let made = (call.header, Refusable::Never);
    let done = switch::switch(&service.writes, &call.actor, made, id, false).await?;
    Ok(answer(done, &service))
}

fn answer(done: Guarded<Once<Switched>>, service: &IntegrationService) -> HttpResponse {
    let Guarded {
        value: done,
        warnings,
    } = done;
    let Switched { integration, rules } = done.value;
    let reply = Reply::ok().replayed(done.replayed);
    let body = SwitchedIntegration {
        rules: RulesTouched::new(&rules, integration.enabled),
        integration: ShownIntegration::new(integration, service),
        warnings,
    };
    reply.state(&body.integration.state).json(&body)
}
