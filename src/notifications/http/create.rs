//! `POST /v1/notification-endpoints`.

use super::bodies::{EndpointWithSecret, NewEndpoint};
use crate::{
    notifications::{attempt::Receivers, draft, manage},
    operation::prelude::*,
    seal::Sealer,
};

#[utoipa::path(
    summary = "Create a notification endpoint",
    description = "Events that happen from now on are posted to the address. Each is posted in the format of `GET /v1/events` and signed according to Standard Webhooks with the `secret`. Only the answers to creation and rotation contain the secret. The receiver must answer with a status of 200 to 299 within 15 seconds. Status 410 switches the endpoint off; after any other result the service tries again for three days. There can be at most 50 endpoints. An endpoint that is created with a token for some websites gets the events of these websites.",
    params(OptionalKey),
    request_body(
        content = NewEndpoint,
        content_type = "application/json",
        example = json!({ "url": "https://erp.shop.example/onterms", "types": ["payment.*", "finding.opened"], "description": "The ERP" }),
    ),
    responses(
        Conflicting,
        (status = 201, description = "Created, or created by an earlier request with this key.", body = EndpointWithSecret, headers(("Location" = String, description = "The path of the endpoint."), ("ETag" = String, description = "The version of the endpoint."))),
        (status = 404, description = "`/problems/not-found`: the endpoint that an earlier request with this key created has been deleted."),
    ),
)]
#[post("/v1/notification-endpoints")]
pub(super) async fn create_notification_endpoint(
    call: Write<scope::Filtered<scope::NotificationsWrite>, JsonObject>,
    store: Data<Store>,
    sealer: Data<Sealer>,
    receivers: Data<Receivers>,
) -> Result<HttpResponse, Problem> {
    let websites = call.caller.websites().clone();
    let draft = draft::read(&call.body.0, None, &websites, receivers.policy())?;
    let done =
        manage::create::create(&store, &sealer, call.actor, call.header, draft, websites).await?;
    let endpoint = &done.value.endpoint;
    let reply = Reply::created(format!("/v1/notification-endpoints/{}", endpoint.id))
        .version(endpoint.version)
        .replayed(done.replayed);
    Ok(reply.json(EndpointWithSecret::new(done.value, &sealer)?))
}
