//! `GET /v1/notification-endpoints/{id}`.

use super::endpoint_id;
use crate::{
    notifications::{endpoint::Endpoint, manage::find_visible},
    operation::prelude::*,
};

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
        .read(move |conn| find_visible(conn, id, &websites))
        .await?;
    Ok(reply::versioned(&read.request, endpoint.version, endpoint))
}
