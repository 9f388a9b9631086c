//! `POST /v1/integrations`.

use actix_web::{HttpResponse, post, web::Data};

use super::{bodies::NewIntegration, shapes::WithUrl};
use crate::{
    auth::scope,
    http::{openapi::OptionalKey, problem::Problem, reply::Reply, request_body::JsonObject},
    integrations::{PublicOrigin, draft, health::HealthBoard, manage},
    operation::{Call, Write},
    outbound::Outbound,
    revision_watch::RevisionWatch,
    seal::Sealer,
    store::Store,
};

#[utoipa::path(
    tag = "Integrations",
    summary = "Create an integration",
    description = "An Apruve integration gets a webhook URL. Only this response and those of rotation and reveal contain it. No call is sent to Apruve; `check` does that.",
    params(OptionalKey),
    request_body(
        content = NewIntegration,
        content_type = "application/json",
        example = json!({
            "type": "apruve",
            "name": "Apruve US",
            "label": { "default": "Pay on terms", "localized": { "fr": "Payer à terme" } },
            "shortLabel": { "default": "Apruve" },
            "settings": {
                "merchantId": "a1b2c3d4e5f60718293a4b5c6d7e8f90",
                "apiKey": "0123456789abcdef0123456789ab9f3c",
                "testMode": true
            }
        }),
    ),
    responses(
        (status = 201, description = "Created, or created by an earlier request with this key.", body = WithUrl, headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its version."))),
        (status = 404, description = "`/problems/not-found`: the integration that an earlier request with this key created has been deleted."),
        (status = 409, description = "`/problems/name-taken`: another integration has this name."),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations")]
pub(super) async fn create_integration(
    call: Write<scope::IntegrationsWrite, JsonObject>,
    store: Data<Store>,
    sealer: Data<Sealer>,
    outbound: Data<Outbound>,
    revision_watch: Data<RevisionWatch>,
    origin: Data<PublicOrigin>,
    health: Data<HealthBoard>,
) -> Result<HttpResponse, Problem> {
    let Call {
        actor,
        header: key,
        body: JsonObject(body),
        ..
    } = call;
    let draft = draft::read(&body, None, outbound.policy())?;
    let done = manage::create::create(&store, &sealer, &revision_watch, actor, key, draft).await?;
    let id = done.value.integration.id;
    let reply = Reply::created(format!("/v1/integrations/{id}")).replayed(done.replayed);
    let shown = WithUrl::new(done.value, &sealer, &origin, &health)?;
    Ok(reply.state(&shown.integration.state).json(&shown))
}
