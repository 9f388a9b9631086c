//! `DELETE /v1/integrations/{id}`.

use actix_web::{
    HttpRequest, HttpResponse, delete,
    web::{Data, Path},
};

use super::{
    integration_id,
    shapes::{DeletedIntegration, RulesTouched},
};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    guarded_write::GuardedStore,
    http::{
        openapi::RequiredIfMatch,
        pagination::Query,
        precondition::IfMatch,
        problem::Problem,
        request_body::{Body, Ignored},
    },
    integrations::manage,
    revision_watch::RevisionWatch,
};

#[utoipa::path(
    tag = "Integrations",
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
    security(("bearer" = ["integrations:write"])),
)]
#[delete("/v1/integrations/{id}")]
pub(super) async fn delete_integration(
    caller: Caller<scope::IntegrationsWrite>,
    request: HttpRequest,
    id: Path<String>,
    writes: Data<GuardedStore>,
    clock: Data<Clock>,
    revision_watch: Data<RevisionWatch>,
    _body: Body<Ignored>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let mut query = Query::of(&request)?;
    let detach = query.flag("detach").unwrap_or(false);
    query.finish()?;
    let if_match = IfMatch::required(&request)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let done =
        manage::delete::delete(&writes, &revision_watch, actor, id, if_match, detach).await?;
    if done.value.rules.is_empty() && done.warnings.is_empty() {
        return Ok(HttpResponse::NoContent().finish());
    }
    Ok(HttpResponse::Ok().json(DeletedIntegration {
        rules: RulesTouched::detached(&done.value),
        warnings: done.warnings,
    }))
}
