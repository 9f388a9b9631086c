//! `DELETE /v1/notification-endpoints/{id}`.

use super::endpoint_id;
use crate::{notifications::manage, operation::prelude::*};

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
    manage::delete::delete(&store, call.actor, id, call.header, websites).await?;
    Ok(HttpResponse::NoContent().finish())
}
