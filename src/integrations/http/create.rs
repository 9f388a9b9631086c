//! `POST /v1/integrations`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    post,
    web::{Bytes, Data},
};

use super::{answer_once, bodies::NewIntegration, shapes::WithUrl, with_etag, without_parameters};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    http::{
        body,
        merge_patch::expect_media_type,
        openapi::{Guarded, Once},
        problem::{Problem, ProblemBody},
    },
    idempotency::Key,
    integrations::{PublicOrigin, draft, manage},
    outbound::Outbound,
    revision_watch::RevisionWatch,
    seal::Sealer,
    store::Store,
};

#[utoipa::path(
    tag = "Integrations",
    summary = "Create an integration",
    description = "An Apruve integration gets a webhook URL. Only this response and those of rotation and reveal contain it. No call is sent to Apruve; `check` does that.",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "The same request with the same key is one operation, for 24 hours.")),
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
        Guarded,
        Once,
        (status = 201, description = "Created, or created by an earlier request with this key.", body = WithUrl,
            headers(
                ("Location" = String, description = "Its address."),
                ("ETag" = String, description = "Its version."),
                ("Idempotent-Replayed" = Option<String>, description = "`true` when an earlier request created it."),
            )),
        (status = 404, description = "`/problems/not-found`: the integration that an earlier request with this key created has been deleted.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`/problems/name-taken`: another integration has this name.",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = ["integrations:write"])),
)]
#[post("/v1/integrations")]
#[expect(
    clippy::too_many_arguments,
    reason = "one argument for each thing the operation touches"
)]
pub(super) async fn create_integration(
    caller: Caller<scope::IntegrationsWrite>,
    request: HttpRequest,
    bytes: Bytes,
    store: Data<Store>,
    clock: Data<Clock>,
    sealer: Data<Sealer>,
    outbound: Data<Outbound>,
    revision_watch: Data<RevisionWatch>,
    origin: Data<PublicOrigin>,
) -> Result<HttpResponse, Problem> {
    expect_media_type(&request, &["application/json"])?;
    without_parameters(&request)?;
    let body = body::parse_object(&bytes)?;
    let draft = draft::read(&body, None, outbound.policy())?;
    let key = Key::read(&request, caller.subject(), &bytes)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let done = manage::create::create(&store, &sealer, &revision_watch, actor, key, draft).await?;
    let id = done.value.integration.id;
    let mut response = with_etag(StatusCode::CREATED, done.value.integration.version);
    response.insert_header((header::LOCATION, format!("/v1/integrations/{id}")));
    let shown = WithUrl::new(done.value, &sealer, &origin)?;
    Ok(answer_once(response, done.replayed, shown))
}
