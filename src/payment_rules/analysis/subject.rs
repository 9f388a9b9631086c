//! A rule as a condition on carts.

use chrono::{DateTime, TimeDelta, Utc};

use super::guards::{InDestination, OnWebsite, are_within};
use crate::{
    cart::Cart,
    expressions::{
        Budget, Expression,
        analysis::{Formula, Outcomes},
    },
    geo::Location,
    payment_rules::{
        Rule,
        rulebook::{BookRule, Condition, Rulebook},
    },
    postal::PostalCode,
};

/// A rule that the analysis can examine.
pub struct Subject<'b> {
    pub book_rule: &'b BookRule,
    website: OnWebsite<'b>,
    destination: InDestination<'b>,
}

impl<'b> Subject<'b> {
    /// `None` for a rule whose expression cannot be read; such a rule never applies.
    pub fn new(book_rule: &'b BookRule) -> Option<Self> {
        let compiled = &book_rule.compiled;
        if matches!(compiled.expression, Condition::Unreadable(_)) {
            return None;
        }
        Some(Subject {
            book_rule,
            website: OnWebsite(&compiled.rule),
            destination: InDestination {
                rule: &compiled.rule,
                destinations: &compiled.destinations,
            },
        })
    }

    pub fn rule(&self) -> &'b Rule {
        &self.book_rule.compiled.rule
    }

    pub fn place(&self) -> usize {
        self.book_rule.place
    }

    pub fn expression(&self) -> Option<&'b Expression> {
        self.book_rule.compiled.expression.get()
    }

    /// The carts that the rule's websites and destinations let through and for which its expression has one of the
    /// outcomes.
    pub fn with_outcome(&self, outcomes: Outcomes) -> Formula<'_> {
        let is_placed = !self.rule().destinations.is_empty();
        Formula::All(self.parts(true, is_placed, outcomes))
    }

    /// Whether the website and, if `is_placed`, the destination fit or not, and whether the expression has one of the
    /// outcomes.
    fn parts(&self, fits: bool, is_placed: bool, outcomes: Outcomes) -> Vec<Formula<'_>> {
        let mut parts = Vec::new();
        if !self.rule().websites.is_empty() {
            parts.push(Formula::Guard(&self.website, fits));
        }
        if is_placed {
            parts.push(Formula::Guard(&self.destination, fits));
        }
        let expression = self.expression();
        parts.extend(expression.map(|expression| Formula::Outcome(expression, outcomes)));
        parts
    }

    /// The carts to which the rule applies while it is in force.
    pub fn applies(&self) -> Formula<'_> {
        self.with_outcome(Outcomes::TRUE)
    }

    /// The carts to which the rule does not apply, among those to which another rule of its currency applies.
    pub fn applies_not(&self, other: &Subject<'_>) -> Formula<'_> {
        Formula::Any(self.parts(false, self.is_placed_within(other), Outcomes::NOT_TRUE))
    }

    /// Whether the rule's destinations can exclude carts to which another rule applies.
    pub fn is_placed_within(&self, other: &Subject<'_>) -> bool {
        let own = &self.rule().destinations;
        !own.is_empty() && !are_within(&other.rule().destinations, own)
    }

    /// Whether the rule is in force at every moment at which another rule is.
    pub fn is_active_whenever(&self, other: &Rule) -> bool {
        let (from, until) = (self.rule().active_from, self.rule().active_until);
        from.is_none_or(|from| other.active_from.is_some_and(|other| from <= other))
            && until.is_none_or(|until| other.active_until.is_some_and(|other| other <= until))
    }

    /// Whether the rule applies to a cart while it is in force. A fast check without checkout's budget.
    pub fn seems_to_apply(&self, sample: &Sampled<'_>) -> bool {
        let rule = self.rule();
        let is_elsewhere = |website: &str| rule.websites.iter().all(|known| known != website);
        if !rule.websites.is_empty() && sample.cart.website().is_some_and(is_elsewhere) {
            return false;
        }
        let destinations = self.destination.destinations;
        let is_there = |location| destinations.matches(location, || sample.postal_code.as_ref());
        if !destinations.is_empty() && !sample.location.as_ref().is_some_and(is_there) {
            return false;
        }
        self.expression().is_none_or(|expression| {
            let holds = expression.holds(sample.cart.record(), &mut Budget::default());
            holds.unwrap_or(false)
        })
    }
}

/// A sample cart, prepared for comparison with many rules.
pub struct Sampled<'j> {
    pub cart: &'j Cart<'j>,
    location: Option<Location<'j>>,
    postal_code: Option<PostalCode>,
}

/// Reads a sample cart and calls `look` with it; `None` if the JSON is not a valid cart.
pub fn with_sample<T>(
    json: &str,
    book: &Rulebook,
    look: impl FnOnce(&Sampled<'_>) -> T,
) -> Option<T> {
    let cart = &book.read_cart(json).ok()?;
    let address = cart.billing_address();
    let location = address.and_then(|address| Location::new(address.country?, address.region));
    let postal_code =
        address.and_then(|address| PostalCode::of(address.country?, address.postal_code?));
    let sampled = Sampled {
        cart,
        location,
        postal_code,
    };
    Some(look(&sampled))
}

/// A moment at which a rule is in force: `now` or the nearest possible one; `None` if there is none.
pub fn moment_of(rule: &Rule, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let last = rule
        .active_until
        .map(|until| until - TimeDelta::microseconds(1));
    let near = rule.active_from.map_or(now, |from| from.max(now));
    let moment = last.map_or(near, |last| near.min(last));
    rule.is_active_at(moment).then_some(moment)
}
