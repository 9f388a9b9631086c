//! `PUT` and `PATCH /v1/integrations/{id}`.

use actix_web::{
    HttpResponse, patch, put,
    web::{Data, Path},
};

use super::{
    bodies::IntegrationChange,
    integration_id,
    shapes::{ChangedIntegration, ShownIntegration},
};
use crate::{
    auth::scope,
    guarded_write::{GuardedStore, Refusable},
    http::{
        merge_patch::BodyChange,
        openapi::{ForceParameter, RequiredIfMatch},
        precondition::IfMatch,
        problem::{FieldError, Problem},
        reply::Reply,
        request_body::{JsonObject, MergePatch},
    },
    integrations::{
        PublicOrigin,
        health::HealthBoard,
        manage::change::{self, IntegrationUpdate, UpdatedIntegration},
    },
    operation::Call,
    outbound::Outbound,
    revision_watch::RevisionWatch,
    seal::Sealer,
};

#[utoipa::path(
    tag = "Integrations",
    summary = "Replace an integration",
    description = "Accepts what GET returns. An absent API key is kept. `type` never changes, and `enabled` is changed by `activate` and `deactivate`. A change of `merchantId`, `testMode` or `baseUrl` requires the API key again, and is rejected once a payment exists.",
    params(RequiredIfMatch, ForceParameter),
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
        (status = 200, description = "The integration as it is now.", body = ChangedIntegration),
        (status = 409, description = "`/problems/name-taken`: another integration has this name. `/problems/wrong-state`: payments exist for its account, which this would replace. `/problems/conflict`: other requests change it at the same time."),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[put("/v1/integrations/{id}")]
pub(super) async fn replace_integration(
    call: Call<scope::IntegrationsWrite, JsonObject, (IfMatch, Refusable)>,
    id: Path<String>,
    writes: Data<GuardedStore>,
    sealer: Data<Sealer>,
    outbound: Data<Outbound>,
    revision_watch: Data<RevisionWatch>,
    shown_with: ShownWith,
) -> Result<HttpResponse, Problem> {
    let Call {
        actor,
        header: (if_match, refusable),
        body: JsonObject(body),
        ..
    } = call;
    let update = IntegrationUpdate {
        id: integration_id(&id)?,
        if_match,
        refusable,
        edit: BodyChange::Replace(body),
    };
    let policy = outbound.policy();
    let changed = change::change(&writes, &sealer, &revision_watch, policy, actor, update).await?;
    Ok(answer(changed, &shown_with))
}

#[utoipa::path(
    tag = "Integrations",
    summary = "Change parts of an integration",
    description = "A JSON Merge Patch (RFC 7396): given fields are replaced, null restores the default. `apiKey` cannot be removed.",
    params(RequiredIfMatch, ForceParameter),
    request_body(
        content(
            (inline(Object) = "application/merge-patch+json", example = json!({ "label": { "localized": { "fr": "Payer à terme" } } })),
            (inline(Object) = "application/json", example = json!({ "name": "Net 60" })),
        ),
    ),
    responses(
        (status = 200, description = "The integration as it is now.", body = ChangedIntegration),
        (status = 409, description = "`/problems/name-taken`: another integration has this name. `/problems/wrong-state`: payments exist for its account, which this would replace. `/problems/conflict`: other requests change it at the same time."),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[patch("/v1/integrations/{id}")]
pub(super) async fn update_integration(
    call: Call<scope::IntegrationsWrite, MergePatch, (IfMatch, Refusable)>,
    id: Path<String>,
    writes: Data<GuardedStore>,
    sealer: Data<Sealer>,
    outbound: Data<Outbound>,
    revision_watch: Data<RevisionWatch>,
    shown_with: ShownWith,
) -> Result<HttpResponse, Problem> {
    let Call {
        actor,
        header: (if_match, refusable),
        body: MergePatch(patch),
        ..
    } = call;
    let update = IntegrationUpdate {
        id: integration_id(&id)?,
        if_match,
        refusable,
        edit: BodyChange::Merge(patch),
    };
    let policy = outbound.policy();
    let changed = change::change(&writes, &sealer, &revision_watch, policy, actor, update).await?;
    Ok(answer(changed, &shown_with))
}

/// What an integration is shown with.
type ShownWith = (Data<PublicOrigin>, Data<HealthBoard>);

fn answer(changed: UpdatedIntegration, (origin, health): &ShownWith) -> HttpResponse {
    let warnings = changed.warnings.into_iter().map(FieldError::from);
    let body = ChangedIntegration {
        integration: ShownIntegration::new(changed.integration, origin, health),
        warnings: warnings.chain(changed.failing).collect(),
    };
    Reply::ok().state(&body.integration.state).json(&body)
}
