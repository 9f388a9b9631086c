//! The functions of checkout that the analysis uses to judge a cart.

use chrono::{DateTime, Utc};

use crate::{expressions::EvalError, payment_rules::rulebook::Rulebook};

type Outcomes = fn(&Rulebook, &str, DateTime<Utc>, &[usize]) -> Option<Vec<RuleOutcome>>;

/// Checkout's own steps and walk. Checkout depends on the rules and not the reverse, so the app injects these
/// functions.
#[derive(Clone, Copy)]
pub struct CartJudge {
    /// The outcomes of the rules at some places for a cart as JSON; `None` if the JSON is not a valid cart.
    pub outcomes: Outcomes,
    /// The place of the stop rule that ends the walk, if there is one; `None` if the JSON is not a valid cart.
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
