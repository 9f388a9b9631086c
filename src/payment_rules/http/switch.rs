//! `POST /v1/payment-rules/{id}/enable` and `…/disable`

use actix_web::{HttpResponse, post, web};

use super::{
    super::{Rule, access, manage, refusal::Refusal, store},
    Saved,
    analysis::SavedAnalysis,
};
use crate::{
    auth::scope,
    http::{
        openapi::{Conflicting, OptionalKey},
        problem::Problem,
        reply::Reply,
        request_body::Empty,
    },
    operation::{Call, Write},
    revision_watch::RevisionWatch,
    store::Store,
};

/// Turn a payment rule on
///
/// One that is on already is left as it is. One without a payment method cannot be turned on.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey),
    responses(
        (status = 200, description = "The rule as it is now.", body = Saved, headers(("ETag" = String, description = "Its version."))),
        Conflicting,
    ),
)]
#[post("/v1/payment-rules/{id}/enable")]
pub async fn enable_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty>,
    id: web::Path<String>,
    store: web::Data<Store>,
    revision_watch: web::Data<RevisionWatch>,
) -> Result<HttpResponse, Problem> {
    switch(call, &id, true, &store, &revision_watch).await
}

/// Turn a payment rule off
///
/// One that is off already is left as it is.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey),
    responses(
        (status = 200, description = "The rule as it is now.", body = Rule, headers(("ETag" = String, description = "Its version."))),
    ),
)]
#[post("/v1/payment-rules/{id}/disable")]
pub async fn disable_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty>,
    id: web::Path<String>,
    store: web::Data<Store>,
    revision_watch: web::Data<RevisionWatch>,
) -> Result<HttpResponse, Problem> {
    switch(call, &id, false, &store, &revision_watch).await
}

async fn switch(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty>,
    id: &str,
    enabled: bool,
    database: &Store,
    revision_watch: &RevisionWatch,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: key,
        ..
    } = call;
    let id = super::id(id)?;
    let done = database
        .write(move |tx| {
            access::check_change(tx, id, caller.websites())?;
            let mut done = manage::set_enabled(tx, &actor, key.as_ref(), id, enabled)?;
            store::add_labels(tx.conn(), [&mut done.value.rule])?;
            Ok::<_, Refusal>(done)
        })
        .await?;
    revision_watch.wait_for(done.value.revision).await;
    let reply = Reply::ok().replayed(done.replayed);
    let rule = &done.value.rule;
    Ok(match enabled {
        true => super::with_saved(reply, rule, SavedAnalysis::default()),
        false => reply.version(rule.version).json(rule),
    })
}
