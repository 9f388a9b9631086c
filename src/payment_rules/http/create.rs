//! `POST /v1/payment-rules` and `POST /v1/payment-rules/{id}/duplicate`

use actix_web::{HttpResponse, post, web};

use super::{
    super::{Draft, Kept, access, manage, refusal::Refusal, store},
    Saved,
    analysis::{Analyze, AnalyzeParameter, RuleAnalyst, SavedAnalysis},
};
use crate::{
    auth::scope,
    http::{
        openapi::OptionalKey,
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
/// `warnings` tell what is doubtful about it, and what the analysis against all other rules found.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey, AnalyzeParameter),
    request_body(content = Draft),
    responses(
        (status = 201, description = "The new rule.", body = Saved, headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version."))),
    ),
)]
#[post("/v1/payment-rules")]
pub async fn create_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, JsonObject, Option<Key>, Analyze>,
    store: web::Data<Store>,
    revision_watch: web::Data<RevisionWatch>,
    analyst: web::Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: key,
        body: JsonObject(body),
        query: analyze,
    } = call;
    let websites = caller.websites().clone();
    let draft = Draft::from_body(&body, Kept::Nothing)?;
    let done = store
        .write(move |tx| {
            access::check_websites(&draft.websites, caller.websites())?;
            let mut done = manage::create(tx, &actor, key.as_ref(), draft)?;
            store::add_labels(tx.conn(), [&mut done.value.rule])?;
            Ok::<_, Refusal>(done)
        })
        .await?;
    revision_watch.wait_for(done.value.revision).await;
    let analysis = SavedAnalysis::of(&done.value, analyze, &analyst, &websites).await;
    Ok(super::created(&done, analysis))
}

/// Copy a payment rule
///
/// The copy is named “… (copy)” and is off. Payment methods that are no more are left out.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey),
    responses(
        (status = 201, description = "The copy.", body = Saved, headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version."))),
    ),
)]
#[post("/v1/payment-rules/{id}/duplicate")]
pub async fn duplicate_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty>,
    id: web::Path<String>,
    store: web::Data<Store>,
    revision_watch: web::Data<RevisionWatch>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: key,
        ..
    } = call;
    let id = super::id(&id)?;
    let done = store
        .write(move |tx| {
            access::check_change(tx, id, caller.websites())?;
            let mut done = manage::duplicate(tx, &actor, key.as_ref(), id)?;
            store::add_labels(tx.conn(), [&mut done.value.rule])?;
            Ok::<_, Refusal>(done)
        })
        .await?;
    revision_watch.wait_for(done.value.revision).await;
    Ok(super::created(&done, SavedAnalysis::default()))
}
