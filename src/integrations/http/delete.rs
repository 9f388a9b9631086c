//! `DELETE /v1/integrations/{id}`.

use super::{
    integration_id,
    shapes::{DeletedIntegration, RulesTouched},
};
use crate::{
    integrations::{IntegrationService, manage},
    operation::{RequestQuery, prelude::*},
};

/// `?detach=`: whether the method is removed from the rules that offer it.
struct Detach(bool);

impl RequestQuery for Detach {
    fn read(query: &mut Query) -> Self {
        Detach(query.value("detach").unwrap_or(false))
    }
}

#[utoipa::path(
    summary = "Delete an integration",
    description = "Deletes the integration with its method and its secrets. The name may be used again; the history keeps it. Rules that offer the method prevent the deletion unless `detach=true` removes the method from them. A rule without any method left is disabled. Payments that are not at rest always prevent the deletion.",
    params(
        ("detach" = Option<bool>, Query, description = "Whether to remove the method from the rules that offer it."),
        RequiredIfMatch,
    ),
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
    let Detach(detach) = call.query;
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
