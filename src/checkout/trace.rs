//! The trace of `explain=full`: the whole walk, rule by rule and step by step.

use std::cmp::Ordering;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    eligibility::EligibilityContext,
    explain::ineligible_reason,
    reason::{Reason, ReasonCode, RuleName},
    steps::{self, Step, Verdicts},
    walk::Walk,
    wording,
};
use crate::{
    expressions::Trace,
    payment_rules::rulebook::{BookRule, Rulebook},
};

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    Passed,
    Failed,
    /// An earlier step failed.
    NotReached,
}

/// One step of one rule.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepTrace {
    /// The step.
    pub step: Step,
    /// The outcome of the step.
    pub outcome: StepOutcome,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// The effect of a rule that applied on one of its methods.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MethodTrace {
    /// The payment method's id.
    #[schema(example = "apruve_01h455vb4pex5vsknk084sn02q")]
    pub id: String,
    /// Whether this rule offered it.
    pub offered: bool,
    /// Whether an earlier rule had offered it already.
    pub already_offered: bool,
    /// Why the method does not fit the cart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// One rule of the walk.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleTrace {
    /// The rule.
    pub rule: RuleName,
    /// The rule's place: rules with smaller numbers are checked first.
    pub sort_order: i32,
    /// Whether it passed every step.
    pub applied: bool,
    /// Whether it ended the walk.
    pub stopped: bool,
    /// The steps of the rule, in order.
    pub steps: Vec<StepTrace>,
    /// The expression, part by part; absent if there is none, if it was not reached, or if tracing it is too costly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<Trace>,
    /// The effect on its methods; empty unless the rule applied.
    pub methods: Vec<MethodTrace>,
}

/// Rules of the walk, in walking order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Traced {
    /// One entry per rule, in the order in which rules are checked.
    pub items: Vec<RuleTrace>,
    /// Send it as `cursor`, with the same cart, to get the next rules; null after the last. It is valid for this
    /// revision only.
    #[schema(example = "MTcuMTAw")]
    pub next_cursor: Option<String>,
}

/// Which rules are traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceRange {
    pub start: usize,
    pub limit: usize,
    /// The revision of the previous page; `None` for the first page.
    pub revision: Option<i64>,
}

/// The trace of a range of all rules, in walking order, and the start of the next page.
pub fn trace(
    book: &Rulebook,
    context: &EligibilityContext<'_, '_>,
    walk: &Walk<'_>,
    verdicts: &mut Verdicts,
    TraceRange { start, limit, .. }: TraceRange,
) -> (Vec<RuleTrace>, Option<usize>) {
    let page = book.rules().from(start).take(limit);
    let traced = page.map(|rule| one(book, rule, context, walk, verdicts));
    let end = start.saturating_add(limit);
    let next = (end < book.rules().len()).then_some(end);
    (traced.collect(), next)
}

fn one(
    book: &Rulebook,
    rule: &BookRule,
    context: &EligibilityContext<'_, '_>,
    walk: &Walk<'_>,
    verdicts: &mut Verdicts,
) -> RuleTrace {
    let failure = steps::judge(rule, context, verdicts).err();
    let mut failed = match failure {
        Some(failure) => Some((
            failure.step(),
            wording::reason(rule, failure, context, walk, verdicts),
        )),
        None => walk.end_before(rule).map(|reason| (Step::Stop, reason)),
    };
    let reached_expression = failed.as_ref().is_none_or(|(step, reason)| {
        *step >= Step::Expression && reason.code != ReasonCode::BudgetSpent
    });
    let expression = rule
        .compiled
        .expression
        .get()
        .filter(|_| reached_expression);
    let expression = expression.and_then(|expression| {
        verdicts.explain(|budget| expression.trace(context.cart.record(), budget))
    });
    let incomplete = verdicts.take_incomplete();
    if let Some((_, reason)) = &mut failed {
        reason.incomplete = incomplete;
    }
    let applied = failed.is_none();
    RuleTrace {
        rule: RuleName::of(&rule.compiled.rule),
        sort_order: rule.compiled.rule.sort_order,
        applied,
        stopped: walk.stop.is_some_and(|stop| stop.place == rule.place),
        expression,
        steps: steps_of(failed),
        methods: match applied {
            true => methods(book, rule, context, walk),
            false => Vec::new(),
        },
    }
}

fn steps_of(failed: Option<(Step, Reason)>) -> Vec<StepTrace> {
    let (at, mut reason) = failed.unzip();
    let steps = Step::ALL.iter().map(|step| {
        let outcome = match at.map(|at| step.cmp(&at)) {
            Some(Ordering::Equal) => StepOutcome::Failed,
            Some(Ordering::Greater) => StepOutcome::NotReached,
            Some(Ordering::Less) | None => StepOutcome::Passed,
        };
        StepTrace {
            step: *step,
            outcome,
            reason: reason.take_if(|_| outcome == StepOutcome::Failed),
        }
    });
    steps.collect()
}

fn methods(
    book: &Rulebook,
    rule: &BookRule,
    context: &EligibilityContext<'_, '_>,
    walk: &Walk<'_>,
) -> Vec<MethodTrace> {
    let is_offered_before = |method: usize| {
        let mut before = walk.offered.iter();
        before.any(|offered| offered.method() == method && offered.rule.place < rule.place)
    };
    rule.offers
        .iter()
        .map(|offer| {
            let card = &book.methods()[offer.method];
            let ineligible = context.misfits(&card.method).next();
            let already_offered = ineligible.is_none() && is_offered_before(offer.method);
            MethodTrace {
                id: card.method.id.to_string(),
                offered: ineligible.is_none() && !already_offered,
                already_offered,
                reason: ineligible
                    .map(|ineligible| ineligible_reason(ineligible, Some(rule), card, context)),
            }
        })
        .collect()
}
