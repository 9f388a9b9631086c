//! `PUT` and `PATCH /v1/payment-rules/{id}`

use actix_web::{HttpResponse, patch, put, web};

use super::{
    super::{
        Draft, Kept, access,
        manage::{self, Changed},
        refusal::Refusal,
        store,
    },
    Saved,
    analysis::{Analyze, AnalyzeParameter, RuleAnalyst, SavedAnalysis},
};
use crate::{
    audit::Actor,
    auth::{Websites, scope},
    http::{
        merge_patch,
        openapi::RequiredIfMatch,
        precondition::{self, IfMatch},
        problem::Problem,
        reply::Reply,
        request_body::{JsonObject, MergePatch},
    },
    ids::RuleId,
    operation::{Call, Edit},
    revision_watch::RevisionWatch,
    store::Store,
};

/// Replace a payment rule
///
/// What is left out gets its default. What GET returned may be sent back; `id` and times are ignored.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(RequiredIfMatch, AnalyzeParameter),
    request_body(content = Draft),
    responses((status = 200, description = "The rule as it is now.", body = Saved)),
)]
#[put("/v1/payment-rules/{id}")]
pub async fn replace_payment_rule(
    call: Edit<scope::Filtered<scope::RulesWrite>, JsonObject, IfMatch, Analyze>,
    id: web::Path<String>,
    store: web::Data<Store>,
    revision_watch: web::Data<RevisionWatch>,
    analyst: web::Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: if_match,
        body: JsonObject(body),
        query: analyze,
    } = call;
    let id = super::id(&id)?;
    let before = store.snapshot(move |conn| store::find(conn, id)).await?;
    let before = before.filter(|rule| access::may_read(rule, caller.websites()));
    let kept = before.as_ref().map_or(Kept::Nothing, Kept::of);
    let draft = Draft::from_body(&body, kept)?;
    let websites = caller.websites().clone();
    let changed = save(&store, actor, websites.clone(), if_match, id, draft).await?;
    revision_watch.wait_for(changed.revision).await;
    let analysis = SavedAnalysis::of(&changed, analyze, &analyst, &websites).await;
    Ok(super::with_saved(Reply::ok(), &changed.rule, analysis))
}

/// Change parts of a payment rule
///
/// JSON Merge Patch (RFC 7396): null brings back the default, a list replaces the list.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(RequiredIfMatch, AnalyzeParameter),
    request_body(
        content(
            (Object = "application/merge-patch+json", example = json!({ "expression": "total <= 2000", "activeUntil": null })),
            (Object = "application/json", example = json!({ "sortOrder": 20 })),
        ),
        description = "The fields to change.",
    ),
    responses((status = 200, description = "The rule as it is now.", body = Saved)),
)]
#[patch("/v1/payment-rules/{id}")]
pub async fn update_payment_rule(
    call: Edit<scope::Filtered<scope::RulesWrite>, MergePatch, IfMatch, Analyze>,
    id: web::Path<String>,
    store: web::Data<Store>,
    revision_watch: web::Data<RevisionWatch>,
    analyst: web::Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: if_match,
        body: MergePatch(patch),
        query: analyze,
    } = call;
    let id = super::id(&id)?;
    let rule = store
        .snapshot(move |conn| store::find(conn, id)?.ok_or(Refusal::NoSuchRule(id)))
        .await?;
    if !access::may_read(&rule, caller.websites()) {
        return Err(Refusal::NoSuchRule(id).into());
    }
    if_match.check(rule.version)?;
    let mut json = rule.to_json();
    merge_patch::overlay(&mut json, patch);
    let draft = Draft::from_body(&json, Kept::of(&rule))?;
    // The patch was laid over this version and fits no other, even where the caller would have taken any.
    let (_, tag) = precondition::etag(rule.version);
    let (websites, if_match) = (caller.websites().clone(), IfMatch::Tags(vec![tag]));
    let changed = save(&store, actor, websites.clone(), if_match, id, draft).await?;
    revision_watch.wait_for(changed.revision).await;
    let analysis = SavedAnalysis::of(&changed, analyze, &analyst, &websites).await;
    Ok(super::with_saved(Reply::ok(), &changed.rule, analysis))
}

async fn save(
    database: &Store,
    actor: Actor,
    websites: Websites,
    if_match: IfMatch,
    id: RuleId,
    draft: Draft,
) -> Result<Changed, Problem> {
    let changed = database
        .write(move |tx| {
            access::check_change(tx, id, &websites)?;
            access::check_websites(&draft.websites, &websites)?;
            let mut changed = manage::replace(tx, &actor, &if_match, id, draft)?;
            store::add_labels(tx.conn(), [&mut changed.rule])?;
            Ok::<_, Refusal>(changed)
        })
        .await?;
    Ok(changed)
}
