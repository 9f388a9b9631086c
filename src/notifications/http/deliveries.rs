//! `GET /v1/notification-endpoints/{id}/deliveries`.

use super::endpoint_id;
use crate::{
    notifications::{
        TOPIC,
        delivery::Delivery,
        manage::{NotificationError, find_visible},
        store::{self, DeliveryFilter},
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
