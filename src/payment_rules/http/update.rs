//! `PUT` and `PATCH /v1/payment-rules/{id}`

use actix_web::{HttpResponse, patch, put, web};

use super::{
    super::{Draft, Kept, Rule, access, manage, refusal::RuleRefusal, store},
    SavedPaymentRule,
    analysis::{Analyze, AnalyzeParameter, RuleAnalyst, SaveAnalysis},
};
use crate::{
    audit::Actor,
    auth::{Websites, scope},
    guarded_write::{GuardedStore, Refusable},
    http::{
        merge_patch,
        openapi::{ForceParameter, RequiredIfMatch},
        precondition::IfMatch,
        problem::Problem,
        reply::Reply,
        request_body::{JsonObject, MergePatch},
    },
    ids::RuleId,
    operation::{Call, Edit},
    revision_watch::RevisionWatch,
};

/// Replace a payment rule
///
/// What is left out gets its default. What GET returned may be sent back; `id` and times are ignored.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(RequiredIfMatch, ForceParameter, AnalyzeParameter),
    request_body(content = Draft),
    responses((status = 200, description = "The rule as it is now.", body = SavedPaymentRule)),
)]
#[put("/v1/payment-rules/{id}")]
pub async fn replace_payment_rule(
    call: Edit<scope::Filtered<scope::RulesWrite>, JsonObject, (IfMatch, Refusable), Analyze>,
    id: web::Path<String>,
    writes: web::Data<GuardedStore>,
    revision_watch: web::Data<RevisionWatch>,
    analyst: web::Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: (if_match, refusable),
        body: JsonObject(body),
        query: analyze,
    } = call;
    let id = super::id(&id)?;
    let store = writes.store();
    let before = store.snapshot(move |conn| store::find(conn, id)).await?;
    let before = before.filter(|rule| access::may_read(rule, caller.websites()));
    let kept = before.as_ref().map_or(Kept::Nothing, Rule::kept);
    let draft = Draft::from_body(&body, kept)?;
    let (if_match, refusable) = match before {
        // What was compared is what must be there.
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
    let analysis = SaveAnalysis::of_rule(analyze, &analyst, caller.websites());
    save(
        &writes,
        &revision_watch,
        &actor,
        caller.websites(),
        update,
        analysis,
    )
    .await
}

/// Change parts of a payment rule
///
/// JSON Merge Patch (RFC 7396): null brings back the default, a list replaces the list.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(RequiredIfMatch, ForceParameter, AnalyzeParameter),
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
    id: web::Path<String>,
    writes: web::Data<GuardedStore>,
    revision_watch: web::Data<RevisionWatch>,
    analyst: web::Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: (if_match, refusable),
        body: MergePatch(patch),
        query: analyze,
    } = call;
    let id = super::id(&id)?;
    let rule = writes
        .store()
        .snapshot(move |conn| store::find(conn, id)?.ok_or(RuleRefusal::NoSuchRule(id)))
        .await?;
    if !access::may_read(&rule, caller.websites()) {
        return Err(RuleRefusal::NoSuchRule(id).into());
    }
    if_match.check(rule.version)?;
    let mut json = rule.to_json();
    merge_patch::overlay(&mut json, patch);
    let draft = Draft::from_body(&json, rule.kept())?;
    let update = RuleUpdate {
        id,
        // The patch was laid over this version and fits no other, even where the caller would have taken any.
        if_match: IfMatch::version(rule.version),
        refusable: match only_switches_off(&rule, &draft) {
            true => Refusable::Never,
            false => refusable,
        },
        draft,
    };
    let analysis = SaveAnalysis::of_rule(analyze, &analyst, caller.websites());
    save(
        &writes,
        &revision_watch,
        &actor,
        caller.websites(),
        update,
        analysis,
    )
    .await
}

/// What is asked of one rule.
#[derive(Clone)]
struct RuleUpdate {
    id: RuleId,
    if_match: IfMatch,
    refusable: Refusable,
    draft: Draft,
}

/// Whether nothing changes but that the rule is off: that is never refused.
fn only_switches_off(before: &Rule, draft: &Draft) -> bool {
    let off = Rule {
        enabled: false,
        ..before.clone()
    };
    before.enabled && before.redrafted(draft.clone()) == off
}

async fn save(
    writes: &GuardedStore,
    revision_watch: &RevisionWatch,
    actor: &Actor,
    websites: &Websites,
    update: RuleUpdate,
    analysis: SaveAnalysis<'_>,
) -> Result<HttpResponse, Problem> {
    let (author, websites, refusable) = (actor.clone(), websites.clone(), update.refusable);
    let saved = writes
        .visible_to(&websites)
        .write(refusable, actor, move |tx| {
            let RuleUpdate {
                id,
                if_match,
                draft,
                ..
            } = &update;
            access::check_change(tx, *id, &websites)?;
            access::check_websites(&draft.websites, &websites)?;
            let mut changed = manage::replace(tx, &author, if_match, *id, draft.clone())?;
            store::add_labels(tx.conn(), [&mut changed.rule])?;
            Ok::<_, RuleRefusal>(changed)
        })
        .await?;
    let changed = saved.value;
    revision_watch.wait_for(changed.revision).await;
    let analysis = analysis.of(&changed).await;
    Ok(super::with_saved(
        Reply::ok(),
        &changed.rule,
        saved.warnings,
        analysis,
    ))
}
