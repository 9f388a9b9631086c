//! `DELETE /v1/payment-rules/{id}`

use actix_web::{HttpResponse, delete, web};

use super::super::{access, manage};
use crate::{
    auth::scope,
    http::{openapi::RequiredIfMatch, problem::Problem, request_body::Ignored},
    operation::{Call, Edit},
    revision_watch::RevisionWatch,
    store::Store,
};

/// Delete a payment rule
///
/// Its history stays, and restoring an earlier revision brings it back.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(RequiredIfMatch),
    responses((status = 204, description = "The rule is deleted.")),
)]
#[delete("/v1/payment-rules/{id}")]
pub async fn delete_payment_rule(
    call: Edit<scope::Filtered<scope::RulesWrite>, Ignored>,
    id: web::Path<String>,
    store: web::Data<Store>,
    revision_watch: web::Data<RevisionWatch>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: if_match,
        ..
    } = call;
    let id = super::id(&id)?;
    let revision = store
        .write(move |tx| {
            access::check_change(tx, id, caller.websites())?;
            manage::delete(tx, &actor, &if_match, id)
        })
        .await?;
    revision_watch.wait_for(revision).await;
    Ok(HttpResponse::NoContent().finish())
}
