//! `POST /v1/integrations/{id}/rotate-webhook-token` and `…/reveal-webhook-url`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::TimeDelta;

use super::{bodies::Rotation, integration_id, shapes::WithUrl};
use crate::{
    auth::scope,
    http::{
        body::{Fields, Findings},
        openapi::OptionalKey,
        problem::Problem,
        reply::Reply,
        request_body::{Empty, OptionalObject},
    },
    idempotency::Key,
    integrations::{PublicOrigin, health::HealthBoard, manage},
    operation::Call,
    revision_watch::RevisionWatch,
    seal::Sealer,
    store::Store,
};

const DAY: i64 = 86_400;

#[utoipa::path(
    tag = "Integrations",
    summary = "Rotate the webhook token",
    description = "The response contains the new webhook URL. The old one works for another `graceSeconds` (default: one day); earlier ones end no later.",
    params(OptionalKey),
    request_body(content = Option<Rotation>, content_type = "application/json", example = json!({ "graceSeconds": 3600 })),
    responses(
        (status = 200, description = "The integration with its new webhook URL.", body = WithUrl, headers(("ETag" = String, description = "Its version."))),
        (status = 409, description = "`/problems/conflict`: an offline method has no webhook URL."),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations/{id}/rotate-webhook-token")]
pub(super) async fn rotate_webhook_token(
    call: Call<scope::IntegrationsWrite, OptionalObject, Option<Key>>,
    id: Path<String>,
    store: Data<Store>,
    sealer: Data<Sealer>,
    revision_watch: Data<RevisionWatch>,
    origin: Data<PublicOrigin>,
    health: Data<HealthBoard>,
) -> Result<HttpResponse, Problem> {
    let Call {
        actor,
        header: key,
        body,
        ..
    } = call;
    let id = integration_id(&id)?;
    let grace = read_grace(&body)?;
    let done = manage::webhook_url::rotate(&store, &sealer, &revision_watch, actor, key, id, grace);
    let done = done.await?;
    let reply = Reply::ok().replayed(done.replayed);
    let shown = WithUrl::new(done.value, &sealer, &origin, &health)?;
    Ok(reply.state(&shown.integration.state).json(&shown))
}

fn read_grace(OptionalObject(body): &OptionalObject) -> Result<TimeDelta, Problem> {
    let findings = Findings::default();
    let fields = Fields::of(body, &findings);
    let seconds = fields.integer("graceSeconds", 0..=30 * DAY).unwrap_or(DAY);
    fields.finish();
    findings.into_result(Some(TimeDelta::seconds(seconds)))
}

#[utoipa::path(
    tag = "Integrations",
    summary = "Show the webhook URL",
    description = "The caller is recorded in the audit log.",
    responses(
        (status = 200, description = "The integration with its webhook URL.", body = WithUrl, headers(("ETag" = String, description = "Its version."))),
        (status = 409, description = "`/problems/conflict`: an offline method has no webhook URL."),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations/{id}/reveal-webhook-url")]
pub(super) async fn reveal_webhook_url(
    call: Call<scope::IntegrationsWrite, Empty, ()>,
    id: Path<String>,
    store: Data<Store>,
    sealer: Data<Sealer>,
    origin: Data<PublicOrigin>,
    health: Data<HealthBoard>,
) -> Result<HttpResponse, Problem> {
    let Call { actor, .. } = call;
    let id = integration_id(&id)?;
    let shown = manage::webhook_url::reveal(&store, actor, id).await?;
    let shown = WithUrl::new(shown, &sealer, &origin, &health)?;
    Ok(Reply::ok().state(&shown.integration.state).json(&shown))
}
