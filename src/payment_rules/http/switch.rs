//! `POST /v1/payment-rules/{id}/enable` and `…/disable`

use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{Rule, access, manage, refusal::Refusal, store},
    Saved,
    analysis::SavedAnalysis,
};
use crate::{
    auth::scope,
    guarded_write::{Guarded, GuardedStore, Refusable},
    http::{
        openapi::{Conflicting, ForceParameter, OptionalKey},
        problem::{FieldError, Problem},
        reply::Reply,
        request_body::Empty,
    },
    idempotency::Key,
    operation::{Call, Write},
    revision_watch::RevisionWatch,
};

/// Turn a payment rule on
///
/// One that is on already is left as it is. One without a payment method cannot be turned on.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey, ForceParameter),
    responses(
        (status = 200, description = "The rule as it is now.", body = Saved, headers(("ETag" = String, description = "Its version."))),
        Conflicting,
    ),
)]
#[post("/v1/payment-rules/{id}/enable")]
pub async fn enable_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty, (Option<Key>, Refusable)>,
    id: web::Path<String>,
    writes: web::Data<GuardedStore>,
    revision_watch: web::Data<RevisionWatch>,
) -> Result<HttpResponse, Problem> {
    let (key, refusable) = call.header.clone();
    let made = (refusable, key);
    switch(call, made, &id, true, &writes, &revision_watch).await
}

/// Turn a payment rule off
///
/// One that is off already is left as it is.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey),
    responses(
        (status = 200, description = "The rule as it is now.", body = DisabledRule, headers(("ETag" = String, description = "Its version."))),
    ),
)]
#[post("/v1/payment-rules/{id}/disable")]
pub async fn disable_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty>,
    id: web::Path<String>,
    writes: web::Data<GuardedStore>,
    revision_watch: web::Data<RevisionWatch>,
) -> Result<HttpResponse, Problem> {
    let made = (Refusable::Never, call.header.clone());
    switch(call, made, &id, false, &writes, &revision_watch).await
}

/// A rule as it was turned off.
#[derive(Serialize, ToSchema)]
#[schema(as = DisabledPaymentRule)]
struct DisabledRule<'r> {
    #[serde(flatten)]
    rule: &'r Rule,
    /// The tests of the rules that fail now; absent where none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<FieldError>,
}

async fn switch<H>(
    call: Call<scope::Filtered<scope::RulesWrite>, Empty, H>,
    (refusable, key): (Refusable, Option<Key>),
    id: &str,
    enabled: bool,
    writes: &GuardedStore,
    revision_watch: &RevisionWatch,
) -> Result<HttpResponse, Problem> {
    let Call { caller, actor, .. } = call;
    let id = super::id(id)?;
    let (author, websites) = (actor.clone(), caller.websites().clone());
    let Guarded {
        value: done,
        warnings,
    } = writes
        .told_to(&websites)
        .write(refusable, &actor, move |tx| {
            access::check_change(tx, id, &websites)?;
            let mut done = manage::set_enabled(tx, &author, key.as_ref(), id, enabled)?;
            store::add_labels(tx.conn(), [&mut done.value.rule])?;
            Ok::<_, Refusal>(done)
        })
        .await?;
    revision_watch.wait_for(done.value.revision).await;
    let reply = Reply::ok().replayed(done.replayed);
    let rule = &done.value.rule;
    Ok(match enabled {
        true => super::with_saved(reply, rule, warnings, SavedAnalysis::default()),
        false => reply
            .version(rule.version)
            .json(DisabledRule { rule, warnings }),
    })
}
