//! `DELETE /v1/payment-rules/{id}`

use actix_web::{HttpResponse, delete, web};

use super::{
    super::{access, manage},
    Reported,
};
use crate::{
    auth::scope,
    guarded_write::{GuardedStore, Refusable},
    http::{openapi::RequiredIfMatch, problem::Problem, reply::Reply, request_body::Ignored},
    operation::{Call, Edit},
    revision_watch::RevisionWatch,
};

/// Delete a payment rule
///
/// Its history stays, and restoring an earlier revision brings it back.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(RequiredIfMatch),
    responses(
        (status = 200, description = "The rule is deleted, and tests of the rules fail since.", body = Reported),
        (status = 204, description = "The rule is deleted."),
    ),
)]
#[delete("/v1/payment-rules/{id}")]
pub async fn delete_payment_rule(
    call: Edit<scope::Filtered<scope::RulesWrite>, Ignored>,
    id: web::Path<String>,
    writes: web::Data<GuardedStore>,
    revision_watch: web::Data<RevisionWatch>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: if_match,
        ..
    } = call;
    let id = super::id(&id)?;
    let (author, websites) = (actor.clone(), caller.websites().clone());
    let done = writes
        .visible_to(&websites)
        .write(Refusable::Never, &actor, move |tx| {
            access::check_change(tx, id, &websites)?;
            manage::delete(tx, &author, &if_match, id)
        })
        .await?;
    revision_watch.wait_for(done.value).await;
    Ok(match done.warnings {
        warnings if warnings.is_empty() => HttpResponse::NoContent().finish(),
        warnings => Reply::ok().json(Reported { warnings }),
    })
}
