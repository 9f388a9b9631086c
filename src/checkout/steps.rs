//! The steps that a rule must pass. Their order is a contract.

use std::collections::BTreeMap;

use crate::{
    checkout::eligibility::EligibilityContext,
    expressions::{Budget, ErrorCode, EvalError},
    payment_rules::rulebook::{BookRule, Condition},
    string_enum::string_enum,
};

string_enum! {
    /// The steps that a rule must pass, in order.
    Step as "Step" {
        Currency = "currency",
        Website = "website",
        Destination = "destination",
        Enabled = "enabled",
        Dates = "dates",
        Expression = "expression",
        /// Whether the walk reached this rule: a stop rule or a used-up budget before it ends the walk.
        Stop = "stop",
    }
}

/// The budget of all explanations together, as a multiple of the walk's budget.
const EXPLANATIONS: u64 = 4;

/// The results of the expressions of this request, by the rule's place. The verdicts of the walk are kept, so that an
/// explanation cannot contradict the decision. Expressions that the walk skipped are evaluated under a second budget.
#[derive(Debug)]
pub struct Verdicts {
    known: BTreeMap<usize, Result<bool, EvalError>>,
    budget: Budget,
    /// The budget of one explanation; `all` is that of all explanations together.
    one: Budget,
    all: Budget,
    /// The place of the rule at which the walk used up its budget.
    spent_at: Option<usize>,
    incomplete: bool,
}

impl Verdicts {
    /// No verdicts yet.
    pub fn new(context: &EligibilityContext<'_, '_>) -> Self {
        let budget = &context.budget;
        Verdicts {
            known: BTreeMap::new(),
            budget: budget.clone(),
            one: budget.clone(),
            all: Budget::new(budget.left() * EXPLANATIONS),
            spent_at: None,
            incomplete: false,
        }
    }

    /// Stores a verdict of the walk.
    pub fn note(&mut self, rule: &BookRule, verdict: &Result<bool, EvalError>) {
        if is_spent(verdict) {
            self.spent_at = Some(rule.place);
        }
        self.known.insert(rule.place, verdict.clone());
    }

    /// The expressions that failed so far, by the rule's place.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &EvalError)> {
        let known = self.known.iter();
        known.filter_map(|(place, verdict)| Some((*place, verdict.as_ref().err()?)))
    }

    /// Explains something about an expression, limited both per explanation and in total, so that one costly rule does
    /// not prevent the explanation of the next. `None` if it is too costly.
    pub fn explain<T>(&mut self, explain: impl FnOnce(&mut Budget) -> T) -> Option<T> {
        let result = self.all.run_part(&self.one, explain);
        self.incomplete |= result.is_none();
        result
    }

    /// Whether a budget of the explanation ran out since the last call, so that the explanation is incomplete.
    pub fn take_incomplete(&mut self) -> bool {
        std::mem::take(&mut self.incomplete)
    }

    fn of(
        &mut self,
        rule: &BookRule,
        context: &EligibilityContext<'_, '_>,
    ) -> Result<(), StepFailure> {
        let Some(expression) = rule.compiled.expression.get() else {
            return Ok(());
        };
        if self.spent_at.is_some_and(|place| place <= rule.place) {
            return Err(StepFailure::BudgetSpent);
        }
        let budget = &mut self.budget;
        let verdict = self
            .known
            .entry(rule.place)
            .or_insert_with(|| expression.holds(context.cart.record(), budget));
        if is_spent(verdict) {
            self.incomplete = true;
            return Err(StepFailure::NotEvaluated);
        }
        match verdict {
            Ok(true) => Ok(()),
            Ok(false) => Err(StepFailure::False),
            Err(error) => Err(StepFailure::Failed(error.clone())),
        }
    }
}

fn is_spent(verdict: &Result<bool, EvalError>) -> bool {
    matches!(verdict, Err(error) if error.code == ErrorCode::BudgetExceeded)
}

/// The first step a rule failed.
#[derive(Debug)]
pub enum StepFailure {
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
    /// The expression can no longer be read.
    Unreadable,
    /// The walk used up its budget at this rule or before.
    BudgetSpent,
    /// The walk skipped the rule, and the explanation had used up its own budget.
    NotEvaluated,
}

impl StepFailure {
    /// The step that was failed.
    pub fn step(&self) -> Step {
        match self {
            StepFailure::Currency => Step::Currency,
            StepFailure::Website => Step::Website,
            StepFailure::NeedsBillingAddress | StepFailure::Destination => Step::Destination,
            StepFailure::Disabled => Step::Enabled,
            StepFailure::OutsideDates => Step::Dates,
            StepFailure::False
            | StepFailure::Failed(_)
            | StepFailure::Unreadable
            | StepFailure::BudgetSpent
            | StepFailure::NotEvaluated => Step::Expression,
        }
    }
}

/// Checks whether a rule applies: currency, website, billing destination, enabled, within its dates, expression.
pub fn judge(
    rule: &BookRule,
    context: &EligibilityContext<'_, '_>,
    verdicts: &mut Verdicts,
) -> Result<(), StepFailure> {
    judge_from(Step::Currency, rule, context, verdicts)
}

/// As [`judge`], with the steps before `first` counted as passed.
pub fn judge_from(
    first: Step,
    rule: &BookRule,
    context: &EligibilityContext<'_, '_>,
    verdicts: &mut Verdicts,
) -> Result<(), StepFailure> {
    let (terms, cart) = (&rule.compiled.rule, context.cart);
    if first <= Step::Currency && terms.currency != cart.currency() {
        return Err(StepFailure::Currency);
    }
    let is_elsewhere = |website: &str| terms.websites.iter().all(|known| known != website);
    if first <= Step::Website
        && !terms.websites.is_empty()
        && cart.website().is_some_and(is_elsewhere)
    {
        return Err(StepFailure::Website);
    }
    if first <= Step::Destination && !context.is_destination(&rule.compiled) {
        return Err(match context.address {
            None => StepFailure::NeedsBillingAddress,
            Some(_) => StepFailure::Destination,
        });
    }
    if !terms.enabled {
        return Err(StepFailure::Disabled);
    }
    if !terms.is_active_at(context.now) {
        return Err(StepFailure::OutsideDates);
    }
    if let Condition::Unreadable(_) = &rule.compiled.expression {
        return Err(StepFailure::Unreadable);
    }
    verdicts.of(rule, context)
}
