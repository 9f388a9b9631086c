//! `POST /v1/payment-rules/import`

use std::sync::Arc;

use futures_util::StreamExt;

use super::{
    super::{
        difference::Others,
        import::{self, File, FileReader, ImportTerms},
        refusal::RuleConflict,
        rule_tests,
    },
    analysis::SavedAnalysis,
    named_rule::{NamedRule, named},
    warned::Warnings,
};
use crate::{
    audit::Actor,
    clock::Clock,
    http::{body, merge_patch},
    idempotency::RequestHash,
    operation::{prelude::*, read_force},
    payment_methods,
    store::Conn,
};

/// The changes that an import made, or would make.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleImport {
    /// Whether this was a dry run, so that nothing was changed.
    dry_run: bool,
    /// Rules that were created.
    created: Vec<NamedRule>,
    /// Rules that were changed.
    updated: Vec<NamedRule>,
    /// Rules of the file that did not differ.
    unchanged: Vec<NamedRule>,
    /// Rules that were deleted, with `mode=replace` only.
    deleted: Vec<NamedRule>,
    /// Rules that have changed since the file was exported here; without `overwrite=true` an import with conflicts is
    /// refused.
    conflicts: Vec<RuleConflict>,
    /// The newest revision of the rules.
    revision: i64,
    #[serde(flatten)]
    warnings: Warnings,
}

/// Import payment rules
///
/// Takes the file of an export, of any size. A rule whose id is known is updated, any other is added; in a file from
/// another installation, or one without `installation`, a rule whose id is not known is matched with the rule of the
/// same name, if there is exactly one. With `mode=replace` the file is the whole set and rules that are not in it are
/// deleted. A payment method is found by its id or else by `type` and `name`. Tests in the file replace those with the
/// same names, and with `mode=replace` all tests; a file without `tests` does not change them.
///
/// A file that was exported here and would undo later changes of rules is refused, and the answer names those rules;
/// `overwrite=true` accepts it. With `dryRun=true` nothing is changed: the answer tells what would be changed, with
/// such rules as `conflicts` and the tests that would fail as `warnings`. All errors of all rules are reported at once.
#[utoipa::path(
    params(
        ("dryRun" = Option<bool>, Query, description = "Only say what would be done."),
        ("mode" = Option<String>, Query, pattern = "^(merge|replace)$", description = "`merge` (default) or `replace`.", example = "merge"),
        ("overwrite" = Option<bool>, Query, description = "Take the file although rules have changed since it was exported."),
        ("If-Match" = Option<String>, Header, description = "The ETag of an export: the rules must still be as they were then.", example = "\"17\""),
        OptionalKey,
        ForceParameter,
    ),
    request_body(content = Object, description = "What an export returned.", example = json!({
        "version": 1,
        "rules": [{
            "name": "Small US orders",
            "sortOrder": 10,
            "currency": "USD",
            "paymentMethods": [{ "type": "apruve", "name": "Apruve US" }]
        }]
    })),
    responses(
        (status = 200, description = "What was done, or would be.", body = RuleImport),
        (status = 409, description = "`/problems/changed-since-export`: `rules` lists the rules that have changed since the file was exported."),
    ),
)]
#[post("/v1/payment-rules/import")]
pub async fn import_payment_rules(
    caller: Caller<scope::RulesWrite>,
    request: HttpRequest,
    writes: Data<GuardedStore>,
    clock: Data<Clock>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (dry_run, terms, refusable) = read_terms(&request, &caller)?;
    let store = writes.store();
    merge_patch::expect_media_type(&request, &["application/json"])?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let (file, hash) = read_file(&request, payload, store, &actor).await?;
    let key = Key::with_hash(&request, &caller.key_owner(), hash)?;
    let (file, terms) = (Arc::new(file), Arc::new(terms));
    let (reply, imported, failing) = if dry_run {
        let (asked, wanted) = (Arc::clone(&file), Arc::clone(&terms));
        let foresee = move |conn: &mut Conn| import::foresee(conn, &asked, &wanted);
        let imported = store.snapshot(foresee).await?;
        let failing = would_fail(&writes, actor, file, &terms).await?;
        (Reply::ok(), imported, failing)
    } else {
        let made = writes
            .write(refusable, &actor, move |tx, actor| {
                import::import(tx, actor, key.as_ref(), &file, &terms)
            })
            .await?;
        let reply = Reply::ok().replayed(made.value.replayed);
        (reply, made.value.value, made.warnings)
    };
    let saved = imported.difference.saved();
    let warnings = Warnings::of(saved, SavedAnalysis::default(), failing).await?;
    let difference = imported.difference;
    Ok(reply.json(RuleImport {
        dry_run,
        created: named(difference.created),
        updated: named(difference.updated.into_iter().map(|(_, after)| after)),
        unchanged: named(difference.unchanged),
        deleted: named(difference.deleted),
        conflicts: imported.conflicts,
        revision: imported.revision,
        warnings,
    }))
}

