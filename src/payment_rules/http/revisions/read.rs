//! `GET /v1/rule-revisions/{number}`

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    super::super::{Rule, difference::Difference, refusal::Refusal, store::history},
    RuleRevision, read_number,
};
use crate::{
    audit,
    auth::scope,
    http::{openapi::IfNoneMatch, problem::Problem, reply},
    ids::RuleId,
    operation::Read,
    store::Store,
};

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
    /// The rule's id.
    #[schema(value_type = String, example = "rule_01h455vb4pex5vsknk084sn02q")]
    id: RuleId,
    /// The rule's name.
    name: String,
    /// Field → `{ from, to }`.
    #[schema(value_type = Object)]
    fields: Value,
}

/// Read a revision of the payment rules
///
/// What it changed, and all rules as it left them. The ETag is what a restore sends as `If-Match`: it changes with every
/// newer revision.
#[utoipa::path(
    tag = "Rule revisions",
    security(("bearer" = ["rules:read"])),
    params(("number" = i64, Path, description = "The revision.", example = 17), IfNoneMatch),
    responses((status = 200, description = "The revision.", body = RuleRevisionInFull, headers(("ETag" = String, description = "The newest revision of the rules.")))),
)]
#[get("/v1/rule-revisions/{number}")]
pub async fn get_rule_revision(
    read: Read<scope::RulesRead>,
    number: web::Path<String>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let number = read_number(&number)?;
    let (revision, difference, rules, newest) = store
        .snapshot(move |conn| {
            let revision = history::find(conn, number)?.ok_or(Refusal::NoSuchRevision(number))?;
            let difference = Difference::of_revision(conn, number)?;
            let rules = history::as_of(conn, number)?;
            Ok::<_, Refusal>((revision, difference, rules, history::newest(conn)?))
        })
        .await?;
    let shown = RuleRevisionInFull {
        revision: revision.into(),
        changes: changes(difference),
        rules,
        newest,
    };
    Ok(reply::versioned(&read.request, newest, shown))
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
                None => Value::Object(Map::new()),
            },
            name: rule.name,
        })
        .collect()
}
