//! `DELETE /v1/notification-endpoints/{id}`.

use actix_web::{
    HttpResponse, delete,
    web::{Data, Path},
};

use super::endpoint_id;
use crate::{
    auth::scope,
    http::{openapi::RequiredIfMatch, problem::Problem, request_body::Ignored},
    notifications::manage,
    operation::Edit,
    store::Store,
};

#[utoipa::path(
    tag = "Notifications",
    summary = "Delete a notification endpoint",
    description = "Nothing is posted to it any more. Its secret and its deliveries are deleted.",
    params(RequiredIfMatch),
    responses((status = 204, description = "Deleted.")),
    security(("bearer" = ["notifications:write"])),
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
