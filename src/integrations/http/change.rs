//! `PUT` and `PATCH /v1/integrations/{id}`.

use super::{
    bodies::IntegrationChange,
    integration_id,
    shapes::{ChangedIntegration, ShownIntegration},
};
use crate::{
    integrations::{
        IntegrationService,
        manage::change::{self, IntegrationUpdate},
    },
    operation::prelude::*,
};

type IntegrationEdit = Call<scope::IntegrationsWrite, BodyChange, (IfMatch, Refusable)>;

#[utoipa::path(
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
        (status = 200, description = "The integration after the change.", body = ChangedIntegration),
        (status = 409, description = "`/problems/name-taken`: another integration has this name. `/problems/wrong-state`: the change would replace the account, and payments exist for it. `/problems/conflict`: other requests change the integration at the same time."),
    ),
)]
#[put("/v1/integrations/{id}")]
pub(super) async fn replace_integration(
    call: IntegrationEdit,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    change(call, &id, &service).await
}

#[utoipa::path(
    summary = "Change parts of an integration",
    description = "The body is a JSON Merge Patch (RFC 7396): given fields are replaced, and null restores the default. `apiKey` cannot be removed.",
    params(RequiredIfMatch, ForceParameter),
    request_body(
        content(
            (inline(Object) = "application/merge-patch+json", example = json!({ "label": { "localized": { "fr": "Payer à terme" } } })),
            (inline(Object) = "application/json", example = json!({ "name": "Net 60" })),
        ),
    ),
    responses(
        (status = 200, description = "The integration after the change.", body = ChangedIntegration),
        (status = 409, description = "`/problems/name-taken`: another integration has this name. `/problems/wrong-state`: the change would replace the account, and payments exist for it. `/problems/conflict`: other requests change the integration at the same time."),
    ),
)]
#[patch("/v1/integrations/{id}")]
pub(super) async fn update_integration(
    call: IntegrationEdit,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    change(call, &id, &service).await
}

async fn change(
    call: IntegrationEdit,
    id: &str,
    service: &IntegrationService,
) -> Result<HttpResponse, Problem> {
    let (if_match, refusable) = call.header;
    let update = IntegrationUpdate {
        id: integration_id(id)?,
        if_match,
        refusable,
        edit: call.body,
    };
    let changed = change::change(service, &call.actor, update).await?;
    let body = ChangedIntegration {
        integration: ShownIntegration::new(changed.value, service),
        warnings: changed.warnings,
    };
    Ok(Reply::ok().state(&body.integration.state).json(&body))
}
