//! A plain model of the walk: every rule is judged, one step after the other.

use std::collections::BTreeSet;

use crate::{
    checkout::{eligibility::EligibilityContext, walk::Walk},
    expressions::{Budget, ErrorCode},
    geo,
    payment_rules::rulebook::{BookRule, Condition, Rulebook},
};

/// The result of a rule by itself: the code of the first step that it fails, or nothing. `None` where the budget is spent.
pub fn judged(
    rule: &BookRule,
    context: &EligibilityContext<'_, '_>,
    budget: &mut Budget,
) -> Option<Option<&'static str>> {
    let terms = &rule.compiled.rule;
    let cart = context.cart;
    if terms.currency != cart.currency() {
        return Some(Some("currency_mismatch"));
    }
    let is_for =
        |website: &str| terms.websites.is_empty() || terms.websites.iter().any(|it| it == website);
    if !cart.website().is_none_or(is_for) {
        return Some(Some("website_mismatch"));
    }
    if !terms.destinations.is_empty() {
        let Some(location) = &context.location else {
            return Some(Some("needs_billing_address"));
        };
        let lies_in = terms.destinations.iter().any(|destination| {
            let area = destination.area();
            let is_there = location.areas().contains(&area)
                && geo::countries_of(area).any(|country| country == location.country());
            // The only patterns drawn are those of the first address.
            let code = context.address.and_then(|address| address.postal_code);
            is_there && (destination.postal_codes.is_empty() || code == Some("90210"))
        });
        if !lies_in {
            return Some(Some("destination_mismatch"));
        }
    }
    if !terms.enabled {
        return Some(Some("rule_disabled"));
    }
    let from = terms.active_from.is_none_or(|from| from <= context.now);
    let until = terms.active_until.is_none_or(|until| context.now < until);
    if !(from && until) {
        return Some(Some("outside_dates"));
    }
    let Condition::When(expression) = &rule.compiled.expression else {
        return Some(None);
    };
    match expression.holds(cart.record(), budget) {
        Ok(true) => Some(None),
        Ok(false) => Some(Some("expression_false")),
        Err(error) if error.code == ErrorCode::BudgetExceeded => None,
        Err(_) => Some(Some("expression_error")),
    }
}

/// What the walk should come to: the methods offered with the rules that offer them, the rule that stops, and the one at which
/// the budget is spent.
#[derive(Debug, Default, PartialEq)]
pub struct Expected {
    pub offered: Vec<(usize, usize)>,
    pub stop: Option<usize>,
    pub spent: Option<usize>,
}

pub fn expected(book: &Rulebook, context: &EligibilityContext<'_, '_>) -> Expected {
    let mut budget = context.budget.clone();
    let mut expected = Expected::default();
    let all = book.methods().iter().enumerate();
    let ineligible = all.filter(|(_, card)| {
        context
            .misfits_without_credit(&card.method)
            .next()
            .is_some()
    });
    let mut settled: BTreeSet<usize> = ineligible.map(|(place, _)| place).collect();
    for rule in book.rules().iter() {
        let stops = rule.compiled.rule.stop_processing;
        // A rule that can change nothing costs nothing.
        if !stops
            && rule
                .offers
                .iter()
                .all(|offer| settled.contains(&offer.method))
        {
            continue;
        }
        match judged(rule, context, &mut budget) {
            None => {
                expected.spent = Some(rule.place);
                break;
            }
            Some(Some(_)) => continue,
            Some(None) => {}
        }
        for offer in rule.offers.iter() {
            let fits = context.fits(&book.methods()[offer.method].method);
            if settled.insert(offer.method) && fits {
                expected.offered.push((rule.place, offer.method));
            }
        }
        if stops {
            expected.stop = Some(rule.place);
            break;
        }
    }
    expected
}

/// The result of a walk that skips nothing and has no budget.
pub fn unhurried(book: &Rulebook, context: &EligibilityContext<'_, '_>) -> Expected {
    let mut expected = Expected::default();
    let mut named = BTreeSet::new();
    for rule in book.rules().iter() {
        // A rule that costs more than this holds for no walk.
        if judged(rule, context, &mut Budget::new(1_000_000)) != Some(None) {
            continue;
        }
        for offer in rule.offers.iter() {
            let fits = context.fits(&book.methods()[offer.method].method);
            if named.insert(offer.method) && fits {
                expected.offered.push((rule.place, offer.method));
            }
        }
        if rule.compiled.rule.stop_processing {
            expected.stop = Some(rule.place);
            break;
        }
    }
    expected
}

pub fn outcome_of(walk: &Walk<'_>) -> Expected {
    let offered = walk.offered.iter();
    Expected {
        offered: offered.map(|it| (it.rule.place, it.method())).collect(),
        stop: walk.stop.map(|rule| rule.place),
        spent: walk.spent.map(|rule| rule.place),
    }
}
