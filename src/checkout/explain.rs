//! Tells the walk in words: why a method is not offered, and what would have to change.
//!
//! Every rule that names a method gives one reason: the first step it failed, in the order of the walk. A rule behind a stop
//! rule is judged all the same, because whether it would have applied is what an administrator wants to know.

use std::collections::HashSet;

use super::{
    eligibility::{Circumstances, Offered, Unfit, fits},
    reason::{Reason, ReasonCode, RuleName},
    steps,
};
use crate::{
    expressions::Budget,
    payment_methods::Method,
    payment_rules::rulebook::{BookRule, Rulebook},
};

/// An answer that lists thousands of rules helps nobody; what is left out is counted.
const MOST_REASONS: usize = 100;

/// A method that is not offered, with its reasons in walking order.
#[derive(Debug)]
pub struct NotOffered<'b> {
    pub method: &'b Method,
    pub reasons: Vec<Reason>,
    /// How many further rules name the method.
    pub omitted: usize,
}

/// The rule at which the walk stopped, by its place in the rulebook.
pub fn stopping_place(
    book: &Rulebook,
    circumstances: &Circumstances<'_, '_>,
    budget: &mut Budget,
) -> Option<usize> {
    let applies = |rule: &BookRule, budget: &mut Budget| {
        rule.compiled.rule.stop_processing
            && steps::judge(&rule.compiled, circumstances, budget).is_ok()
    };
    book.candidates(circumstances.cart)
        .find(|rule| applies(rule, budget))
        .map(|rule| rule.place)
}

/// Every method that was not offered, and why.
pub fn not_offered<'b>(
    book: &'b Rulebook,
    circumstances: &Circumstances<'_, '_>,
    offered: &[Offered<'b>],
    budget: &mut Budget,
) -> Vec<NotOffered<'b>> {
    let offered: HashSet<usize> = offered.iter().map(Offered::method).collect();
    if offered.len() == book.methods().len() {
        return Vec::new();
    }
    let stop = stopping_place(book, circumstances, budget);
    (0..book.methods().len())
        .filter(|method| !offered.contains(method))
        .map(|method| explain(book, method, circumstances, stop, budget))
        .collect()
}

fn explain<'b>(
    book: &'b Rulebook,
    place: usize,
    circumstances: &Circumstances<'_, '_>,
    stop: Option<usize>,
    budget: &mut Budget,
) -> NotOffered<'b> {
    let card = &book.methods()[place];
    let method = &card.method;
    let unfit = fits(method, circumstances.cart).err();
    let naming = book.rules_naming(place).len();
    let mut reasons: Vec<Reason> = book
        .rules_naming(place)
        .take(MOST_REASONS)
        .filter_map(|rule| {
            let verdict = steps::judge(&rule.compiled, circumstances, budget);
            match (verdict, stop.filter(|stop| *stop < rule.place)) {
                (Err(failure), _) => Some(steps::reason(
                    &rule.compiled,
                    failure,
                    circumstances,
                    budget,
                )),
                (Ok(()), Some(stop)) => Some(stopped_by(rule, &book.rules()[stop])),
                (Ok(()), None) => {
                    unfit.map(|unfit| unfit_reason(unfit, Some(rule), method, circumstances))
                }
            }
        })
        .collect();
    if naming == 0 {
        let message = format!("No rule names {}.", method.name);
        reasons.push(Reason::new(ReasonCode::NotInAnyRule, None, message));
    }
    let own = unfit.filter(|unfit| reasons.iter().all(|reason| reason.code != unfit.code()));
    reasons.extend(own.map(|unfit| unfit_reason(unfit, None, method, circumstances)));
    NotOffered {
        method,
        reasons,
        omitted: naming.saturating_sub(MOST_REASONS),
    }
}

/// Why a rule that would apply was not reached.
pub fn stopped_by(rule: &BookRule, stop: &BookRule) -> Reason {
    let stop = &stop.compiled.rule;
    let message = format!(
        "\"{}\" applies and has stopProcessing, so this rule is not reached.",
        stop.name
    );
    Reason {
        stopped_by: Some(RuleName::of(stop)),
        ..Reason::new(ReasonCode::StoppedBy, Some(&rule.compiled.rule), message)
    }
}

/// What a method itself has against the cart.
pub fn unfit_reason(
    unfit: Unfit,
    rule: Option<&BookRule>,
    method: &Method,
    circumstances: &Circumstances<'_, '_>,
) -> Reason {
    let rule = rule.map(|rule| &rule.compiled.rule);
    let cart = circumstances.cart;
    let reason = |message: String| Reason::new(unfit.code(), rule, message);
    match unfit {
        Unfit::Disabled => reason(format!(
            "The integration \"{}\" is deactivated.",
            method.name
        )),
        Unfit::CurrencyUnsupported => {
            let message = format!("\"{}\" does not take {}.", method.name, cart.currency());
            reason(message).observing("currency", cart.currency().code())
        }
        Unfit::AmountOutOfRange => {
            let total = cart
                .total()
                .map(|total| total.to_string())
                .unwrap_or_default();
            let message =
                format!("Apruve takes totals above 0 and up to 999999.99; the total is {total}.");
            reason(message).observing("total", total)
        }
        Unfit::NoPaymentTerm => {
            reason("Neither the customer nor its group has a payment term.".to_owned())
        }
    }
}
