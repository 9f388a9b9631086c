//! `POST /v1/payment-rules/{id}/enable` and `…/disable`

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::{
    super::{Rule, manage},
    Saved,
};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    http::{
        no_body::NoBody,
        openapi::{Conflicting, Guarded, OnOne, Once},
        pagination::Query,
        problem::Problem,
    },
    idempotency::Key,
    revision_watch::RevisionWatch,
    store::Store,
};

/// Turn a payment rule on
///
/// One that is on already is left as it is. One without a payment method cannot be turned on.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(
        ("id" = String, Path, description = "The rule.", example = "rule_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "Repeating the request with the same key has no further effect."),
    ),
    responses(
        (status = 200, description = "The rule as it is now.", body = Saved, headers(("ETag" = String, description = "Its version."))),
        Guarded, Once, OnOne, Conflicting,
    ),
)]
#[post("/v1/payment-rules/{id}/enable")]
pub async fn enable_payment_rule(
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
    let actor = Actor::of(&request, caller.subject(), clock.now());
    switch(&request, actor, &id, true, &store, &revision_watch).await
}

/// Turn a payment rule off
///
/// One that is off already is left as it is.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(
        ("id" = String, Path, description = "The rule.", example = "rule_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "Repeating the request with the same key has no further effect."),
    ),
    responses(
        (status = 200, description = "The rule as it is now.", body = Rule, headers(("ETag" = String, description = "Its version."))),
        Guarded, Once, OnOne,
    ),
)]
#[post("/v1/payment-rules/{id}/disable")]
pub async fn disable_payment_rule(
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
    let actor = Actor::of(&request, caller.subject(), clock.now());
    switch(&request, actor, &id, false, &store, &revision_watch).await
}

async fn switch(
    request: &HttpRequest,
    actor: Actor,
    id: &str,
    enabled: bool,
    store: &Store,
    revision_watch: &RevisionWatch,
) -> Result<HttpResponse, Problem> {
    let id = super::id(id)?;
    let key = Key::read(request, &actor.subject, b"")?;
    let done = store
        .write(move |tx| manage::set_enabled(tx, &actor, key.as_ref(), id, enabled))
        .await?;
    revision_watch.wait_for(done.value.revision).await;
    let mut response = HttpResponse::Ok();
    super::mark(&mut response, done.replayed);
    let rule = &done.value.rule;
    Ok(match enabled {
        true => super::with_saved(response, rule),
        false => super::with_rule(response, rule),
    })
}
