//! Judges carts for the analysis and trials of rules, with the steps and the walk of checkout.

use chrono::{DateTime, Utc};

use super::{
    eligibility::EligibilityContext,
    steps::{StepFailure, Verdicts, judge},
    walk::walk,
};
use crate::{
    cart::Cart,
    expressions::ErrorCode,
    payment_rules::{
        analysis::{CartJudge, RuleOutcome},
        rulebook::Rulebook,
    },
};

/// The functions of checkout that the analysis of rules uses.
pub const CART_JUDGE: CartJudge = CartJudge { outcomes, stop };

fn outcomes(
    book: &Rulebook,
    json: &str,
    at: DateTime<Utc>,
    places: &[usize],
) -> Option<Vec<RuleOutcome>> {
    let cart = book.read_cart(json).ok()?;
    let context = EligibilityContext::new(&cart, at);
    let mut verdicts = Verdicts::new(&context);
    let outcome = |place: &usize| {
        let rule = book.rules().get(*place)?;
        Some(match judge(rule, &context, &mut verdicts) {
            Ok(()) => RuleOutcome::Applies,
            Err(StepFailure::False) => RuleOutcome::False,
            Err(StepFailure::Failed(error)) => RuleOutcome::Failed(error),
            Err(_) => RuleOutcome::Otherwise,
        })
    };
    places.iter().map(outcome).collect()
}

fn stop(book: &Rulebook, json: &str, at: DateTime<Utc>) -> Option<Option<usize>> {
    let cart = book.read_cart(json).ok()?;
    let context = EligibilityContext::new(&cart, at);
    let walk = walk(book, &context, |_, _| {});
    Some(walk.stop.map(|stop| stop.place))
}

/// The methods that a recorded cart is offered, as places in the rulebook, regardless of the buyer's credit and the
/// health of providers. `None` if a rule reads an attribute that was not recorded, or if the rules use up their budget.
/// The caller judges the cart's sums.
pub fn offered_to_recorded(
    book: &Rulebook,
    cart: &Cart<'_>,
    at: DateTime<Utc>,
) -> Option<Vec<usize>> {
    let context = EligibilityContext::new(cart, at).without_sums();
    let mut is_decided = true;
    let walk = walk(book, &context, |_, verdict| {
        let code = verdict.as_ref().err().map(|error| error.code);
        is_decided &= code != Some(ErrorCode::UnusableValue);
    });
    let is_decided = is_decided && !walk.is_incomplete();
    is_decided.then(|| walk.offered.iter().map(|it| it.method()).collect())
}
