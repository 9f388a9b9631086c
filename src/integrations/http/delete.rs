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
        Detach(query.flag("detach").unwrap_or(false))
    }
}

#[utoipa::path(
    summary = "Delete an integration",
    description = "Its method and its secrets are deleted, and its name may be used again; the history keeps its name. Rules that offer its method prevent the deletion unless `detach=true` removes the method from them; a rule without any method left is disabled. Payments that are not at rest stand in the way always.",
    params(
        ("detach" = Option<bool>, Query, description = "Whether to take its method out of the rules that offer it."),
        RequiredIfMatch,
    ),
    responses(
        (status = 200, description = "Deleted, and detached from these rules, shown after the change; or tests of the rules fail since.", body = DeletedIntegration),
        (status = 204, description = "Deleted; no rule offered its method."),
        (status = 409, description = "`/problems/in-use`: `rules` lists the rules that offer its method, `openPayments` counts the payments that are not at rest."),
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
