//! The walk over the rules: which methods a cart may use, in which order.
//!
//! The order of the steps is a contract (see [`super::steps`]). A rule that fails any step neither offers nor stops anything;
//! a stop rule that passes them stops even when none of its methods is usable. A rule that can neither offer nor stop any
//! more is passed over. Where the budget for expressions is spent, the walk ends: nothing is known of the rules behind.

use std::cell::OnceCell;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::{
    cart::{Address, Cart},
    expressions::{ErrorCode, EvalError},
    geo::Location,
    locale::Wanted,
    payment_methods::{Method, Terms},
    payment_rules::rulebook::{BookRule, CompiledRule, Condition, MethodCard, Offer, Rulebook},
    postal::PostalCode,
};

/// The largest amount Apruve takes, in whatever currency.
const APRUVE_LIMIT: Decimal = Decimal::from_parts(99_999_999, 0, 0, false, 2);

/// A reader who names no language.
static NOBODY: Wanted = Wanted::nothing();

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

/// What a walk came to.
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

/// What a cart is judged by besides the rules.
pub struct Circumstances<'c, 'v> {
    pub cart: &'c Cart<'v>,
    pub now: DateTime<Utc>,
    /// The billing address, where it has a country.
    pub address: Option<Address<'c>>,
    location: Option<Location<'c>>,
    /// Made ready once, and only where a destination asks for it.
    postal_code: OnceCell<Option<PostalCode>>,
    has_payment_term: bool,
    /// The languages in which reasons name a method.
    reader: &'c Wanted,
}

impl<'c, 'v> Circumstances<'c, 'v> {
    /// Prepares what every rule looks at.
    pub fn new(cart: &'c Cart<'v>, now: DateTime<Utc>) -> Self {
        let address = cart.billing_address();
        let location = address.and_then(|address| Location::new(address.country?, address.region));
        let has_payment_term = cart.has_payment_term();
        Circumstances {
            cart,
            now,
            address,
            location,
            postal_code: OnceCell::new(),
            has_payment_term,
            reader: &NOBODY,
        }
    }

    /// Whoever reads the reasons, and so by which label they name a method.
    pub fn read_by(self, reader: &'c Wanted) -> Self {
        Circumstances { reader, ..self }
    }

    /// The method's name for the reader.
    pub fn label_of<'m>(&self, card: &'m MethodCard) -> &'m str {
        card.label(self.reader)
    }

    /// Where the billing address lies; `None` without a country.
    pub fn location(&self) -> Option<&Location<'c>> {
        self.location.as_ref()
    }

    /// The billing address's postal code.
    pub fn postal_code(&self) -> Option<&PostalCode> {
        let read = || {
            let address = self.address?;
            PostalCode::of(address.country?, address.postal_code?)
        };
        self.postal_code.get_or_init(read).as_ref()
    }

    /// Whether the billing address is one of the rule's destinations.
    pub fn is_destination(&self, rule: &CompiledRule) -> bool {
        let destinations = &rule.destinations;
        destinations.is_empty()
            || self
                .location
                .as_ref()
                .is_some_and(|location| destinations.matches(location, || self.postal_code()))
    }

    /// Whether a method is on and fits the cart. What the cart does not say is not held against it: a payment will.
    pub fn fits(&self, method: &Method) -> Result<(), Unfit> {
        if !method.enabled {
            return Err(Unfit::Disabled);
        }
        match &method.terms {
            Terms::Apruve(apruve) => {
                if !apruve.currencies.contains(&self.cart.currency()) {
                    return Err(Unfit::CurrencyUnsupported);
                }
                let in_range = |total: Decimal| total > Decimal::ZERO && total <= APRUVE_LIMIT;
                if self
                    .cart
                    .total()
                    .is_some_and(|total| !in_range(total.to_decimal()))
                {
                    return Err(Unfit::AmountOutOfRange);
                }
            }
            Terms::PaymentTerm { .. } if !self.has_payment_term => {
                return Err(Unfit::NoPaymentTerm);
            }
            Terms::PaymentTerm { .. } | Terms::CheckMoneyOrder { .. } => {}
        }
        Ok(())
    }
}

/// What the walk knows of a method so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Unseen,
    /// Offered already, or unfit for this cart whoever names it.
    Settled,
}

/// Walks the rules that could match. One budget serves all expressions; `note` is told what each expression came to, for
/// whoever counts or explains.
pub fn walk<'b>(
    book: &'b Rulebook,
    circumstances: &Circumstances<'_, '_>,
    mut note: impl FnMut(&BookRule, &Result<bool, EvalError>),
) -> Walk<'b> {
    let now = circumstances.now.timestamp_micros();
    let mut budget = circumstances.cart.budget();
    let mut walk = Walk {
        offered: Vec::new(),
        stop: None,
        spent: None,
    };
    let mut standings = vec![Standing::Unseen; book.methods().len()];
    walk.offered.reserve(standings.len().min(8));
    for rule in book.candidates(circumstances.cart, circumstances.address) {
        let glance = &rule.glance;
        if !glance.is_active_at(now) {
            continue;
        }
        if glance.has_destinations && !circumstances.is_destination(&rule.compiled) {
            continue;
        }
        let is_settled = |offer: &Offer| standings[offer.method] == Standing::Settled;
        if !glance.stops && rule.offers.iter().all(is_settled) {
            continue;
        }
        let holds = match &glance.condition {
            Condition::None => true,
            Condition::Unreadable(_) => false,
            Condition::When(expression) => {
                let verdict = expression.holds(circumstances.cart.record(), &mut budget);
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
            let standing = &mut standings[offer.method];
            if *standing == Standing::Unseen {
                *standing = Standing::Settled;
                if circumstances
                    .fits(&book.methods()[offer.method].method)
                    .is_ok()
                {
                    walk.offered.push(Offered { rule, offer: place });
                }
            }
        }
        if glance.stops {
            walk.stop = Some(rule);
            return walk;
        }
    }
    walk
}

/// Why a method cannot be used for a cart, whatever the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    Disabled,
    CurrencyUnsupported,
    AmountOutOfRange,
    NoPaymentTerm,
}
