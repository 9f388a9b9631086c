//! `POST /v1/payment-rules` and `POST /v1/payment-rules/{id}/duplicate`

use super::{
    super::{Draft, Kept, access, manage},
    SavedPaymentRule,
    analysis::{Analyze, RuleAnalyst},
};

use crate::operation::prelude::*;

/// Create a payment rule
///
/// An expression with errors, a place that does not exist, or a payment method that does not exist is refused, all at once.
#[utoipa::path(
    params(OptionalKey, ForceParameter, Analyze),
    request_body(content = Draft),
    responses((status = 201, description = "The new rule.", body = SavedPaymentRule, headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version.")))),
)]
#[post("/v1/payment-rules")]
pub async fn create_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, JsonObject, (Option<Key>, Refusable), Analyze>,
    writes: Data<GuardedStore>,
    analyst: Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let (key, refusable) = call.header;
    let (draft, parsed) = Draft::from_body(&call.body.0, Kept::Nothing)?;
    let websites = call.caller.websites().clone();
    let done = writes
        .visible_to(&websites)
        .write(refusable, &call.actor, move |tx, actor| {
            access::check_websites(&draft.websites, &websites)?;
            manage::create(tx, actor, key.as_ref(), draft.clone())
        })
        .await?;
    let (reply, rule) = (super::created(&done.value), &done.value.value);
    let analysis = analyst.analyze_saved([rule], call.query, call.caller.websites());
    Ok(super::with_saved(reply, rule, parsed, done.warnings, analysis).await)
}

/// Copy a payment rule
///
/// The copy is named “… (copy)” and is disabled. Payment methods that no longer exist are left out.
#[utoipa::path(
    params(OptionalKey, Analyze),
    responses((status = 201, description = "The copy.", body = SavedPaymentRule, headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version.")))),
)]
#[post("/v1/payment-rules/{id}/duplicate")]
pub async fn duplicate_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty, Option<Key>, Analyze>,
    id: Path<String>,
    writes: Data<GuardedStore>,
    analyst: Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let id = super::id(&id)?;
    let websites = call.caller.websites().clone();
    // A copy is disabled, so checkout does not see it and no tests need to run.
    let done = writes
        .write_untested(move |tx| {
            access::check_change(tx, id, &websites)?;
            manage::duplicate(tx, &call.actor, call.header.as_ref(), id)
        })
        .await?;
    let (reply, rule) = (super::created(&done), &done.value);
    let analysis = analyst.analyze_saved([rule], call.query, call.caller.websites());
    Ok(super::with_saved(reply, rule, None, Vec::new(), analysis).await)
}
