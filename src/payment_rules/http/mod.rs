//! `/v1/payment-rules` and `/v1/rule-revisions`.

mod bulk;
mod create;
mod delete;
mod export;
mod filter;
mod import;
mod list;
mod read;
mod reorder;
mod revisions;
mod switch;
mod update;
mod warned;

use actix_web::{HttpResponse, HttpResponseBuilder, http::header};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Rule, manage::Changed, refusal::Refusal, warnings::warnings_of};
use crate::{
    freshness::Freshness,
    idempotency::{self, Once},
    ids::RuleId,
    mount::Mount,
    precondition,
    problem::{FieldError, Kind, Problem},
};

/// Mounts the calls. Fixed words come before `{id}`, which would take them for an id.
pub fn routes(config: &mut impl Mount) {
    config
        .mount(list::list_payment_rules)
        .mount(create::create_payment_rule)
        .mount(bulk::change_payment_rules)
        .mount(reorder::reorder_payment_rules)
        .mount(export::export_payment_rules)
        .mount(import::import_payment_rules)
        .mount(read::get_payment_rule)
        .mount(update::replace_payment_rule)
        .mount(update::update_payment_rule)
        .mount(delete::delete_payment_rule)
        .mount(switch::enable_payment_rule)
        .mount(switch::disable_payment_rule)
        .mount(create::duplicate_payment_rule);
    revisions::routes(config);
}

/// An id that cannot be read names nothing.
fn id(text: &str) -> Result<RuleId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found("payment rule", text))
}

/// An answer with a rule and its ETag.
fn with_rule(mut response: HttpResponseBuilder, rule: &Rule) -> HttpResponse {
    response
        .insert_header(precondition::etag(rule.version))
        .json(rule)
}

/// A rule as it was saved.
#[derive(Serialize, ToSchema)]
#[schema(as = SavedPaymentRule)]
struct Saved<'r> {
    #[serde(flatten)]
    rule: &'r Rule,
    /// What is doubtful about it; absent where nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<FieldError>,
}

/// As [`with_rule`], with what is doubtful about the rule.
fn with_saved(mut response: HttpResponseBuilder, rule: &Rule) -> HttpResponse {
    let warnings = warnings_of(rule);
    response
        .insert_header(precondition::etag(rule.version))
        .json(Saved { rule, warnings })
}

/// 201 with a rule that was made, after checkout sees it.
async fn created(freshness: &Freshness, done: Once<Changed>) -> HttpResponse {
    freshness.see(done.value.revision).await;
    let rule = &done.value.rule;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/v1/payment-rules/{}", rule.id)));
    mark(&mut response, done.replayed);
    with_saved(response, rule)
}

/// Says whether this is the answer to an earlier request.
fn mark(response: &mut HttpResponseBuilder, replayed: bool) {
    if replayed {
        response.insert_header((idempotency::REPLAYED.clone(), "true"));
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchRule(id) => Problem::not_found("payment rule", id),
            Refusal::NoSuchRevision(number) => Problem::not_found("revision of the rules", number),
            Refusal::NoMethod(id) => Problem::new(
                Kind::Conflict,
                format!("`{id}` offers no payment method; give it one before turning it on."),
            ),
            Refusal::Invalid(errors) => Problem::invalid(errors),
            Refusal::ChangedSince(conflicts) => import::changed_since(&conflicts),
            Refusal::Stale(problem) => *problem,
            Refusal::KeyReused(reused) => reused.into(),
            Refusal::Store(error) => error.into(),
        }
    }
}
