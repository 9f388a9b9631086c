//! `POST /v1/notification-endpoints`.

use super::bodies::{EndpointWithSecret, NewEndpoint};
use crate::{
    notifications::{attempt::Receivers, draft, manage},
    operation::prelude::*,
    seal::Sealer,
};

#[utoipa::path(
    summary = "Create a notification endpoint",
    description = "Events that happen from now on are posted to the address, each as in `GET /v1/events`, signed as Standard Webhooks describes with the `secret` that only this answer and that of a rotation contain. Answer with a status of 200 to 299 within 15 seconds; everything else is tried again for three days. At most 50 endpoints. One that is created with a token for some websites gets what belongs to these.",
    params(OptionalKey),
    request_body(
        content = NewEndpoint,
        content_type = "application/json",
        example = json!({ "url": "https://erp.shop.example/onterms", "types": ["payment.*", "finding.opened"], "description": "The ERP" }),
    ),
    responses(
        Conflicting,
        (status = 201, description = "Created, or created by an earlier request with this key.", body = EndpointWithSecret, headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its version."))),
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
