//! `PUT` and `PATCH /v1/payment-rules/{id}`

use super::{
    super::{Draft, Kept, Rule, access, manage, refusal::RuleRefusal, store},
    SavedPaymentRule,
    analysis::{Analyze, RuleAnalyst},
};
use crate::{
    audit::Actor, auth::Websites, expressions::Expression, http::merge_patch, ids::RuleId,
    operation::prelude::*,
};

/// Replace a payment rule
///
/// Fields that are left out get their defaults. The body that GET returned may be sent back; `id` and times are
/// ignored.
#[utoipa::path(
    params(RequiredIfMatch, ForceParameter, Analyze),
    request_body(content = Draft),
    responses((status = 200, description = "The rule as it is now.", body = SavedPaymentRule)),
)]
#[put("/v1/payment-rules/{id}")]
pub async fn replace_payment_rule(
    call: Edit<scope::Filtered<scope::RulesWrite>, JsonObject, (IfMatch, Refusable), Analyze>,
    id: Path<String>,
    writes: Data<GuardedStore>,
    analyst: Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let (if_match, refusable) = call.header;
    let id = super::id(&id)?;
    let store = writes.store();
    let before = store.snapshot(move |conn| store::find(conn, id)).await?;
    let before = before.filter(|rule| access::may_read(rule, call.caller.websites()));
    let kept = before.as_ref().map_or(Kept::Nothing, Rule::kept);
    let (draft, parsed) = Draft::from_body(&call.body.0, kept)?;
    let (if_match, refusable) = match before {
        // The comparison is valid only for this version, so no other may be replaced.
        Some(before)
            if only_switches_off(&before, &draft) && if_match.check(before.version).is_ok() =>
        {
            (IfMatch::version(before.version), Refusable::Never)
        }
        _ => (if_match, refusable),
    };
    let update = RuleUpdate {
        id,
        if_match,
        refusable,
        draft,
    };
    save(
        update,
        parsed,
        call.caller.websites(),
        &call.actor,
        call.query,
        &writes,
        &analyst,
    )
    .await
}

/// Change parts of a payment rule
///
/// JSON Merge Patch (RFC 7396): null brings back the default, a list replaces the list.
#[utoipa::path(
    params(RequiredIfMatch, ForceParameter, Analyze),
    request_body(
        content(
            (Object = "application/merge-patch+json", example = json!({ "expression": "total <= 2000", "activeUntil": null })),
            (Object = "application/json", example = json!({ "sortOrder": 20 })),
        ),
        description = "The fields to change.",
    ),
    responses((status = 200, description = "The rule as it is now.", body = SavedPaymentRule)),
)]
#[patch("/v1/payment-rules/{id}")]
pub async fn update_payment_rule(
    call: Edit<scope::Filtered<scope::RulesWrite>, MergePatch, (IfMatch, Refusable), Analyze>,
    id: Path<String>,
    writes: Data<GuardedStore>,
    analyst: Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let (if_match, refusable) = call.header;
    let id = super::id(&id)?;
    let rule = writes
        .store()
        .snapshot(move |conn| store::find(conn, id)?.ok_or(RuleRefusal::NoSuchRule(id)))
        .await?;
    if !access::may_read(&rule, call.caller.websites()) {
        return Err(RuleRefusal::NoSuchRule(id).into());
    }
    if_match.check(rule.version)?;
    let mut json = rule.to_json();
    merge_patch::overlay(&mut json, call.body.0);
    let (draft, parsed) = Draft::from_body(&json, rule.kept())?;
    let update = RuleUpdate {
        id,
        // The patch was applied to this version, so no other may be replaced, even with `If-Match: *`.
        if_match: IfMatch::version(rule.version),
        refusable: match only_switches_off(&rule, &draft) {
            true => Refusable::Never,
            false => refusable,
        },
        draft,
    };
    save(
        update,
        parsed,
        call.caller.websites(),
        &call.actor,
        call.query,
        &writes,
        &analyst,
    )
    .await
}

/// A requested change of one rule.
#[derive(Clone)]
struct RuleUpdate {
    id: RuleId,
    if_match: IfMatch,
    refusable: Refusable,
    draft: Draft,
}

/// Whether the only change is that the rule is disabled. Such a change is never refused.
fn only_switches_off(before: &Rule, draft: &Draft) -> bool {
    let off = Rule {
        enabled: false,
        ..before.clone()
    };
    before.enabled && before.redrafted(draft.clone()) == off
}

async fn save(
    update: RuleUpdate,
    parsed: Option<Expression>,
    websites: &Websites,
    actor: &Actor,
    analyze: Analyze,
    writes: &GuardedStore,
    analyst: &RuleAnalyst,
) -> Result<HttpResponse, Problem> {
    let allowed = websites.clone();
    let saved = writes
        .visible_to(websites)
        .write(update.refusable, actor, move |tx, actor| {
            access::check_change(tx, update.id, &allowed)?;
            access::check_websites(&update.draft.websites, &allowed)?;
            let draft = update.draft.clone();
            manage::replace(tx, actor, &update.if_match, update.id, draft)
        })
        .await?;
    let (reply, rule) = (Reply::ok(), saved.value);
    let analysis = analyst.analyze_saved([&rule], analyze, websites);
    Ok(super::with_saved(reply, &rule, parsed, saved.warnings, analysis).await)
}
