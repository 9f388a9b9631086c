//! `POST /v1/integrations/{id}/activate` and `…/deactivate`, and `DELETE /v1/integrations/{id}`.

use super::{
    integration_id,
    shapes::{DeletedIntegration, RulesTouched, ShownIntegration, SwitchedIntegration},
};
use crate::{
    http::query_parameters::query_parameters,
    integrations::{
        IntegrationService,
        manage::{
            delete,
            switch::{self, Switched},
        },
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
        rules: RulesTouched::new(rules, integration.enabled),
        integration: ShownIntegration::new(integration, service),
        warnings,
    };
    reply.state(&body.integration.state).json(&body)
}

query_parameters! {
    /// What happens to the rules that offer the method.
    Detach {
        /// Whether to remove the method from the rules that offer it.
        detach: Option<bool> = "detach",
    }
}

#[utoipa::path(
    summary = "Delete an integration",
    description = "Deletes the integration with its method and its secrets. The name may be used again; the history keeps it. Rules that offer the method prevent the deletion unless `detach=true` removes the method from them. A rule without any method left is disabled. Payments that are not at rest always prevent the deletion.",
    params(Detach, RequiredIfMatch),
    responses(
        (status = 200, description = "Deleted. The response lists the rules from which the method was removed, as they are after the change, and the tests of the rules that fail now.", body = DeletedIntegration),
        (status = 204, description = "Deleted. No rule offered the method."),
        (status = 409, description = "`/problems/in-use`: `rules` lists the rules that offer the method, and `openPayments` counts the payments that are not at rest."),
    ),
)]
#[delete("/v1/integrations/{id}")]
pub(super) async fn delete_integration(
    call: Edit<scope::IntegrationsWrite, Ignored, IfMatch, Detach>,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let detach = call.query.detach.unwrap_or(false);
    let done = delete::delete(&service.writes, &call.actor, id, call.header, detach).await?;
    if done.value.rules.is_empty() && done.warnings.is_empty() {
        return Ok(HttpResponse::NoContent().finish());
    }
    Ok(HttpResponse::Ok().json(DeletedIntegration {
        rules: done.value.into(),
        warnings: done.warnings,
    }))
}
