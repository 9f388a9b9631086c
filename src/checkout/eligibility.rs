//! The walk over the rules: which methods a cart may use, in which order.
//!
//! The order of the steps is a contract (see [`Step`]). A rule that fails any step neither offers nor stops anything; a
//! stop rule that passes them stops even when none of its methods is usable.

use chrono::{DateTime, Utc};

use crate::{
    cart::Cart,
    expressions::Budget,
    payment_methods::{Method, Terms},
    payment_rules::{
        PostalCode, Rule,
        rulebook::{BookRule, CompiledRule, Condition, Rulebook},
    },
};

/// The largest amount Apruve takes, in minor units: 999,999.99 in a currency with cents.
const APRUVE_LIMIT_MINOR: i64 = 99_999_999;

/// One offered method: its place in the rulebook, and the rule that offered it first.
#[derive(Clone, Copy, Debug)]
pub struct Offered<'b> {
    pub rule: &'b BookRule,
    /// Place among the rule's offers.
    pub offer: usize,
}

impl Offered<'_> {
    /// The method's place in the rulebook.
    pub fn method(&self) -> usize {
        self.rule.offers[self.offer].method
    }
}

/// What a cart is judged by besides the rules.
pub struct Circumstances<'c, 'v> {
    pub cart: &'c Cart<'v>,
    pub now: DateTime<Utc>,
    postal_code: Option<PostalCode>,
}

impl<'c, 'v> Circumstances<'c, 'v> {
    /// Prepares what every rule looks at.
    pub fn new(cart: &'c Cart<'v>, now: DateTime<Utc>) -> Self {
        let postal_code = cart
            .billing_address()
            .and_then(|address| PostalCode::of(address.country?, address.postal_code?));
        Circumstances {
            cart,
            now,
            postal_code,
        }
    }

    /// Whether the billing address is one of the rule's destinations.
    pub fn is_destination(&self, rule: &Rule) -> bool {
        if rule.destinations.is_empty() {
            return true;
        }
        let Some(address) = self.cart.billing_address() else {
            return false;
        };
        let Some(country) = address.country else {
            return false;
        };
        rule.destinations
            .iter()
            .any(|to| to.matches(country, address.region, self.postal_code.as_ref()))
    }
}

/// The methods the cart may use. `budget` is shared by all expressions of the request.
pub fn methods_for<'b>(
    book: &'b Rulebook,
    circumstances: &Circumstances<'_, '_>,
    budget: &mut Budget,
) -> Vec<Offered<'b>> {
    let mut offered: Vec<Offered<'b>> = Vec::new();
    for rule in book.candidates(circumstances.cart) {
        let compiled = &rule.compiled;
        let applies = compiled.rule.is_active_at(circumstances.now)
            && circumstances.is_destination(&compiled.rule)
            && holds(compiled, circumstances.cart, budget);
        if !applies {
            continue;
        }
        for (place, offer) in rule.offers.iter().enumerate() {
            let is_new = offered.iter().all(|other| other.method() != offer.method);
            let method = &book.methods()[offer.method].method;
            if is_new && fits(method, circumstances.cart).is_ok() {
                offered.push(Offered { rule, offer: place });
            }
        }
        if compiled.rule.stop_processing {
            break;
        }
    }
    offered
}

/// Whether the rule's expression holds. One that fails is counted, and counts as not holding.
fn holds(compiled: &CompiledRule, cart: &Cart<'_>, budget: &mut Budget) -> bool {
    match &compiled.expression {
        Condition::None => true,
        Condition::Unreadable(_) => false,
        Condition::When(expression) => match expression.holds(cart.record(), budget) {
            Ok(holds) => holds,
            Err(error) => {
                compiled.note_failure(&error);
                false
            }
        },
    }
}

/// Why a method cannot be used for a cart, whatever the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    Disabled,
    CurrencyUnsupported,
    AmountOutOfRange,
    NoPaymentTerm,
}

/// Whether a method is on and fits the cart. What the cart does not say is not held against it: a payment will.
pub fn fits(method: &Method, cart: &Cart<'_>) -> Result<(), Unfit> {
    if !method.enabled {
        return Err(Unfit::Disabled);
    }
    match &method.terms {
        Terms::Apruve(apruve) => {
            if !apruve.currencies.contains(&cart.currency()) {
                return Err(Unfit::CurrencyUnsupported);
            }
            let in_range = |minor| (1..=APRUVE_LIMIT_MINOR).contains(&minor);
            if cart.total().is_some_and(|total| !in_range(total.minor())) {
                return Err(Unfit::AmountOutOfRange);
            }
        }
        Terms::PaymentTerm { .. } if !cart.has_payment_term() => return Err(Unfit::NoPaymentTerm),
        Terms::PaymentTerm { .. } | Terms::CheckMoneyOrder { .. } => {}
    }
    Ok(())
}
