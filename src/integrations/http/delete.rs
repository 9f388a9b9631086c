//! `DELETE /v1/integrations/{id}`.

use super::{
    integration_id,
    shapes::{DeletedIntegration, RulesTouched},
};
use crate::{
    http::query_parameters::query_parameters,
    integrations::{IntegrationService, manage},
    operation::prelude::*,
};

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
    let done =
        manage::delete::delete(&service.writes, &call.actor, id, call.header, detach).await?;
    if done.value.rules.is_empty() && done.warnings.is_empty() {
        return Ok(HttpResponse::NoContent().finish());
    }
    Ok(HttpResponse::Ok().json(DeletedIntegration {
        rules: RulesTouched::detached(&done.value),
        warnings: done.warnings,
    }))
}