/// The tests of rules that would fail after an import. The import is made, with `overwrite`, and rolled back.
async fn would_fail(
    writes: &GuardedStore,
    actor: Actor,
    file: Arc<File>,
    terms: &ImportTerms,
) -> Result<Vec<FieldError>, Problem> {
    let set = writes.store().read(rule_tests::store::find_set).await?;
    if set.tests == 0 && file.tests.is_none() {
        return Ok(Vec::new());
    }
    let terms = ImportTerms {
        overwrite: true,
        ..terms.clone()
    };
    let tried = writes.rehearse(move |tx| import::import(tx, &actor, None, &file, &terms));
    Ok(tried.await?.warnings)
}

fn read_terms(
    request: &HttpRequest,
    caller: &Caller<scope::RulesWrite>,
) -> Result<(bool, ImportTerms, Refusable), Problem> {
    let mut query = Query::of(request)?;
    let refusable = read_force(&mut query, caller)?;
    let dry_run = query.value("dryRun").unwrap_or(false);
    let overwrite = query.value("overwrite").unwrap_or(false);
    let others = query.parsed("mode", "merge or replace", |word| match word {
        "merge" => Some(Others::Keep),
        "replace" => Some(Others::Delete),
        _ => None,
    });
    query.finish()?;
    let terms = ImportTerms {
        others: others.unwrap_or(Others::Keep),
        overwrite,
        if_match: IfMatch::optional(request)?,
    };
    Ok((dry_run, terms, refusable))
}

/// Reads the file while it arrives; returns the file and the hash of the request.
async fn read_file(
    request: &HttpRequest,
    payload: web::Payload,
    store: &Store,
    actor: &Actor,
) -> Result<(File, RequestHash), Problem> {
    let methods = store.snapshot(payment_methods::store::list).await?;
    let mut hash = RequestHash::of(request);
    let mut reader = FileReader::new(&methods, actor);
    let mut chunks = payload.into_inner();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(body::broken_off)?;
        hash.update(&chunk);
        reader.push(&chunk)?;
    }
    let mut read = reader.finish()?;
    let (installation, doubtful) = read.take_doubtful();
    let judge = move |conn: &mut Conn| import::refused(conn, installation.as_deref(), &doubtful);
    let refused = store.snapshot(judge).await?;
    Ok((read.judged(refused)?, hash))
}

/// 409 with the rules that have changed since the export.
pub fn changed_since(conflicts: Vec<RuleConflict>) -> Problem {
    let errors = conflicts.iter().filter_map(|conflict| {
        let pointer = format!("/rules/{}", conflict.index?);
        let what = match conflict.etag {
            Some(_) => "has changed",
            None => "was deleted",
        };
        let message = format!("“{}” {what} since the file was exported.", conflict.name);
        Some(FieldError::at(pointer, "changed_since_export", message))
    });
    let count = conflicts.len();
    let detail = format!(
        "Rules that have changed since the file was exported: {count}. Export them again, or repeat the request with overwrite=true."
    );
    Problem::new(Kind::ChangedSinceExport, detail)
        .with_errors(errors.collect())
        .with("rules", conflicts)
}
