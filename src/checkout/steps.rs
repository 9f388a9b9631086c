//! The steps a rule must pass, in the order that is a contract.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    checkout::eligibility::Circumstances,
    expressions::{Budget, EvalError},
    payment_rules::rulebook::{BookRule, Condition},
};

/// The steps a rule must pass, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Currency,
    Website,
    Destination,
    Enabled,
    Dates,
    Expression,
    /// Whether the walk came this far: a stop rule before it ends it.
    Stop,
}

/// What the expressions of this request came to, by the rule's place. The walk's own verdicts are kept, so that an
/// explanation never tells another story than the decision.
#[derive(Debug, Default)]
pub struct Verdicts {
    known: HashMap<usize, Result<bool, EvalError>>,
    budget: Budget,
}

impl Verdicts {
    /// Keeps what the walk found.
    pub fn note(&mut self, rule: &BookRule, verdict: &Result<bool, EvalError>) {
        self.known.insert(rule.place, verdict.clone());
    }

    fn of(
        &mut self,
        rule: &BookRule,
        circumstances: &Circumstances<'_, '_>,
    ) -> Result<bool, EvalError> {
        let Condition::When(expression) = &rule.compiled.expression else {
            return Ok(true);
        };
        let budget = &mut self.budget;
        let verdict = self
            .known
            .entry(rule.place)
            .or_insert_with(|| expression.holds(circumstances.cart.record(), budget));
        verdict.clone()
    }
}

/// The first step a rule failed.
#[derive(Debug)]
pub enum Failure {
    Currency,
    Website,
    NeedsBillingAddress,
    Destination,
    Disabled,
    OutsideDates,
    /// The expression is false.
    False,
    /// The expression failed.
    Failed(EvalError),
    /// The expression cannot be read any more.
    Unreadable,
}

impl Failure {
    /// The step that was failed.
    pub fn step(&self) -> Step {
        match self {
            Failure::Currency => Step::Currency,
            Failure::Website => Step::Website,
            Failure::NeedsBillingAddress | Failure::Destination => Step::Destination,
            Failure::Disabled => Step::Enabled,
            Failure::OutsideDates => Step::Dates,
            Failure::False | Failure::Failed(_) | Failure::Unreadable => Step::Expression,
        }
    }
}

/// Whether a rule applies: currency, website, billing destination, enabled and in its dates, expression.
pub fn judge(
    rule: &BookRule,
    circumstances: &Circumstances<'_, '_>,
    verdicts: &mut Verdicts,
) -> Result<(), Failure> {
    judge_from(Step::Currency, rule, circumstances, verdicts)
}

/// As [`judge`], as if the steps before `first` were passed.
pub fn judge_from(
    first: Step,
    rule: &BookRule,
    circumstances: &Circumstances<'_, '_>,
    verdicts: &mut Verdicts,
) -> Result<(), Failure> {
    let (terms, cart) = (&rule.compiled.rule, circumstances.cart);
    if first <= Step::Currency && terms.currency != cart.currency() {
        return Err(Failure::Currency);
    }
    let is_elsewhere = |website: &str| terms.websites.iter().all(|known| known != website);
    if first <= Step::Website
        && !terms.websites.is_empty()
        && cart.website().is_some_and(is_elsewhere)
    {
        return Err(Failure::Website);
    }
    if first <= Step::Destination && !circumstances.is_destination(terms) {
        return Err(match circumstances.address {
            None => Failure::NeedsBillingAddress,
            Some(_) => Failure::Destination,
        });
    }
    if !terms.enabled {
        return Err(Failure::Disabled);
    }
    if !terms.is_active_at(circumstances.now) {
        return Err(Failure::OutsideDates);
    }
    if let Condition::Unreadable(_) = &rule.compiled.expression {
        return Err(Failure::Unreadable);
    }
    match verdicts.of(rule, circumstances) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::False),
        Err(error) => Err(Failure::Failed(error)),
    }
}
