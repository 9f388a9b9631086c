//! `POST /v1/integrations/check` and `…/{id}/check`: a live check of the connection.

use super::{bodies::AccountToCheck, integration_id};
use crate::{
    integrations::{
        IntegrationService,
        connection::{self, ConnectionCheck},
        draft,
    },
    operation::prelude::*,
    providers::apruve::Account,
    rate_limit::class,
};

/// A live check calls the provider, so it has its own rate limit.
type MayCheck = scope::CountedAs<scope::IntegrationsWrite, class::Check>;

#[utoipa::path(
    summary = "Check an account before it is saved",
    description = "Reads the merchant from Apruve with the key in the body. If Apruve rejects the key or does not answer, that is a result and not an error. Nothing is stored.",
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
    responses((status = 200, description = "The result of the check.", body = ConnectionCheck)),
)]
#[post("/v1/integrations/check")]
pub(super) async fn check_connection(
    call: Call<MayCheck, JsonObject, ()>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let (settings, api_key) = draft::read_for_check(&call.body.0, service.outbound.policy())?;
    let account = Account::new(&service.outbound, settings.origin(), &api_key);
    let check = connection::check(&account, &settings).await;
    Ok(HttpResponse::Ok().json(check))
}

#[utoipa::path(
    summary = "Check the connection of an integration",
    description = "Reads the merchant from Apruve with the stored key. The result counts for the integration's `health`. If Apruve rejects the key or does not answer, that is a result and not an error.",
    responses(
        (status = 200, description = "The result of the check.", body = ConnectionCheck),
        (status = 409, description = "`/problems/conflict`: an offline method has no connection."),
    ),
)]
#[post("/v1/integrations/{id}/check")]
pub(super) async fn check_integration(
    _call: Call<MayCheck, Empty, ()>,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let id = integration_id(&id)?;
    let account = service.open_account(id).await?;
    let breaker = service.breakers.of(&id.to_string());
    let watched = account.watched(&service.outbound, &breaker, &service.clock);
    let check = connection::check(&watched, &account.settings).await;
    Ok(HttpResponse::Ok().json(check))
}
