//! `POST /v1/payment-rules` and `POST /v1/payment-rules/{id}/duplicate`

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::{
    super::{Draft, Kept, manage},
    Saved,
};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    http::{
        body, merge_patch,
        no_body::NoBody,
        openapi::{Guarded, OnOne, Once},
        pagination::Query,
        problem::Problem,
    },
    idempotency::Key,
    revision_watch::RevisionWatch,
    store::Store,
};

/// Create a payment rule
///
/// An expression with errors, a place that does not exist, or a payment method that does not exist is refused, all at once.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "Repeating the request with the same key has no further effect.")),
    request_body(content = Draft),
    responses(
        (status = 201, description = "The new rule.", body = Saved, headers(
            ("Location" = String, description = "Where it is."),
            ("ETag" = String, description = "Its version."),
            ("Idempotent-Replayed" = String, description = "`true` when an earlier request made it."),
        )),
        Guarded, Once,
    ),
)]
#[post("/v1/payment-rules")]
pub async fn create_payment_rule(
    caller: Caller<scope::RulesWrite>,
    request: HttpRequest,
    store: web::Data<Store>,
    clock: web::Data<Clock>,
    revision_watch: web::Data<RevisionWatch>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    Query::of(&request)?.finish()?;
    merge_patch::expect_media_type(&request, &["application/json"])?;
    let draft = Draft::from_body(&body::parse_object(&body)?, Kept::Nothing)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let key = Key::read(&request, caller.subject(), &body)?;
    let done = store
        .write(move |tx| manage::create(tx, &actor, key.as_ref(), draft))
        .await?;
    Ok(super::created(&revision_watch, done).await)
}

/// Copy a payment rule
///
/// The copy is named “… (copy)” and is off. Payment methods that are no more are left out.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(
        ("id" = String, Path, description = "The rule.", example = "rule_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "Repeating the request with the same key has no further effect."),
    ),
    responses(
        (status = 201, description = "The copy.", body = Saved, headers(
            ("Location" = String, description = "Where it is."),
            ("ETag" = String, description = "Its version."),
            ("Idempotent-Replayed" = String, description = "`true` when an earlier request made it."),
        )),
        Guarded, Once, OnOne,
    ),
)]
#[post("/v1/payment-rules/{id}/duplicate")]
pub async fn duplicate_payment_rule(
    caller: Caller<scope::RulesWrite>,
    request: HttpRequest,
    id: web::Path<String>,
    store: web::Data<Store>,
    clock: web::Data<Clock>,
    revision_watch: web::Data<RevisionWatch>,
    body: NoBody,
) -> Result<HttpResponse, Problem> {
    Query::of(&request)?.finish()?;
    body.check(&request)?;
    let id = super::id(&id)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let key = Key::read(&request, caller.subject(), b"")?;
    let done = store
        .write(move |tx| manage::duplicate(tx, &actor, key.as_ref(), id))
        .await?;
    Ok(super::created(&revision_watch, done).await)
}
