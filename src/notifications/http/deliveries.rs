//! `GET /v1/notification-endpoints/{id}/deliveries`.

use super::endpoint_id;
use crate::{
    notifications::{
        TOPIC,
        delivery::{Delivery, DeliveryState},
        manage::{NotificationError, find_visible},
        store::{self, DeliveryFilter, DeliverySort},
    },
    operation::prelude::*,
};

#[utoipa::path(
    operation_id = "list_deliveries",
    summary = "List the deliveries to a notification endpoint",
    description = "Lists the past and waiting deliveries to the endpoint, newest first unless `sort` says otherwise. Finished deliveries are kept as long as events (`retention.events`). Of the endpoint's answers, only the status is kept.",
    params(
        ("state" = Option<DeliveryState>, Query, description = "Only deliveries in this state."),
        ("eventId" = Option<String>, Query, description = "Only deliveries of this event.", min_length = 1),
        ("createdFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only deliveries created at or after this instant."),
        ("createdUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only deliveries created before this instant."),
        PageParameters,
        ("sort" = Option<String>, Query, description = "`createdAt` or `-createdAt` (default).", example = "-createdAt"),
    ),
    responses((status = 200, description = "A page.", body = Listed<Item<Delivery>>)),
)]
#[get("/v1/notification-endpoints/{id}/deliveries")]
pub(super) async fn list_deliveries(
    caller: Caller<scope::Filtered<scope::NotificationsRead>>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let states: Vec<&str> = DeliveryState::ALL.iter().map(|it| it.as_str()).collect();
    let one_of = format!("one of {}", states.join(", "));
    let state = query.parsed("state", &one_of, DeliveryState::parse);
    let event = query.text("eventId");
    let created = query.period("createdFrom", "createdUntil");
    let page = query.page(&[(DeliverySort::CreatedAt, Direction::Descending)]);
    query.finish()?;
    let endpoint = endpoint_id(&id)?;
    let filter = DeliveryFilter {
        endpoint,
        state,
        event,
        created,
    };
    let (wanted, websites) = (page.clone(), caller.websites().clone());
    let found = store
        .for_lists(TOPIC)
        .snapshot(move |conn| {
            find_visible(conn, endpoint, &websites)?;
            let rows = store::list(conn, &filter, &wanted)?;
            let total = wanted.total(|| store::count(conn, &filter))?;
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
