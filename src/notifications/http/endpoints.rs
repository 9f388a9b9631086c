//! `GET` and `POST /v1/notification-endpoints`, and `GET` and `DELETE /v1/notification-endpoints/{id}`.

use super::{
    bodies::{EndpointWithSecret, NewEndpoint},
    endpoint_id,
};
use crate::{
    notifications::{
        TOPIC,
        attempt::Receivers,
        draft,
        endpoint::Endpoint,
        manage,
        store::{self, EndpointFilter},
    },
    operation::prelude::*,
    seal::Sealer,
};

#[utoipa::path(
    summary = "List notification endpoints",
    description = "Lists the endpoints in pages, oldest first unless `sort` says otherwise. A token that is bound to websites sees only endpoints all of whose websites are among these.",
    params(EndpointFilter),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<Endpoint>>>)),
)]
#[get("/v1/notification-endpoints")]
pub(super) async fn list_notification_endpoints(
    caller: Caller<scope::Filtered<scope::NotificationsRead>>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (mut filter, page) = EndpointFilter::of(&request)?;
    filter.websites = caller.websites().clone();
    let wanted = page.clone();
    let found = store
        .for_lists(TOPIC)
        .snapshot(move |conn| store::list_page(conn, &filter, &wanted))
        .await?;
    Ok(pagination::respond_each(&request, &page, found, |row| {
        Versioned::new(row.version, row)
    }))
}

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

#[utoipa::path(
    summary = "Read a notification endpoint",
    description = "Returns the endpoint without its secret.",
    params(IfNoneMatch),
    responses((status = 200, description = "The endpoint.", body = Endpoint)),
)]
#[get("/v1/notification-endpoints/{id}")]
pub(super) async fn get_notification_endpoint(
    read: Read<scope::Filtered<scope::NotificationsRead>>,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = endpoint_id(&id)?;
    let websites = read.caller.websites().clone();
    let endpoint = store
        .read(move |conn| manage::find_visible(conn, id, &websites))
        .await?;
    Ok(reply::versioned(&read.request, endpoint.version, endpoint))
}

#[utoipa::path(
    summary = "Delete a notification endpoint",
    description = "Deletes the endpoint with its secret and its deliveries. Events are no longer posted to it.",
    params(RequiredIfMatch),
    responses((status = 204, description = "Deleted.")),
)]
#[delete("/v1/notification-endpoints/{id}")]
pub(super) async fn delete_notification_endpoint(
    call: Edit<scope::Filtered<scope::NotificationsWrite>, Ignored>,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = endpoint_id(&id)?;
    let websites = call.caller.websites().clone();
    manage::create::delete(&store, call.actor, id, call.header, websites).await?;
    Ok(HttpResponse::NoContent().finish())
}
