//! `POST /v1/integrations/{id}/rotate-webhook-token` and `…/reveal-webhook-url`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    post,
    web::{Bytes, Data, Path},
};
use chrono::TimeDelta;

use super::{
    answer_once, bodies::Rotation, integration_id, shapes::WithUrl, with_etag, without_parameters,
};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    http::{
        body::{self, Fields, Findings},
        merge_patch::expect_media_type,
        no_body::NoBody,
        openapi::{Guarded, OnOne, Once, WithBody},
        problem::{Problem, ProblemBody},
    },
    idempotency::Key,
    integrations::{PublicOrigin, manage},
    revision_watch::RevisionWatch,
    seal::Sealer,
    store::Store,
};

const DAY: i64 = 86_400;

#[utoipa::path(
    tag = "Integrations",
    summary = "Rotate the webhook token",
    description = "The response contains the new webhook URL. The old one works for another `graceSeconds` (default: one day); earlier ones end no later.",
    params(
        ("id" = String, Path, description = "The integration's id.", example = "integration_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "The same request with the same key is one operation, for 24 hours."),
    ),
    request_body(content = Option<Rotation>, content_type = "application/json", example = json!({ "graceSeconds": 3600 })),
    responses(
        Guarded,
        Once,
        OnOne,
        (status = 200, description = "The integration with its new webhook URL.", body = WithUrl,
            headers(("ETag" = String, description = "Its version."))),
        (status = 409, description = "`/problems/conflict`: an offline method has no webhook URL.",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations/{id}/rotate-webhook-token")]
#[expect(
    clippy::too_many_arguments,
    reason = "one argument for each thing the operation touches"
)]
pub(super) async fn rotate_webhook_token(
    caller: Caller<scope::IntegrationsWrite>,
    request: HttpRequest,
    id: Path<String>,
    bytes: Bytes,
    store: Data<Store>,
    clock: Data<Clock>,
    sealer: Data<Sealer>,
    revision_watch: Data<RevisionWatch>,
    origin: Data<PublicOrigin>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    without_parameters(&request)?;
    let grace = read_grace(&request, &bytes)?;
    let key = Key::read(&request, caller.subject(), &bytes)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let done = manage::webhook_url::rotate(&store, &sealer, &revision_watch, actor, key, id, grace);
    let done = done.await?;
    let response = with_etag(StatusCode::OK, done.value.integration.version);
    let shown = WithUrl::new(done.value, &sealer, &origin)?;
    Ok(answer_once(response, done.replayed, shown))
}

fn read_grace(request: &HttpRequest, bytes: &Bytes) -> Result<TimeDelta, Problem> {
    if matches!(&bytes[..], b"" | b"null") {
        return Ok(TimeDelta::seconds(DAY));
    }
    expect_media_type(request, &["application/json"])?;
    let body = body::parse_object(bytes)?;
    let findings = Findings::default();
    let fields = Fields::of(&body, &findings);
    let seconds = fields.integer("graceSeconds", 0..=30 * DAY).unwrap_or(DAY);
    fields.finish();
    findings.into_result(Some(TimeDelta::seconds(seconds)))
}

#[utoipa::path(
    tag = "Integrations",
    summary = "Show the webhook URL",
    description = "The caller is recorded in the audit log.",
    params(("id" = String, Path, description = "The integration's id.", example = "integration_01h455vb4pex5vsknk084sn02q")),
    responses(
        Guarded, WithBody,
        OnOne,
        (status = 200, description = "The integration with its webhook URL.", body = WithUrl,
            headers(("ETag" = String, description = "Its version."))),
        (status = 409, description = "`/problems/conflict`: an offline method has no webhook URL.",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations/{id}/reveal-webhook-url")]
#[expect(
    clippy::too_many_arguments,
    reason = "one argument for each thing the operation touches"
)]
pub(super) async fn reveal_webhook_url(
    caller: Caller<scope::IntegrationsWrite>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
    clock: Data<Clock>,
    sealer: Data<Sealer>,
    origin: Data<PublicOrigin>,
    body: NoBody,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    without_parameters(&request)?;
    body.check(&request)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let shown = manage::webhook_url::reveal(&store, actor, id).await?;
    let mut response = with_etag(StatusCode::OK, shown.integration.version);
    Ok(response.json(WithUrl::new(shown, &sealer, &origin)?))
}
