//! `PUT` and `PATCH /v1/integrations/{id}`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    patch, put,
    web::{Bytes, Data, Path},
};

use super::{
    bodies::IntegrationChange,
    integration_id,
    shapes::{ChangedIntegration, Shown},
    with_etag, without_parameters,
};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    http::{
        body,
        merge_patch::{check_media_type, expect_media_type},
        openapi::{Conditional, Guarded, OnOne, WithBody},
        precondition::IfMatch,
        problem::{Problem, ProblemBody},
    },
    integrations::{
        PublicOrigin,
        manage::change::{self, Changed, Edit, IntegrationUpdate},
    },
    outbound::Outbound,
    revision_watch::RevisionWatch,
    seal::Sealer,
    store::Store,
};

#[utoipa::path(
    tag = "Integrations",
    summary = "Replace an integration",
    description = "Accepts what GET returns. An absent API key is kept. `type` never changes, and `enabled` is changed by `activate` and `deactivate`. A change of `merchantId`, `testMode` or `baseUrl` requires the API key again, and is rejected once a payment exists.",
    params(
        ("id" = String, Path, description = "The integration's id.", example = "integration_01h455vb4pex5vsknk084sn02q"),
        ("If-Match" = String, Header, description = "The ETag that was read.", example = "\"1\""),
    ),
    request_body(
        content = IntegrationChange,
        content_type = "application/json",
        example = json!({
            "type": "payment_term",
            "name": "Net 30",
            "label": { "default": "Pay within 30 days", "localized": {} },
            "settings": { "instructions": "We send the invoice with the goods." }
        }),
    ),
    responses(
        Guarded,
        WithBody,
        OnOne,
        Conditional,
        (status = 200, description = "The integration as it is now.", body = ChangedIntegration,
            headers(("ETag" = String, description = "Its version."))),
        (status = 409, description = "`/problems/name-taken`: another integration has this name. `/problems/wrong-state`: payments exist for its account, which this would replace. `/problems/conflict`: other requests change it at the same time.",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[put("/v1/integrations/{id}")]
#[expect(
    clippy::too_many_arguments,
    reason = "one argument for each thing the operation touches"
)]
pub(super) async fn replace_integration(
    caller: Caller<scope::IntegrationsWrite>,
    request: HttpRequest,
    id: Path<String>,
    bytes: Bytes,
    store: Data<Store>,
    clock: Data<Clock>,
    sealer: Data<Sealer>,
    outbound: Data<Outbound>,
    revision_watch: Data<RevisionWatch>,
    origin: Data<PublicOrigin>,
) -> Result<HttpResponse, Problem> {
    expect_media_type(&request, &["application/json"])?;
    let update = update(&request, &id, &bytes, Edit::Replace)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let policy = outbound.policy();
    let changed = change::change(&store, &sealer, &revision_watch, policy, actor, update).await?;
    Ok(answer(changed, &origin))
}

#[utoipa::path(
    tag = "Integrations",
    summary = "Change parts of an integration",
    description = "A JSON Merge Patch (RFC 7396): given fields are replaced, null restores the default. `apiKey` cannot be removed.",
    params(
        ("id" = String, Path, description = "The integration's id.", example = "integration_01h455vb4pex5vsknk084sn02q"),
        ("If-Match" = String, Header, description = "The ETag that was read.", example = "\"1\""),
    ),
    request_body(
        content(
            (inline(Object) = "application/merge-patch+json", example = json!({ "label": { "localized": { "fr": "Payer à terme" } } })),
            (inline(Object) = "application/json", example = json!({ "name": "Net 60" })),
        ),
    ),
    responses(
        Guarded,
        WithBody,
        OnOne,
        Conditional,
        (status = 200, description = "The integration as it is now.", body = ChangedIntegration,
            headers(("ETag" = String, description = "Its version."))),
        (status = 409, description = "`/problems/name-taken`: another integration has this name. `/problems/wrong-state`: payments exist for its account, which this would replace. `/problems/conflict`: other requests change it at the same time.",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[patch("/v1/integrations/{id}")]
#[expect(
    clippy::too_many_arguments,
    reason = "one argument for each thing the operation touches"
)]
pub(super) async fn update_integration(
    caller: Caller<scope::IntegrationsWrite>,
    request: HttpRequest,
    id: Path<String>,
    bytes: Bytes,
    store: Data<Store>,
    clock: Data<Clock>,
    sealer: Data<Sealer>,
    outbound: Data<Outbound>,
    revision_watch: Data<RevisionWatch>,
    origin: Data<PublicOrigin>,
) -> Result<HttpResponse, Problem> {
    check_media_type(&request)?;
    let update = update(&request, &id, &bytes, Edit::Merge)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let policy = outbound.policy();
    let changed = change::change(&store, &sealer, &revision_watch, policy, actor, update).await?;
    Ok(answer(changed, &origin))
}

fn update(
    request: &HttpRequest,
    id: &str,
    bytes: &Bytes,
    edit: fn(serde_json::Map<String, serde_json::Value>) -> Edit,
) -> Result<IntegrationUpdate, Problem> {
    let id = integration_id(id)?;
    without_parameters(request)?;
    Ok(IntegrationUpdate {
        id,
        if_match: IfMatch::required(request)?,
        edit: edit(body::parse_object(bytes)?),
    })
}

fn answer(changed: Changed, origin: &PublicOrigin) -> HttpResponse {
    with_etag(StatusCode::OK, changed.integration.version).json(ChangedIntegration {
        integration: Shown::new(changed.integration, origin),
        warnings: changed.warnings,
    })
}
