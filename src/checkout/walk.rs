//! The walk over the rules: decides which methods a cart may use, and in which order.
//!
//! The order of the steps is a contract (see [`super::steps`]). A rule that fails a step neither offers nor stops
//! anything; a stop rule that passes all steps stops even if none of its methods is usable. A rule that can no longer
//! offer or stop anything is skipped before its condition is evaluated, and the walk ends if only such rules are left.
//! If the budget for expressions is used up, the walk ends too, and the rules after it are not judged.

use super::eligibility::EligibilityContext;
use crate::{
    expressions::{Budget, ErrorCode, EvalError},
    payment_rules::rulebook::{BookRule, Condition, Rulebook},
};

/// One offered method: the rule that offered it first, and its place among that rule's offers.
#[derive(Clone, Copy, Debug)]
pub struct Offered<'b> {
    pub rule: &'b BookRule,
    pub offer: usize,
}

impl Offered<'_> {
    /// The method's place in the rulebook.
    pub fn method(&self) -> usize {
        self.rule.offers[self.offer].method
    }
}

/// The result of a walk.
#[derive(Debug)]
pub struct Walk<'b> {
    /// In rule order, each method at its first place.
    pub offered: Vec<Offered<'b>>,
    /// The rule that ended the walk.
    pub stop: Option<&'b BookRule>,
    /// The rule at which the budget for expressions was used up. It and all rules after it were not judged.
    pub spent: Option<&'b BookRule>,
}

impl Walk<'_> {
    /// Whether the budget ended the walk, so that more could have been offered.
    pub fn is_incomplete(&self) -> bool {
        self.spent.is_some()
    }
}

/// The state of a method during a walk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MethodState {
    Unseen,
    /// The method fits the cart. Its credit is checked when a rule that offers it applies.
    Open,
    /// The method is offered already, or does not fit the cart.
    Settled,
}

/// The methods of a rulebook in one walk.
struct MethodStates<'w, 'c, 'v> {
    book: &'w Rulebook,
    context: &'w EligibilityContext<'c, 'v>,
    states: Vec<MethodState>,
    /// The number of methods that are not settled.
    open: usize,
}

impl MethodStates<'_, '_, '_> {
    fn is_open(&mut self, method: usize) -> bool {
        if self.states[method] == MethodState::Unseen {
            self.states[method] = MethodState::Open;
            let method_itself = &self.book.methods()[method].method;
            let mut misfits = self.context.misfits_without_credit(method_itself);
            if misfits.next().is_some() {
                self.settle(method);
            }
        }
        self.states[method] == MethodState::Open
    }

    /// Whether the method is already known to be open. False for an invalid place.
    fn is_known_open(&self, method: usize) -> bool {
        self.states.get(method) == Some(&MethodState::Open)
    }

    fn settle(&mut self, method: usize) {
        self.states[method] = MethodState::Settled;
        self.open -= 1;
    }
}

/// The result of a shared condition, and its cost in steps. A condition that failed is run again for each of its rules.
#[derive(Clone, Copy, Default)]
struct SharedResult(Option<(bool, u64)>);

impl SharedResult {
    /// The known result. It costs the budget as much as another run, but hardly any time. `None` if the result is not
    /// known, or if the budget is too small.
    fn again(self, budget: &mut Budget) -> Option<bool> {
        let (holds, steps) = self.0?;
        budget.spend_again(steps).then_some(holds)
    }

    /// Whether the result is known to be false; charged as in [`SharedResult::again`].
    fn is_false_again(self, budget: &mut Budget) -> bool {
        matches!(self.0, Some((false, _))) && self.again(budget).is_some()
    }
}

/// Walks the rules that could match. One budget serves all expressions; `note` gets the result of each expression, to
/// count or explain it.
pub fn walk<'b>(
    book: &'b Rulebook,
    context: &EligibilityContext<'_, '_>,
    mut note: impl FnMut(&BookRule, &Result<bool, EvalError>),
) -> Walk<'b> {
    let now = context.now.timestamp_micros();
    let mut budget = context.budget.clone();
    let mut walk = Walk {
        offered: Vec::new(),
        stop: None,
        spent: None,
    };
    let mut methods = MethodStates {
        book,
        context,
        states: vec![MethodState::Unseen; book.methods().len()],
        open: book.methods().len(),
    };
    let conditions = book.shared_conditions();
    let mut results = vec![SharedResult::default(); conditions.count()];
    walk.offered.reserve(methods.open.min(8));
    for place in book.candidates(context.cart, context.address).iter() {
        let place = *place as usize;
        let offer = conditions.of_rule(place);
        let known = results.get(offer.condition()).copied().unwrap_or_default();
        // Checked first, because most rules of a large shop end here; the rule itself is only read for `note`.
        if methods.is_known_open(offer.method()) && known.is_false_again(&mut budget) {
            if let Some(rule) = book.rules().get(place) {
                note(rule, &Ok(false));
            }
            continue;
        }
        let Some(rule) = book.rules().get(place) else {
            continue;
        };
        let header = &rule.header;
        if !header.stops {
            if methods.open == 0 && !book.has_stop_from(rule.place) {
                break;
            }
            let mut offers = rule.offers.iter();
            if !offers.any(|offer| methods.is_open(offer.method)) {
                continue;
            }
        }
        if !header.is_active_at(now) {
            continue;
        }
        if header.has_destinations && !context.is_destination(&rule.compiled) {
            continue;
        }
        let holds = match &header.condition {
            Condition::None => true,
            Condition::Unreadable(_) => false,
            Condition::When(expression) => {
                let verdict = match known.again(&mut budget) {
                    Some(holds) => Ok(holds),
                    None => {
                        let before = budget.left();
                        let verdict = expression.holds(context.cart.record(), &mut budget);
                        if let (Ok(holds), Some(result)) =
                            (&verdict, results.get_mut(offer.condition()))
                        {
                            result.0 = Some((*holds, before - budget.left()));
                        }
                        verdict
                    }
                };
                note(rule, &verdict);
                let code = verdict.as_ref().err().map(|error| error.code);
                if code == Some(ErrorCode::BudgetExceeded) {
                    walk.spent = Some(rule);
                    return walk;
                }
                // An expression that failed counts as not holding.
                verdict.unwrap_or(false)
            }
        };
        if !holds {
            continue;
        }
        for (place, offer) in rule.offers.iter().enumerate() {
            if methods.is_open(offer.method) {
                methods.settle(offer.method);
                if context.fits(&book.methods()[offer.method].method) {
                    walk.offered.push(Offered { rule, offer: place });
                }
            }
        }
        if header.stops {
            walk.stop = Some(rule);
            return walk;
        }
    }
    walk
}
