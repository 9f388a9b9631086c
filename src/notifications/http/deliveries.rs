//! `GET /v1/notification-endpoints/{id}/deliveries`, `POST …/ping` and `…/replay`, and
//! `POST /v1/deliveries/{id}/redeliver`.

use super::{
    bodies::{NewNotificationReplay, StartedReplay},
    delivery_id, endpoint_id,
};
use crate::{
    events,
    jobs::Wakeup,
    notifications::{
        TOPIC,
        delivery::Delivery,
        manage::{NotificationError, deliver, find_visible},
        store::{self, DeliveryFilter},
        worker::Deliverer,
    },
    operation::prelude::*,
};

#[utoipa::path(
    operation_id = "list_deliveries",
    summary = "List the deliveries to a notification endpoint",
    description = "Lists the past and waiting deliveries to the endpoint, newest first unless `sort` says otherwise. Finished deliveries are kept as long as events (`retention.events`). Of the endpoint's answers, only the status is kept.",
    params(DeliveryFilter),
    responses((status = 200, description = "A page.", body = Listed<Item<Delivery>>)),
)]
#[get("/v1/notification-endpoints/{id}/deliveries")]
pub(super) async fn list_deliveries(
    caller: Caller<scope::Filtered<scope::NotificationsRead>>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (filter, page) = DeliveryFilter::of(&request)?;
    let endpoint = endpoint_id(&id)?;
    let (wanted, websites) = (page.clone(), caller.websites().clone());
    let found = store
        .for_lists(TOPIC)
        .snapshot(move |conn| {
            find_visible(conn, endpoint, &websites)?;
            let rows = store::list(conn, endpoint, &filter, &wanted)?;
            let total = wanted.total(|| store::count(conn, endpoint, &filter))?;
            Ok::<_, NotificationError>((rows, total))
        })
        .await?;
    Ok(pagination::respond_each(
        &request,
        &page,
        found,
        |delivery| delivery,
    ))
}

#[utoipa::path(
    summary = "Try a notification endpoint",
    description = "Posts an event of the type `ping` to the endpoint, regardless of its `types`. The list of its deliveries shows the result.",
    params(OptionalKey),
    responses(
        (status = 202, description = "The delivery is due.", body = Delivery),
        (status = 409, description = "`/problems/wrong-state`: the endpoint is off."),
    ),
)]
#[post("/v1/notification-endpoints/{id}/ping")]
pub(super) async fn ping_notification_endpoint(
    call: Write<scope::Filtered<scope::NotificationsWrite>, Empty>,
    id: Path<String>,
    store: Data<Store>,
    wakeup: Data<Wakeup<Deliverer>>,
) -> Result<HttpResponse, Problem> {
    let id = endpoint_id(&id)?;
    let websites = call.caller.websites().clone();
    let done = deliver::ping(&store, call.actor, call.header, id, websites).await?;
    wakeup.ring();
    Ok(Reply::accepted().replayed(done.replayed).json(done.value))
}

#[utoipa::path(
    summary = "Deliver everything since a moment again",
    description = "Delivers every event again that happened at or after `since`, is still kept, and passes the endpoint's filter. This includes events that were delivered before; the `webhook-id` of an event stays the same. Use this operation after an outage of the receiver.",
    params(OptionalKey),
    request_body(content = NewNotificationReplay, content_type = "application/json", example = json!({ "since": "2026-03-01T00:00:00Z" })),
    responses(
        (status = 202, description = "The replay has started. Deliveries are created one after the other.", body = StartedReplay),
        (status = 409, description = "`/problems/wrong-state`: the endpoint is off."),
    ),
)]
#[post("/v1/notification-endpoints/{id}/replay")]
pub(super) async fn replay_notifications(
    call: Write<scope::Filtered<scope::NotificationsWrite>, JsonObject>,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = endpoint_id(&id)?;
    let since = Fields::read(&call.body.0, |fields| {
        NewNotificationReplay::read(fields).since
    })?;
    let websites = call.caller.websites().clone();
    let done = deliver::replay(&store, call.actor, call.header, id, since, websites).await?;
    let after = events::cursor_text(done.value);
    Ok(Reply::accepted()
        .replayed(done.replayed)
        .json(StartedReplay { since, after }))
}

#[utoipa::path(
    summary = "Attempt a delivery again",
    description = "Attempts the delivery at once, and then as often as a new delivery. The `webhook-id` stays the same.",
    params(OptionalKey),
    responses(
        (status = 202, description = "The delivery is due.", body = Delivery),
        (status = 409, description = "`/problems/wrong-state`: the endpoint is off."),
    ),
)]
#[post("/v1/deliveries/{id}/redeliver")]
pub(super) async fn redeliver_delivery(
    call: Write<scope::Filtered<scope::NotificationsWrite>, Empty>,
    id: Path<String>,
    store: Data<Store>,
    wakeup: Data<Wakeup<Deliverer>>,
) -> Result<HttpResponse, Problem> {
    let id = delivery_id(&id)?;
    let websites = call.caller.websites().clone();
    let done = deliver::redeliver(&store, call.actor, call.header, id, websites).await?;
    wakeup.ring();
    Ok(Reply::accepted().replayed(done.replayed).json(done.value))
}
