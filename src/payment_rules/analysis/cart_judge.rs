//! How checkout judges a cart.

use chrono::{DateTime, Utc};

use crate::{expressions::EvalError, payment_rules::rulebook::Rulebook};

type Outcomes = fn(&Rulebook, &str, DateTime<Utc>, &[usize]) -> Option<Vec<RuleOutcome>>;

/// Checkout's own steps and walk. Checkout knows rules and rules do not know checkout, so the app hands this in.
#[derive(Clone, Copy)]
pub struct CartJudge {
    /// The outcomes of some rules, by their places, for a cart as JSON; `None` where that is no cart.
    pub outcomes: Outcomes,
    /// The place of the rule that ends the walk, if one does; `None` where the JSON is no cart.
    pub stop: fn(&Rulebook, &str, DateTime<Utc>) -> Option<Option<usize>>,
}

/// The outcome of a rule for a cart.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleOutcome {
    /// It passed all steps.
    Applies,
    /// Its expression does not hold.
    False,
    /// Its expression failed.
    Failed(EvalError),
    /// It failed another step, or could not be judged.
    Otherwise,
}
