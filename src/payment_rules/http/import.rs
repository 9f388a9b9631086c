//! `POST /v1/payment-rules/import`

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{
    Rule,
    difference::{Difference, Others},
    import::{self, Imported},
    store as rules,
};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    body,
    clock::Clock,
    freshness::Freshness,
    idempotency::Key,
    ids::RuleId,
    merge_patch,
    openapi::{Guarded, Once},
    pagination::Query,
    payment_methods,
    problem::{Kind, Problem},
    store::{Store, StoreError},
};

/// A whole set is larger than other bodies.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// A rule by name.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedRule {
    #[schema(value_type = String, example = "rule_01h455vb4pex5vsknk084sn02q")]
    id: RuleId,
    #[schema(example = "Small US orders")]
    name: String,
}

/// What an import did, or would do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleImport {
    /// Whether nothing was changed because this was only asked.
    dry_run: bool,
    created: Vec<NamedRule>,
    updated: Vec<NamedRule>,
    /// Rules of the file that were as they should be.
    unchanged: Vec<NamedRule>,
    /// Only with `mode=replace`.
    deleted: Vec<NamedRule>,
    /// The newest revision of the rules.
    revision: i64,
}

/// Import payment rules
///
/// Takes the file of an export. A rule whose id is known is updated, any other is added; with `mode=replace` the file is
/// the whole set and rules that are not in it are deleted. A payment method is found by its id or else by `type` and
/// `name`. With `dryRun=true` nothing is changed and the answer says what would be. All errors of all rules come at once.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(
        ("dryRun" = Option<bool>, Query, description = "Only say what would be done."),
        ("mode" = Option<String>, Query, pattern = "^(merge|replace)$", description = "`merge` (default) or `replace`.", example = "merge"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "Makes sending it again harmless."),
    ),
    request_body(content = Object, description = "What an export returned, up to 4 MiB.", example = json!({
        "version": 1,
        "rules": [{
            "name": "Small US orders",
            "sortOrder": 10,
            "currency": "USD",
            "paymentMethods": [{ "type": "apruve", "name": "Apruve US" }]
        }]
    })),
    responses((status = 200, description = "What was done, or would be.", body = RuleImport), Guarded, Once),
)]
#[post("/v1/payment-rules/import")]
pub async fn import_payment_rules(
    caller: Caller<scope::RulesWrite>,
    request: HttpRequest,
    store: web::Data<Store>,
    clock: web::Data<Clock>,
    freshness: web::Data<Freshness>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (dry_run, others) = read_query(&request)?;
    merge_patch::expect_media_type(&request, &["application/json"])?;
    let body = read_body(payload).await?;
    let file = body::parse_object(&body)?;
    let key = Key::read(&request, caller.subject(), &body)?;
    let (methods, stored) = store
        .snapshot(|conn| {
            let stored = rules::load_all(conn)?;
            let stored = stored.into_iter().map(|rule| (rule.id, rule)).collect();
            Ok::<_, StoreError>((payment_methods::store::list(conn)?, stored))
        })
        .await?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let rules = import::read(&file, &methods, &stored, &actor)?;
    let mut response = HttpResponse::Ok();
    let imported = if dry_run {
        store
            .snapshot(move |conn| import::foresee(conn, &rules, others))
            .await?
    } else {
        let done = store
            .write(move |tx| import::import(tx, &actor, key.as_ref(), &rules, others))
            .await?;
        freshness.see(done.value.revision).await;
        super::mark(&mut response, done.replayed);
        done.value
    };
    Ok(response.json(RuleImport::new(dry_run, imported)))
}

fn read_query(request: &HttpRequest) -> Result<(bool, Others), Problem> {
    let mut query = Query::of(request)?;
    let dry_run = query.flag("dryRun").unwrap_or(false);
    let others = query.parsed("mode", "merge or replace", |word| match word {
        "merge" => Some(Others::Keep),
        "replace" => Some(Others::Delete),
        _ => None,
    });
    query.finish()?;
    Ok((dry_run, others.unwrap_or(Others::Keep)))
}

async fn read_body(payload: web::Payload) -> Result<web::Bytes, Problem> {
    match payload.to_bytes_limited(BODY_LIMIT).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(Problem::new(Kind::BadRequest, "The body broke off.")),
        Err(_) => Err(Problem::new(
            Kind::TooLarge,
            "An import takes at most 4 MiB.",
        )),
    }
}

impl RuleImport {
    fn new(dry_run: bool, imported: Imported) -> Self {
        let Imported {
            difference,
            revision,
        } = imported;
        let Difference {
            created,
            updated,
            unchanged,
            deleted,
        } = difference;
        RuleImport {
            dry_run,
            created: named(created),
            updated: named(updated.into_iter().map(|(_, after)| after)),
            unchanged: named(unchanged),
            deleted: named(deleted),
            revision,
        }
    }
}

/// Rules by name.
pub fn named(rules: impl IntoIterator<Item = Rule>) -> Vec<NamedRule> {
    rules
        .into_iter()
        .map(|Rule { id, name, .. }| NamedRule { id, name })
        .collect()
}
