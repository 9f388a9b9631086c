//! `PUT` and `PATCH /v1/notification-endpoints/{id}`.

use super::{bodies::NewEndpoint, endpoint_id};
use crate::{
    notifications::{
        attempt::Receivers,
        endpoint::Endpoint,
        manage::{self, change::EndpointUpdate},
    },
    operation::prelude::*,
};

type EndpointEdit = Edit<scope::Filtered<scope::NotificationsWrite>, BodyChange>;

#[utoipa::path(
    summary = "Replace a notification endpoint",
    description = "Accepts what GET returns. The secret is kept. An endpoint that is switched on again gets the events that happen from then on, and its waiting deliveries continue.",
    params(RequiredIfMatch),
    request_body(
        content = NewEndpoint,
        content_type = "application/json",
        example = json!({ "url": "https://erp.shop.example/onterms", "types": ["*"], "enabled": true }),
    ),
    responses(
        Conflicting,
        (status = 200, description = "The endpoint after the change.", body = Endpoint),
    ),
)]
#[put("/v1/notification-endpoints/{id}")]
pub(super) async fn replace_notification_endpoint(
    call: EndpointEdit,
    id: Path<String>,
    store: Data<Store>,
    receivers: Data<Receivers>,
) -> Result<HttpResponse, Problem> {
    change(call, &id, &store, &receivers).await
}

#[utoipa::path(
    summary = "Change parts of a notification endpoint",
    description = "The body is a JSON Merge Patch (RFC 7396): given fields are replaced, and null restores the default.",
    params(RequiredIfMatch),
    request_body(
        content(
            (inline(Object) = "application/merge-patch+json", example = json!({ "enabled": true })),
            (inline(Object) = "application/json", example = json!({ "types": ["payment.paid"] })),
        ),
    ),
    responses(
        Conflicting,
        (status = 200, description = "The endpoint after the change.", body = Endpoint),
    ),
)]
#[patch("/v1/notification-endpoints/{id}")]
pub(super) async fn update_notification_endpoint(
    call: EndpointEdit,
    id: Path<String>,
    store: Data<Store>,
    receivers: Data<Receivers>,
) -> Result<HttpResponse, Problem> {
    change(call, &id, &store, &receivers).await
}

async fn change(
    call: EndpointEdit,
    id: &str,
    store: &Store,
    receivers: &Receivers,
) -> Result<HttpResponse, Problem> {
    let update = EndpointUpdate {
        id: endpoint_id(id)?,
        if_match: call.header,
        edit: call.body,
        caller: call.caller.websites().clone(),
    };
    let changed = manage::change::change(store, receivers.policy(), call.actor, update).await?;
    Ok(Reply::ok().version(changed.version).json(changed))
}
