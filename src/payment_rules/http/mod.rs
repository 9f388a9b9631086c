//! `/v1/payment-rules` and `/v1/revisions`.

mod analysis;
mod bulk;
mod create;
mod delete;
mod export;
mod import;
mod list;
mod named_rule;
mod read;
mod reorder;
mod revisions;
mod rule_tests;
mod switch;
mod update;
mod warned;

use super::{
    Rule,
    refusal::{RuleRefusal, no_method},
    warnings::warnings_of,
};
use crate::{expressions::Expression, http::routing::Routes, ids::RuleId, operation::prelude::*};

pub use analysis::RuleAnalyst;
use analysis::SavedAnalysis;

/// Mounts the calls. Fixed paths come before `{id}`, which would match them too.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(list::list_payment_rules)
        .routing(create::create_payment_rule)
        .routing(bulk::change_payment_rules)
        .routing(reorder::reorder_payment_rules)
        .routing(analysis::analyze_payment_rules)
        .routing(export::export_payment_rules)
        .routing(import::import_payment_rules)
        .routing(read::get_payment_rule)
        .routing(update::replace_payment_rule)
        .routing(update::update_payment_rule)
        .routing(delete::delete_payment_rule)
        .routing(switch::enable_payment_rule)
        .routing(switch::disable_payment_rule)
        .routing(create::duplicate_payment_rule);
    revisions::routes(config);
    rule_tests::routes(config);
}

/// Parses an id; an invalid one is 404.
fn id(text: &str) -> Result<RuleId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found("payment rule", text))
}

/// A saved rule.
#[derive(Serialize, ToSchema)]
struct SavedPaymentRule<'r> {
    #[serde(flatten)]
    rule: &'r Rule,
    /// The warnings about the rule; absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<FieldError>,
    /// True if the time limit ended the comparison with other rules early. Absent otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    incomplete: bool,
}

/// The rule and its ETag, with the warnings about it, the findings of its analysis, and the tests that fail now. `parsed` is
/// the expression that the request has for it, if any.
async fn with_saved(
    reply: Reply,
    rule: &Rule,
    parsed: Option<Expression>,
    failing: Vec<FieldError>,
    analysis: impl Future<Output = SavedAnalysis>,
) -> HttpResponse {
    let analysis = analysis.await;
    let mut warnings = warnings_of(rule, parsed);
    warnings.extend(analysis.warnings.into_iter().map(|(_, warning)| warning));
    warnings.extend(failing);
    reply.version(rule.version).json(SavedPaymentRule {
        rule,
        warnings,
        incomplete: analysis.is_incomplete,
    })
}

/// 201 with a created rule.
fn created(done: &Once<Rule>) -> Reply {
    let location = format!("/v1/payment-rules/{}", done.value.id);
    Reply::created(location).replayed(done.replayed)
}

/// The tests that fail after something was disabled or deleted.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleTestWarnings)]
struct Reported {
    /// The tests of the rules that fail now.
    warnings: Vec<FieldError>,
}

impl From<RuleRefusal> for Problem {
    fn from(refusal: RuleRefusal) -> Self {
        match refusal {
            RuleRefusal::NoSuchRule(id) => Problem::not_found("payment rule", id),
            RuleRefusal::Website(refusal) => refusal.into(),
            RuleRefusal::NoSuchRevision(number) => Problem::not_found("revision", number),
            RuleRefusal::NoMethod(id) => Problem::new(Kind::Conflict, no_method(id)),
            RuleRefusal::Invalid(errors) => Problem::invalid(errors),
            RuleRefusal::ChangedSince(conflicts) => import::changed_since(conflicts),
            RuleRefusal::Refused(problem) => *problem,
            RuleRefusal::KeyReused(reused) => reused.into(),
            RuleRefusal::Store(error) => error.into(),
        }
    }
}
