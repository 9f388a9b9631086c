//! `GET /v1/integrations/{id}` and the rules that use it.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    web::{Data, Path},
};

use super::{
    integration_id,
    shapes::{RuleRef, Shown, rule_refs},
    with_etag, without_parameters,
};
use crate::{
    auth::{Caller, scope},
    http::{
        openapi::{Guarded, OnOne},
        pagination::Listed,
        precondition,
        problem::Problem,
    },
    integrations::{PublicOrigin, manage::IntegrationError, store},
    payment_rules::usage,
    store::Store,
};

#[utoipa::path(
    tag = "Integrations",
    summary = "Read an integration",
    description = "Secrets are shown by their last characters. What it returns may be sent back by PUT.",
    params(
        ("id" = String, Path, description = "The integration's id.", example = "integration_01h455vb4pex5vsknk084sn02q"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of a version that the caller has."),
    ),
    responses(
        Guarded,
        OnOne,
        (status = 200, description = "The integration.", body = Shown,
            headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The ETag in `If-None-Match` is current."),
    ),
    security(("bearer" = ["integrations:read"])),
)]
#[get("/v1/integrations/{id}")]
pub(super) async fn get_integration(
    _caller: Caller<scope::IntegrationsRead>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
    origin: Data<PublicOrigin>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    without_parameters(&request)?;
    let found = store.read(move |conn| store::find(conn, id)).await?;
    let integration = found.ok_or(IntegrationError::NotFound)?;
    let version = integration.version;
    if precondition::unchanged(&request, version) {
        return Ok(with_etag(StatusCode::NOT_MODIFIED, version).finish());
    }
    Ok(with_etag(StatusCode::OK, version).json(Shown::new(integration, &origin)))
}

#[utoipa::path(
    tag = "Integrations",
    summary = "List the rules that use an integration",
    description = "Every payment rule that offers the integration's method, on one page.",
    params(("id" = String, Path, description = "The integration's id.", example = "integration_01h455vb4pex5vsknk084sn02q")),
    responses(
        Guarded,
        OnOne,
        (status = 200, description = "The rules.", body = Listed<RuleRef>),
    ),
    security(("bearer" = ["integrations:read"])),
)]
#[get("/v1/integrations/{id}/rules")]
pub(super) async fn list_integration_rules(
    _caller: Caller<scope::IntegrationsRead>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    without_parameters(&request)?;
    let rules = store
        .snapshot(move |conn| {
            store::find(conn, id)?.ok_or(IntegrationError::NotFound)?;
            Ok::<_, IntegrationError>(usage::rules_using(conn, id)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Listed {
        items: rule_refs(&rules),
        next_cursor: None,
        total: None,
    }))
}
