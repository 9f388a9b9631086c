//! The whole walk, rule by rule and step by step: `explain=full`.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    eligibility::{Circumstances, fits},
    explain::{stopping_place, unfit_reason},
    reason::{Reason, RuleName},
    steps::{self, Failure},
};
use crate::{
    expressions::{Budget, Trace},
    payment_rules::rulebook::{BookRule, Condition, Rulebook},
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

/// The steps a rule must pass, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    Currency,
    Website,
    Destination,
    Enabled,
    Dates,
    Expression,
    /// Whether the walk came this far: a stop rule before it ends it.
    Stop,
}

const STEPS: [StepName; 7] = [
    StepName::Currency,
    StepName::Website,
    StepName::Destination,
    StepName::Enabled,
    StepName::Dates,
    StepName::Expression,
    StepName::Stop,
];

/// One step of one rule.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepTrace {
    pub step: StepName,
    pub outcome: StepOutcome,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// What a rule that applied did with one of its methods.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MethodTrace {
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
    pub rule: RuleName,
    pub sort_order: i32,
    /// Whether it passed every step.
    pub applied: bool,
    /// Whether it ended the walk.
    pub stopped: bool,
    pub steps: Vec<StepTrace>,
    /// The expression, part by part; absent without one, or where it was not reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<Trace>,
    /// What it did with its methods; empty unless it applied.
    pub methods: Vec<MethodTrace>,
}

/// The walk over every rule there is, in walking order.
pub fn trace(
    book: &Rulebook,
    circumstances: &Circumstances<'_, '_>,
    budget: &mut Budget,
) -> Vec<RuleTrace> {
    let stop = stopping_place(book, circumstances, budget);
    let mut seen = vec![false; book.methods().len()];
    book.rules()
        .iter()
        .map(|rule| one(book, rule, circumstances, stop, &mut seen, budget))
        .collect()
}

fn one(
    book: &Rulebook,
    rule: &BookRule,
    circumstances: &Circumstances<'_, '_>,
    stop: Option<usize>,
    seen: &mut [bool],
    budget: &mut Budget,
) -> RuleTrace {
    let verdict = steps::judge(&rule.compiled, circumstances, budget);
    let passed_own = verdict.is_ok();
    let failed = verdict.err().map(|failure| {
        let step = step_of(&failure);
        (
            step,
            steps::reason(&rule.compiled, failure, circumstances, budget),
        )
    });
    let behind = stop
        .filter(|stop| *stop < rule.place)
        .map(|stop| &book.rules()[stop]);
    let failed = failed.or_else(|| {
        let behind = behind?;
        Some((StepName::Stop, super::explain::stopped_by(rule, behind)))
    });
    let reached_expression = failed
        .as_ref()
        .is_none_or(|(step, _)| *step >= StepName::Expression);
    let expression = match &rule.compiled.expression {
        Condition::When(expression) if reached_expression => {
            Some(expression.trace(circumstances.cart.record(), budget))
        }
        _ => None,
    };
    let applied = failed.is_none();
    RuleTrace {
        rule: RuleName::of(&rule.compiled.rule),
        sort_order: rule.compiled.rule.sort_order,
        applied,
        stopped: passed_own && stop == Some(rule.place),
        expression,
        steps: steps_of(failed),
        methods: if applied {
            methods(book, rule, circumstances, seen)
        } else {
            Vec::new()
        },
    }
}

fn steps_of(failed: Option<(StepName, Reason)>) -> Vec<StepTrace> {
    let at = failed.as_ref().map(|(step, _)| *step);
    let mut reason = failed.map(|(_, reason)| reason);
    STEPS
        .into_iter()
        .map(|step| match at {
            Some(at) if step == at => StepTrace {
                step,
                outcome: StepOutcome::Failed,
                reason: reason.take(),
            },
            Some(at) if step > at => StepTrace {
                step,
                outcome: StepOutcome::NotReached,
                reason: None,
            },
            _ => StepTrace {
                step,
                outcome: StepOutcome::Passed,
                reason: None,
            },
        })
        .collect()
}

fn step_of(failure: &Failure<'_>) -> StepName {
    match failure {
        Failure::Currency => StepName::Currency,
        Failure::Website => StepName::Website,
        Failure::NeedsBillingAddress | Failure::Destination => StepName::Destination,
        Failure::Disabled => StepName::Enabled,
        Failure::OutsideDates => StepName::Dates,
        Failure::False(_) | Failure::Failed(_) | Failure::Unreadable(_) => StepName::Expression,
    }
}

fn methods(
    book: &Rulebook,
    rule: &BookRule,
    circumstances: &Circumstances<'_, '_>,
    seen: &mut [bool],
) -> Vec<MethodTrace> {
    rule.offers
        .iter()
        .map(|offer| {
            let method = &book.methods()[offer.method].method;
            let unfit = fits(method, circumstances.cart).err();
            let already_offered =
                unfit.is_none() && std::mem::replace(&mut seen[offer.method], true);
            MethodTrace {
                id: method.id.to_string(),
                offered: unfit.is_none() && !already_offered,
                already_offered,
                reason: unfit.map(|unfit| unfit_reason(unfit, Some(rule), method, circumstances)),
            }
        })
        .collect()
}
