//! `POST /v1/payment-rules` and `POST /v1/payment-rules/{id}/duplicate`

use actix_web::{HttpResponse, post, web};

use super::{
    super::{Draft, Kept, access, manage, refusal::RuleRefusal, store},
    SavedPaymentRule,
    analysis::{Analyze, AnalyzeParameter, RuleAnalyst, SaveAnalysis},
};
use crate::{
    auth::scope,
    guarded_write::{GuardedStore, Refusable},
    http::{
        openapi::{ForceParameter, OptionalKey},
        problem::Problem,
        request_body::{Empty, JsonObject},
    },
    idempotency::Key,
    operation::{Call, Write},
    revision_watch::RevisionWatch,
    store::Store,
};

/// Create a payment rule
///
/// An expression with errors, a place that does not exist, or a payment method that does not exist is refused, all at once.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey, ForceParameter, AnalyzeParameter),
    request_body(content = Draft),
    responses(
        (status = 201, description = "The new rule.", body = SavedPaymentRule, headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version."))),
    ),
)]
#[post("/v1/payment-rules")]
pub async fn create_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, JsonObject, (Option<Key>, Refusable), Analyze>,
    writes: web::Data<GuardedStore>,
    revision_watch: web::Data<RevisionWatch>,
    analyst: web::Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: (key, refusable),
        body: JsonObject(body),
        query: analyze,
    } = call;
    let draft = Draft::from_body(&body, Kept::Nothing)?;
    let (author, websites) = (actor.clone(), caller.websites().clone());
    let done = writes
        .visible_to(&websites)
        .write(refusable, &actor, move |tx| {
            access::check_websites(&draft.websites, &websites)?;
            let mut done = manage::create(tx, &author, key.as_ref(), draft.clone())?;
            store::add_labels(tx.conn(), [&mut done.value.rule])?;
            Ok::<_, RuleRefusal>(done)
        })
        .await?;
    let analysis = SaveAnalysis::of_rule(analyze, &analyst, caller.websites());
    Ok(super::created(&revision_watch, done.value, done.warnings, analysis).await)
}

/// Copy a payment rule
///
/// The copy is named “… (copy)” and is off. Payment methods that are no more are left out.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey, AnalyzeParameter),
    responses(
        (status = 201, description = "The copy.", body = SavedPaymentRule, headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version."))),
    ),
)]
#[post("/v1/payment-rules/{id}/duplicate")]
pub async fn duplicate_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty, Option<Key>, Analyze>,
    id: web::Path<String>,
    store: web::Data<Store>,
    revision_watch: web::Data<RevisionWatch>,
    analyst: web::Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: key,
        query: analyze,
        ..
    } = call;
    let id = super::id(&id)?;
    let websites = caller.websites().clone();
    let analysis = SaveAnalysis::of_rule(analyze, &analyst, caller.websites());
    // A copy is off, so checkout does not see it.
    let done = store
        .write(move |tx| {
            access::check_change(tx, id, &websites)?;
            let mut done = manage::duplicate(tx, &actor, key.as_ref(), id)?;
            store::add_labels(tx.conn(), [&mut done.value.rule])?;
            Ok::<_, RuleRefusal>(done)
        })
        .await?;
    Ok(super::created(&revision_watch, done, Vec::new(), analysis).await)
}
