//! `/v1/rule-revisions`

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    super::{
        Rule,
        difference::Difference,
        refusal::Refusal,
        restore::{self, Restored},
        store::history::{self, ByNumber, Revision},
    },
    import::{NamedRule, named},
};
use crate::{
    audit::{self, Actor},
    auth::{Caller, scope},
    clock::Clock,
    freshness::Freshness,
    idempotency::Key,
    ids::RuleId,
    openapi::{Conditional, Guarded, Keyed, OnOne},
    pagination::{self, Direction, Listed, Query},
    payment_methods::PaymentMethodId,
    precondition::{self, IfMatch},
    problem::Problem,
    store::{Store, StoreError},
};

/// A change of the rules.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleRevision {
    /// Grows; changes of other things take numbers too.
    #[schema(example = 17)]
    number: i64,
    changed_at: DateTime<Utc>,
    /// The subject of the token.
    #[schema(example = "alice")]
    actor: String,
    #[schema(example = "update")]
    action: String,
    #[schema(example = "Changed “Small US orders”")]
    summary: String,
}

/// A change of the rules, and the rules after it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleRevisionInFull {
    #[serde(flatten)]
    revision: RuleRevision,
    /// What it changed.
    changes: Vec<RuleChange>,
    /// The whole set as it left it, in the order in which checkout walked it.
    rules: Vec<Rule>,
    /// The newest revision of the rules; also the ETag.
    newest: i64,
}

/// What a revision did to one rule.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleChange {
    /// `created`, `updated` or `deleted`.
    #[schema(example = "updated")]
    change: &'static str,
    #[schema(value_type = String, example = "rule_01h455vb4pex5vsknk084sn02q")]
    id: RuleId,
    name: String,
    /// Field → `{ from, to }`.
    #[schema(value_type = Object)]
    fields: Value,
}

/// What a restore did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleRestore {
    /// The newest revision of the rules.
    revision: i64,
    created: Vec<NamedRule>,
    updated: Vec<NamedRule>,
    deleted: Vec<NamedRule>,
    /// Payment methods that are no more, and the rules that had to do without them.
    missing_methods: Vec<MissingMethod>,
}

/// A payment method that is no more.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MissingMethod {
    #[schema(value_type = String, example = "rule_01h455vb4pex5vsknk084sn02q")]
    rule_id: RuleId,
    #[schema(value_type = String, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    payment_method_id: PaymentMethodId,
}

/// Lists the revisions of the payment rules
///
/// Newest first. The ETag is what a restore sends as `If-Match`.
#[utoipa::path(
    tag = "Rule revisions",
    security(("bearer" = ["rules:read"])),
    params(
        ("sort" = Option<String>, Query, description = "`number` or `-number` (default).", example = "-number"),
        ("limit" = Option<i64>, Query, description = "1 to 200; 50 unless given.", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before."),
        ("count" = Option<bool>, Query, description = "Adds `total`."),
    ),
    responses(
        (status = 200, description = "A page of revisions.", body = Listed<RuleRevision>, headers(
            ("ETag" = String, description = "The newest revision of the rules."),
            ("Link" = String, description = "The next page, `rel=\"next\"`."),
        )),
        Guarded,
    ),
)]
#[get("/v1/rule-revisions")]
pub async fn list_rule_revisions(
    _caller: Caller<scope::RulesRead>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let page = query.page(
        &[("number", ByNumber)],
        &[(ByNumber, Direction::Descending)],
    );
    if !history::has_readable_cursor(&page) {
        query.refuse_cursor();
    }
    query.finish()?;
    let wanted = page.clone();
    let (revisions, total, newest) = store
        .snapshot(move |conn| {
            let revisions = history::list(conn, &wanted)?;
            let total = wanted.count.then(|| history::count(conn)).transpose()?;
            Ok::<_, StoreError>((revisions, total, history::newest(conn)?))
        })
        .await?;
    let mut response = pagination::respond(
        &request,
        &page,
        revisions,
        total,
        history::position,
        RuleRevision::from,
    );
    let (name, value) = precondition::etag(newest);
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// Reads a revision of the payment rules
///
/// What it changed, and all rules as it left them. The ETag is what a restore sends as `If-Match`: it changes with every
/// newer revision.
#[utoipa::path(
    tag = "Rule revisions",
    security(("bearer" = ["rules:read"])),
    params(
        ("number" = i64, Path, description = "The revision.", example = 17),
        ("If-None-Match" = Option<String>, Header, description = "An ETag that was read before."),
    ),
    responses(
        (status = 200, description = "The revision.", body = RuleRevisionInFull, headers(("ETag" = String, description = "The newest revision of the rules."))),
        (status = 304, description = "There is no newer revision than this ETag's."),
        Guarded, OnOne,
    ),
)]
#[get("/v1/rule-revisions/{number}")]
pub async fn get_rule_revision(
    _caller: Caller<scope::RulesRead>,
    request: HttpRequest,
    number: web::Path<String>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    Query::of(&request)?.finish()?;
    let number = read_number(&number)?;
    let (revision, difference, rules, newest) = store
        .snapshot(move |conn| {
            let revision = history::find(conn, number)?.ok_or(Refusal::NoSuchRevision(number))?;
            let difference = Difference::of_revision(conn, number)?;
            let rules = history::as_of(conn, number)?;
            Ok::<_, Refusal>((revision, difference, rules, history::newest(conn)?))
        })
        .await?;
    if precondition::unchanged(&request, newest) {
        let mut response = HttpResponse::NotModified();
        return Ok(response.insert_header(precondition::etag(newest)).finish());
    }
    let mut response = HttpResponse::Ok();
    Ok(response
        .insert_header(precondition::etag(newest))
        .json(RuleRevisionInFull {
            revision: revision.into(),
            changes: changes(difference),
            rules,
            newest,
        }))
}

