//! The walk over the rules: which methods a cart may use, in which order.
//!
//! The order of the steps is a contract (see [`super::steps`]). A rule that fails any step neither offers nor stops anything;
//! a stop rule that passes them stops even when none of its methods is usable. A rule that can neither offer nor stop any
//! more is passed over before its condition is evaluated, and the walk ends where only such rules are left. Where the budget
//! for expressions is spent, the walk ends too: nothing is known of the rules behind.

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
    /// The rule at which the budget for expressions was spent; it and all behind it were not judged.
    pub spent: Option<&'b BookRule>,
}

impl Walk<'_> {
    /// Whether the budget ended the walk, so that more could have been offered.
    pub fn is_incomplete(&self) -> bool {
        self.spent.is_some()
    }
}

/// What the walk knows of a method so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MethodState {
    Unseen,
    /// It fits the cart; its credit is looked at where a rule applies that offers it.
    Open,
    /// Offered already, or unfit for this cart whoever names it.
    Settled,
}

/// The methods of a rulebook in one walk.
struct MethodStates<'w, 'c, 'v> {
    book: &'w Rulebook,
    context: &'w EligibilityContext<'c, 'v>,
    states: Vec<MethodState>,
    /// How many are not settled.
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

    /// Whether the method is open and known to be. False of a place that is no method's.
    fn is_known_open(&self, method: usize) -> bool {
        self.states.get(method) == Some(&MethodState::Open)
    }

    fn settle(&mut self, method: usize) {
        self.states[method] = MethodState::Settled;
        self.open -= 1;
    }
}

/// The result of a condition that several rules have, and its steps. One that failed is run again, for each rule that has it.
#[derive(Clone, Copy, Default)]
struct SharedResult(Option<(bool, u64)>);

impl SharedResult {
    /// The result, as if the condition were run once more: that costs as much of the budget, and hardly any time. `None` where
    /// it is not known, or the budget would not do.
    fn again(self, budget: &mut Budget) -> Option<bool> {
        let (holds, steps) = self.0?;
        budget.spend_again(steps).then_some(holds)
    }

    /// Whether it is known to be false, found again as above.
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
    let mut budget = context.budget().clone();
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
        // What most rules of a large shop come to, so it is asked first; the rule itself is only read for `note`.
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
