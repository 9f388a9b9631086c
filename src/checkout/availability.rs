//! Decides whether a checkout may start: which methods an incomplete cart could still be offered.

use crate::{
    checkout::eligibility::{EligibilityContext, Ineligible},
    checkout::walk::Offered,
    credit::CreditIssueCode,
    payment_methods::Method,
    payment_rules::rulebook::{Condition, Rulebook},
};

/// The methods that a cart could still be offered.
#[derive(Debug)]
pub struct Possible<'b> {
    /// In rule order, each method at its first place.
    pub methods: Vec<Offered<'b>>,
    /// Whether a more complete billing address would decide about one of the methods.
    pub needs_billing_address: bool,
}

/// The methods that an incomplete cart could still be offered. Expressions, stop rules, and destinations that cannot be
/// judged count as passed, because a cart changes until it is paid. A rule whose expression cannot be read offers nothing.
pub fn possible_for<'b>(book: &'b Rulebook, context: &EligibilityContext<'_, '_>) -> Possible<'b> {
    let mut possible = Possible {
        methods: Vec::new(),
        needs_billing_address: false,
    };
    for rule in book.candidates_anywhere(context.cart) {
        let (terms, destinations) = (&rule.compiled.rule, &rule.compiled.destinations);
        let is_destination = context.is_destination(&rule.compiled);
        let could_match = |location| destinations.could_match(location, context.postal_code());
        let could_be = is_destination || context.location.as_ref().is_none_or(could_match);
        let is_unreadable = matches!(rule.header.condition, Condition::Unreadable(_));
        if !could_be || is_unreadable || !terms.is_active_at(context.now) {
            continue;
        }
        for (place, offer) in rule.offers.iter().enumerate() {
            if is_ruled_out(&book.methods()[offer.method].method, context) {
                continue;
            }
            possible.needs_billing_address |= !is_destination;
            let mut known = possible.methods.iter();
            if known.all(|other| other.method() != offer.method) {
                possible.methods.push(Offered { rule, offer: place });
            }
        }
    }
    possible
}

fn is_ruled_out(method: &Method, context: &EligibilityContext<'_, '_>) -> bool {
    context.misfits(method).any(|ineligible| match ineligible {
        Ineligible::NothingToPay | Ineligible::Disabled | Ineligible::CurrencyUnsupported => true,
        // The total and the lines may still change, and a guest may still sign in.
        Ineligible::AmountOutOfRange(_) | Ineligible::TotalsConflict(_) => false,
        Ineligible::NoPaymentTerm => context.cart.has_customer(),
        Ineligible::Credit(issue) => match issue.code {
            CreditIssueCode::CredentialsInvalid | CreditIssueCode::Hold => true,
            // The total changes, unknown attributes become known, and the buyer may change.
            CreditIssueCode::Insufficient
            | CreditIssueCode::Unknown
            | CreditIssueCode::NoAccount
            | CreditIssueCode::ProviderUnreachable => false,
        },
    })
}