/// Restores a revision of the payment rules
///
/// Makes the rules what they were as of that revision, as a new revision. Payment methods that are no more are left out and
/// listed; a rule that is left without any is off. `If-Match` takes the ETag of the list, of a revision, or of an export:
/// when the rules have changed since, nothing is restored.
#[utoipa::path(
    tag = "Rule revisions",
    security(("bearer" = ["rules:write"])),
    params(
        ("number" = i64, Path, description = "The revision.", example = 17),
        ("If-Match" = String, Header, description = "The ETag that was read.", example = "\"17\""),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes sending it again harmless."),
    ),
    responses(
        (status = 200, description = "What was done.", body = RuleRestore, headers(("ETag" = String, description = "The newest revision of the rules."))),
        Guarded, Keyed, OnOne, Conditional,
    ),
)]
#[post("/v1/rule-revisions/{number}/restore")]
pub async fn restore_rule_revision(
    caller: Caller<scope::RulesWrite>,
    request: HttpRequest,
    number: web::Path<String>,
    store: web::Data<Store>,
    clock: web::Data<Clock>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    Query::of(&request)?.finish()?;
    let number = read_number(&number)?;
    let if_match = IfMatch::required(&request)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let key = Key::read(&request, caller.subject(), b"")?;
    let done = store
        .write(move |tx| restore::restore(tx, &actor, key.as_ref(), &if_match, number))
        .await?;
    freshness.see(done.value.revision).await;
    let mut response = HttpResponse::Ok();
    super::mark(&mut response, done.replayed);
    response.insert_header(precondition::etag(done.value.revision));
    Ok(response.json(RuleRestore::from(done.value)))
}

fn read_number(text: &str) -> Result<i64, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found("revision of the rules", text))
}

fn changes(difference: Difference) -> Vec<RuleChange> {
    let Difference {
        created,
        updated,
        deleted,
        ..
    } = difference;
    let created = created.into_iter().map(|rule| ("created", None, rule));
    let updated = updated
        .into_iter()
        .map(|(before, after)| ("updated", Some(before), after));
    let deleted = deleted.into_iter().map(|rule| ("deleted", None, rule));
    created
        .chain(updated)
        .chain(deleted)
        .map(|(change, before, rule)| RuleChange {
            change,
            id: rule.id,
            fields: match &before {
                Some(before) => audit::changed_fields(
                    Some(&Value::Object(before.to_json())),
                    Some(&Value::Object(rule.to_json())),
                ),
                None => Value::Object(serde_json::Map::new()),
            },
            name: rule.name,
        })
        .collect()
}

impl From<Revision> for RuleRevision {
    fn from(revision: Revision) -> Self {
        let Revision {
            number,
            changed_at,
            actor,
            action,
            summary,
        } = revision;
        RuleRevision {
            number,
            changed_at,
            actor,
            action,
            summary,
        }
    }
}

impl From<Restored> for RuleRestore {
    fn from(restored: Restored) -> Self {
        let Difference {
            created,
            updated,
            deleted,
            ..
        } = restored.difference;
        RuleRestore {
            revision: restored.revision,
            created: named(created),
            updated: named(updated.into_iter().map(|(_, after)| after)),
            deleted: named(deleted),
            missing_methods: restored
                .missing
                .into_iter()
                .map(|(rule_id, payment_method_id)| MissingMethod {
                    rule_id,
                    payment_method_id,
                })
                .collect(),
        }
    }
}
