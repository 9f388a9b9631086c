//! `DELETE /v1/payment-rules/{id}`

use actix_web::{HttpRequest, HttpResponse, delete, web};

use super::super::manage;
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    http::{
        no_body::NoBody,
        openapi::{Conditional, Guarded, OnOne, WithBody},
        pagination::Query,
        precondition::IfMatch,
        problem::Problem,
    },
    revision_watch::RevisionWatch,
    store::Store,
};

/// Delete a payment rule
///
/// Its history stays, and restoring an earlier revision brings it back.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(
        ("id" = String, Path, description = "The rule.", example = "rule_01h455vb4pex5vsknk084sn02q"),
        ("If-Match" = String, Header, description = "The ETag that was read.", example = "\"1\""),
    ),
    responses((status = 204, description = "The rule is deleted."), Guarded, WithBody, OnOne, Conditional),
)]
#[delete("/v1/payment-rules/{id}")]
pub async fn delete_payment_rule(
    caller: Caller<scope::RulesWrite>,
    request: HttpRequest,
    id: web::Path<String>,
    store: web::Data<Store>,
    clock: web::Data<Clock>,
    revision_watch: web::Data<RevisionWatch>,
    body: NoBody,
) -> Result<HttpResponse, Problem> {
    Query::of(&request)?.finish()?;
    body.check_text()?;
    let id = super::id(&id)?;
    let if_match = IfMatch::required(&request)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let revision = store
        .write(move |tx| manage::delete(tx, &actor, &if_match, id))
        .await?;
    revision_watch.wait_for(revision).await;
    Ok(HttpResponse::NoContent().finish())
}
