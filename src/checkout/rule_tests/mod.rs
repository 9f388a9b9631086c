//! Runs the tests that administrators store with their rules, with the walk of checkout.

mod explain;
mod guard;

use chrono::{DateTime, Utc};

pub use explain::{FailedRuleTest, describe, explain};
pub use guard::RuleTestGuard;

use super::{
    eligibility::EligibilityContext,
    walk::{Walk, walk},
};
use crate::payment_rules::{
    rule_tests::{Expectation, RuleTest},
    rulebook::Rulebook,
};

/// Whether a test passes. Dates are judged at `now` if the test names no instant.
pub fn passes(test: &RuleTest, book: &Rulebook, now: DateTime<Utc>) -> bool {
    // A stored cart may be unreadable, for instance after an upgrade.
    let Ok(cart) = book.read_cart(test.cart.get()) else {
        return false;
    };
    let context = EligibilityContext::new(&cart, test.at.unwrap_or(now));
    let walk = walk(book, &context, |_, _| ());
    is_fulfilled(&test.expect, book, &walk)
}

/// Whether an expectation is fulfilled. It is not if a name is unknown, because a test that excludes a renamed method
/// would check nothing, or if the walk is incomplete.
fn is_fulfilled(expect: &Expectation, book: &Rulebook, walk: &Walk<'_>) -> bool {
    if walk.is_incomplete() || !expect.names().iter().all(|name| is_known(book, name)) {
        return false;
    }
    let is_offered = |name: &String| offered(book, walk).any(|it| it == name);
    match expect {
        Expectation::Offered(names) => offered(book, walk).eq(names.iter().map(String::as_str)),
        Expectation::Contains(names) => names.iter().all(is_offered),
        Expectation::Excludes(names) => !names.iter().any(is_offered),
    }
}

fn is_known(book: &Rulebook, name: &str) -> bool {
    book.methods().iter().any(|card| card.method.name == name)
}

/// The integrations whose methods are offered, by name.
fn offered<'b>(book: &'b Rulebook, walk: &Walk<'_>) -> impl Iterator<Item = &'b str> {
    let places = walk.offered.iter().map(|offered| offered.method());
    places.map(|place| book.methods()[place].method.name.as_str())
}
