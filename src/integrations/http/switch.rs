//! `POST /v1/integrations/{id}/activate` and `…/deactivate`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};

use super::{
    integration_id,
    shapes::{RulesTouched, ShownIntegration, SwitchedIntegration},
};
use crate::{
    auth::scope,
    guarded_write::{Guarded, GuardedStore, Refusable},
    http::{
        openapi::{ForceParameter, OptionalKey},
        problem::Problem,
        reply::Reply,
        request_body::Empty,
    },
    idempotency::{Key, Once},
    integrations::{
        PublicOrigin,
        health::HealthBoard,
        manage::switch::{self, Switched},
    },
    operation::{Call, Write},
    revision_watch::RevisionWatch,
};

#[utoipa::path(
    tag = "Integrations",
    summary = "Activate an integration",
    description = "The rules in the response offer its method again. No effect on an active integration.",
    params(OptionalKey, ForceParameter),
    responses(
        (status = 200, description = "The integration, and the rules that regain its method.", body = SwitchedIntegration, headers(("ETag" = String, description = "Its version."))),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations/{id}/activate")]
pub(super) async fn activate_integration(
    call: Write<scope::IntegrationsWrite, Empty, (Option<Key>, Refusable)>,
    id: Path<String>,
    writes: Data<GuardedStore>,
    revision_watch: Data<RevisionWatch>,
    origin: Data<PublicOrigin>,
    health: Data<HealthBoard>,
) -> Result<HttpResponse, Problem> {
    let Call {
        actor, header: key, ..
    } = call;
    let id = integration_id(&id)?;
    let done = switch::switch(&writes, &revision_watch, actor, key, id, true).await?;
    Ok(answer(done, &origin, &health))
}

#[utoipa::path(
    tag = "Integrations",
    summary = "Deactivate an integration",
    description = "Its method is not offered any more and creates no payments; existing payments continue. The response lists the rules that lose the method and those without any method left. No effect on an inactive integration.",
    params(OptionalKey),
    responses(
        (status = 200, description = "The integration, and the rules that lose its method.", body = SwitchedIntegration, headers(("ETag" = String, description = "Its version."))),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations/{id}/deactivate")]
pub(super) async fn deactivate_integration(
    call: Write<scope::IntegrationsWrite, Empty>,
    id: Path<String>,
    writes: Data<GuardedStore>,
    revision_watch: Data<RevisionWatch>,
    origin: Data<PublicOrigin>,
    health: Data<HealthBoard>,
) -> Result<HttpResponse, Problem> {
    let Call {
        actor, header: key, ..
    } = call;
    let id = integration_id(&id)?;
    let made = (key, Refusable::Never);
    let done = switch::switch(&writes, &revision_watch, actor, made, id, false).await?;
    Ok(answer(done, &origin, &health))
}

fn answer(
    done: Guarded<Once<Switched>>,
    origin: &PublicOrigin,
    health: &HealthBoard,
) -> HttpResponse {
    let Guarded {
        value: done,
        warnings,
    } = done;
    let Switched { integration, rules } = done.value;
    let reply = Reply::ok().replayed(done.replayed);
    let body = SwitchedIntegration {
        rules: RulesTouched::new(&rules, integration.enabled),
        integration: ShownIntegration::new(integration, origin, health),
        warnings,
    };
    reply.state(&body.integration.state).json(&body)
}
