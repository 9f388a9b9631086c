//! `GET /v1/notification-endpoints`.

use crate::{
    notifications::{
        TOPIC,
        endpoint::Endpoint,
        store::{self, EndpointFilter},
    },
    operation::prelude::*,
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
