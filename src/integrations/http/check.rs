//! `POST /v1/integrations/check` and `…/{id}/check`: does the connection work?

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Bytes, Data, Path},
};

use super::{bodies::AccountToCheck, integration_id, without_parameters};
use crate::{
    auth::{Caller, scope},
    http::{
        body,
        merge_patch::expect_media_type,
        no_body::NoBody,
        openapi::{Guarded, OnOne, WithBody},
        problem::{Problem, ProblemBody},
    },
    integrations::{
        account,
        connection::{self, ConnectionCheck},
        draft,
        manage::IntegrationError,
    },
    outbound::Outbound,
    rate_limit::class,
    seal::Sealer,
    store::Store,
};

#[utoipa::path(
    tag = "Integrations",
    summary = "Check an account before it is saved",
    description = "Reads the merchant from Apruve with this key. A rejection or a missing answer of Apruve is a result and not an error. Nothing is stored.",
    request_body(
        content = AccountToCheck,
        content_type = "application/json",
        example = json!({
            "type": "apruve",
            "settings": {
                "merchantId": "a1b2c3d4e5f60718293a4b5c6d7e8f90",
                "apiKey": "0123456789abcdef0123456789ab9f3c",
                "testMode": true
            }
        }),
    ),
    responses(
        Guarded,
        WithBody,
        (status = 200, description = "The result of the check.", body = ConnectionCheck),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations/check")]
pub(super) async fn check_connection(
    _caller: Caller<scope::IntegrationsWrite, class::Check>,
    request: HttpRequest,
    bytes: Bytes,
    outbound: Data<Outbound>,
) -> Result<HttpResponse, Problem> {
    expect_media_type(&request, &["application/json"])?;
    without_parameters(&request)?;
    let body = body::parse_object(&bytes)?;
    let (settings, api_key) = draft::read_for_check(&body, outbound.policy())?;
    let check = connection::check(&outbound, &settings, &api_key).await;
    Ok(HttpResponse::Ok().json(check))
}

#[utoipa::path(
    tag = "Integrations",
    summary = "Check the connection of an integration",
    description = "Reads the merchant from Apruve with the stored key. A rejection or a missing answer of Apruve is a result and not an error.",
    params(("id" = String, Path, description = "The integration's id.", example = "integration_01h455vb4pex5vsknk084sn02q")),
    responses(
        Guarded, WithBody,
        OnOne,
        (status = 200, description = "The result of the check.", body = ConnectionCheck),
        (status = 409, description = "`/problems/conflict`: an offline method has no connection.",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations/{id}/check")]
pub(super) async fn check_integration(
    _caller: Caller<scope::IntegrationsWrite, class::Check>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
    sealer: Data<Sealer>,
    outbound: Data<Outbound>,
    body: NoBody,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    without_parameters(&request)?;
    body.check(&request)?;
    let account = account::open(&store, &sealer, id)
        .await
        .map_err(IntegrationError::from)?;
    let check = connection::check(&outbound, &account.settings, &account.api_key).await;
    Ok(HttpResponse::Ok().json(check))
}
