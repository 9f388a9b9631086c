//! `POST /v1/integrations/{id}/activate` and `…/deactivate`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    post,
    web::{Data, Path},
};

use super::{
    answer_once, integration_id,
    shapes::{RulesTouched, Shown, SwitchedIntegration},
    with_etag, without_parameters,
};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    http::{
        no_body::NoBody,
        openapi::{Guarded, OnOne, WithBody},
        problem::Problem,
    },
    idempotency::{Key, Once},
    integrations::{
        PublicOrigin,
        manage::switch::{self, Switched},
    },
    revision_watch::RevisionWatch,
    store::Store,
};

#[utoipa::path(
    tag = "Integrations",
    summary = "Activate an integration",
    description = "The rules in the response offer its method again. No effect on an active integration.",
    params(
        ("id" = String, Path, description = "The integration's id.", example = "integration_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "The same request with the same key is one operation, for 24 hours."),
    ),
    responses(
        Guarded, WithBody,
        OnOne,
        (status = 200, description = "The integration, and the rules that regain its method.", body = SwitchedIntegration,
            headers(("ETag" = String, description = "Its version."))),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations/{id}/activate")]
#[expect(
    clippy::too_many_arguments,
    reason = "one argument for each thing the operation touches"
)]
pub(super) async fn activate_integration(
    caller: Caller<scope::IntegrationsWrite>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
    clock: Data<Clock>,
    revision_watch: Data<RevisionWatch>,
    origin: Data<PublicOrigin>,
    body: NoBody,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    without_parameters(&request)?;
    body.check(&request)?;
    let key = Key::read(&request, caller.subject(), b"")?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let done = switch::switch(&store, &revision_watch, actor, key, id, true).await?;
    Ok(answer(done, &origin))
}

#[utoipa::path(
    tag = "Integrations",
    summary = "Deactivate an integration",
    description = "Its method is not offered any more and creates no payments; existing payments continue. The response lists the rules that lose the method and those without any method left. No effect on an inactive integration.",
    params(
        ("id" = String, Path, description = "The integration's id.", example = "integration_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "The same request with the same key is one operation, for 24 hours."),
    ),
    responses(
        Guarded, WithBody,
        OnOne,
        (status = 200, description = "The integration, and the rules that lose its method.", body = SwitchedIntegration,
            headers(("ETag" = String, description = "Its version."))),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations/{id}/deactivate")]
#[expect(
    clippy::too_many_arguments,
    reason = "one argument for each thing the operation touches"
)]
pub(super) async fn deactivate_integration(
    caller: Caller<scope::IntegrationsWrite>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
    clock: Data<Clock>,
    revision_watch: Data<RevisionWatch>,
    origin: Data<PublicOrigin>,
    body: NoBody,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    without_parameters(&request)?;
    body.check(&request)?;
    let key = Key::read(&request, caller.subject(), b"")?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let done = switch::switch(&store, &revision_watch, actor, key, id, false).await?;
    Ok(answer(done, &origin))
}

fn answer(done: Once<Switched>, origin: &PublicOrigin) -> HttpResponse {
    let Switched { integration, rules } = done.value;
    let response = with_etag(StatusCode::OK, integration.version);
    let body = SwitchedIntegration {
        rules: RulesTouched::new(&rules, integration.enabled),
        integration: Shown::new(integration, origin),
    };
    answer_once(response, done.replayed, body)
}
