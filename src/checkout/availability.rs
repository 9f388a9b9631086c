//! May this checkout start at all? Which methods a cart could still come to, before everything about it is known.

use crate::{
    checkout::eligibility::{Circumstances, Offered, Unfit, fits},
    payment_rules::rulebook::Rulebook,
};

/// What a cart could come to.
#[derive(Debug)]
pub struct Possible<'b> {
    /// In rule order, each method at its first place.
    pub methods: Vec<Offered<'b>>,
    /// Whether a billing address would decide about some rule.
    pub needs_billing_address: bool,
}

/// Destinations that cannot be judged, expressions and stop rules count as if they let everything through: a cart changes
/// until it is paid, and only what can no longer change is held against it.
pub fn possible_for<'b>(book: &'b Rulebook, circumstances: &Circumstances<'_, '_>) -> Possible<'b> {
    let cart = circumstances.cart;
    let has_address = cart.billing_address().is_some();
    let mut possible = Possible {
        methods: Vec::new(),
        needs_billing_address: false,
    };
    for rule in book.candidates_anywhere(cart) {
        let terms = &rule.compiled.rule;
        if !terms.is_active_at(circumstances.now) {
            continue;
        }
        if has_address && !circumstances.is_destination(terms) {
            continue;
        }
        possible.needs_billing_address |= !has_address && !terms.destinations.is_empty();
        for (place, offer) in rule.offers.iter().enumerate() {
            let method = &book.methods()[offer.method].method;
            let is_new = possible
                .methods
                .iter()
                .all(|other| other.method() != offer.method);
            let ruled_out = match fits(method, cart) {
                Ok(()) => false,
                Err(Unfit::Disabled | Unfit::CurrencyUnsupported) => true,
                // The total moves with the cart, and a guest may still sign in.
                Err(Unfit::AmountOutOfRange) => false,
                Err(Unfit::NoPaymentTerm) => cart.has_customer(),
            };
            if is_new && !ruled_out {
                possible.methods.push(Offered { rule, offer: place });
            }
        }
    }
    possible
}
