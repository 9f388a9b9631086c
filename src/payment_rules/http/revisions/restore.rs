//! `POST /v1/revisions/{number}/restore`

use super::{
    super::{
        super::restore::{self, MissingMethod},
        analysis::SavedAnalysis,
        named_rule::{NamedRule, named},
        warned::Warnings,
    },
    read_number,
};
use crate::operation::prelude::*;

/// The changes that a restore made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleRestore {
    /// The newest revision of the rules.
    revision: i64,
    /// Rules that were created again.
    created: Vec<NamedRule>,
    /// Rules that were changed to their earlier state.
    updated: Vec<NamedRule>,
    /// Rules that were deleted, because the revision did not have them.
    deleted: Vec<NamedRule>,
    /// Payment methods that no longer exist, and the rules from which they were left out.
    missing_methods: Vec<MissingMethod>,
    #[serde(flatten)]
    warnings: Warnings,
}

type RestoreCall = Call<scope::RulesWrite, Empty, (IfMatch, (Option<Key>, Refusable))>;

/// Restore the payment rules of a revision
///
/// Restores the rules of that revision as a new revision; integrations and settings do not change. Payment methods that
/// no longer exist are left out and listed; a rule that is left without any is disabled. `If-Match` takes the ETag of
/// the list, of a revision, or of an export: if the rules have changed since, nothing is restored.
#[utoipa::path(
    params(("number" = i64, Path, description = "The revision.", example = 17), RequiredIfMatch, OptionalKey, ForceParameter),
    responses((status = 200, description = "What was done.", body = RuleRestore)),
)]
#[post("/v1/revisions/{number}/restore")]
pub async fn restore_revision(
    call: RestoreCall,
    number: Path<String>,
    writes: Data<GuardedStore>,
) -> Result<HttpResponse, Problem> {
    restore(call, &number, &writes).await
}

/// Restore the payment rules of a revision by its older address
///
/// As `POST /v1/revisions/{number}/restore`.
#[utoipa::path(
    params(("number" = i64, Path, description = "The revision.", example = 17), RequiredIfMatch, OptionalKey, ForceParameter),
    responses((status = 200, description = "What was done.", body = RuleRestore)),
)]
#[post("/v1/rule-revisions/{number}/restore")]
pub async fn restore_rule_revision(
    call: RestoreCall,
    number: Path<String>,
    writes: Data<GuardedStore>,
) -> Result<HttpResponse, Problem> {
    restore(call, &number, &writes).await
}

async fn restore(
    call: RestoreCall,
    number: &str,
    writes: &GuardedStore,
) -> Result<HttpResponse, Problem> {
    let (if_match, (key, refusable)) = call.header;
    let number = read_number(number)?;
    let made = writes
        .write(refusable, &call.actor, move |tx, actor| {
            restore::restore(tx, actor, key.as_ref(), &if_match, number)
        })
        .await?;
    let (done, failing) = (made.value, made.warnings);
    let reply = Reply::ok().version(done.value.revision);
    let saved = done.value.difference.saved();
    let warnings = Warnings::of(saved, SavedAnalysis::default(), failing).await?;
    let difference = done.value.difference;
    Ok(reply.replayed(done.replayed).json(RuleRestore {
        revision: done.value.revision,
        created: named(difference.created),
        updated: named(difference.updated.into_iter().map(|(_, after)| after)),
        deleted: named(difference.deleted),
        missing_methods: done.value.missing,
        warnings,
    }))
}
