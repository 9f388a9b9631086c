//! What a cart is judged by besides the rules, and why a method cannot be used for it.

use std::cell::OnceCell;

use chrono::{DateTime, Utc};

use crate::{
    auth::Websites,
    cart::{
        Address, Cart,
        sums::{self, CartRefusal, CartRefusalKind},
    },
    credit::{CreditIssue, CreditView, Effect},
    expressions::Budget,
    geo::Location,
    http::problem::FieldError,
    locale::Wanted,
    payment_methods::{Method, Terms},
    payment_rules::{
        Rule, access,
        rulebook::{CompiledRule, RenderedMethod},
    },
    postal::PostalCode,
    providers::ProviderKind,
};

/// A reader who names no language.
static NOBODY: Wanted = Wanted::nothing();
/// A caller who may read every rule.
static EVERY_WEBSITE: Websites = Websites::All;

/// What a cart is judged by besides the rules.
pub struct EligibilityContext<'c, 'v> {
    pub cart: &'c Cart<'v>,
    pub now: DateTime<Utc>,
    /// The billing address, where it has a country.
    pub address: Option<Address<'c>>,
    location: Option<Location<'c>>,
    /// Made ready once, and only where a destination asks for it.
    postal_code: OnceCell<Option<PostalCode>>,
    has_payment_term: bool,
    /// Why no method at all can take the cart: it has nothing to pay, or contradicts itself.
    unpayable: Option<CartRefusal>,
    /// The languages in which reasons name a method.
    reader: &'c Wanted,
    /// The websites of the caller, who sees their rules alone.
    websites: &'c Websites,
    /// What is known of providers and of the buyer's credit; `None` where there is nothing to look at.
    credit: Option<&'c CreditView<'c>>,
    /// What the walk may spend on expressions; explanations have as much of their own.
    budget: Budget,
}

impl<'c, 'v> EligibilityContext<'c, 'v> {
    /// Prepares what every rule looks at.
    pub fn new(cart: &'c Cart<'v>, now: DateTime<Utc>) -> Self {
        let address = cart.billing_address();
        let location = address.and_then(|address| Location::new(address.country?, address.region));
        let has_payment_term = cart.has_payment_term();
        // What a cart still lacks is not held against it: a payment will.
        let unpayable = sums::judge(cart)
            .err()
            .filter(|refused| refused.kind != CartRefusalKind::Unfinished);
        EligibilityContext {
            cart,
            now,
            address,
            location,
            postal_code: OnceCell::new(),
            has_payment_term,
            unpayable,
            reader: &NOBODY,
            websites: &EVERY_WEBSITE,
            credit: None,
            budget: cart.budget(),
        }
    }

    /// As if the sums were right, for callers that report wrong sums field by field.
    pub fn without_sums(self) -> Self {
        EligibilityContext {
            unpayable: None,
            ..self
        }
    }

    /// What the walk may spend on expressions.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The same with another budget, so that a test need not spend a whole one.
    #[cfg(test)]
    pub(super) fn spending(self, steps: u64) -> Self {
        EligibilityContext {
            budget: Budget::new(steps),
            ..self
        }
    }

    /// Whether the cart's total is zero or less.
    pub fn has_nothing_to_pay(&self) -> bool {
        let refused = self.unpayable.as_ref();
        refused.is_some_and(|refused| refused.kind == CartRefusalKind::NothingToPay)
    }

    /// Whoever reads the reasons, and so by which label they name a method.
    pub fn read_by(self, reader: &'c Wanted) -> Self {
        EligibilityContext { reader, ..self }
    }

    /// With reasons, of the rules for these websites alone.
    pub fn visible_to(self, websites: &'c Websites) -> Self {
        EligibilityContext { websites, ..self }
    }

    /// Whether the caller may see this rule.
    pub fn may_name(&self, rule: &Rule) -> bool {
        access::may_read(rule, self.websites)
    }

    /// With what is known of providers and of the buyer's credit.
    pub fn with_credit(self, credit: Option<&'c CreditView<'c>>) -> Self {
        EligibilityContext { credit, ..self }
    }

    /// Whether credit figures are shown.
    pub fn shows_figures(&self) -> bool {
        self.credit.is_some_and(|view| view.shows_figures)
    }

    /// What is against a method because of its provider or of the buyer's credit.
    fn credit_issues(&self, method: &Method) -> impl Iterator<Item = CreditIssue> + use<> {
        // A method that does not fit anyway is not worth asking for.
        let looked_at = self
            .credit
            .filter(|_| method.enabled)
            .zip(method.terms.credit());
        let issues = looked_at
            .filter(|_| self.ineligible_terms(method).is_none())
            .map(|(view, policy)| view.issues(method.id.integration, policy, self.cart));
        issues.into_iter().flatten()
    }

    /// What a buyer is warned of who may use the method.
    pub fn warnings(&self, method: &Method) -> impl Iterator<Item = CreditIssue> + use<> {
        let issues = self.credit_issues(method);
        issues.filter(|issue| issue.effect == Effect::Warn)
    }

    /// The method's name for the reader.
    pub fn label_of<'m>(&self, card: &'m RenderedMethod) -> &'m str {
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

    /// Whether a method is on and fits the cart.
    pub fn fits(&self, method: &Method) -> bool {
        self.misfits(method).next().is_none()
    }

    /// Why a method cannot be used for the cart, whatever the rules say.
    pub fn misfits<'s>(
        &'s self,
        method: &Method,
    ) -> impl Iterator<Item = Ineligible<'s>> + use<'s, 'c, 'v> {
        let credit = self.credit_issues(method);
        let credit = credit.filter(|issue| issue.effect == Effect::Hide);
        let own = self.misfits_without_credit(method);
        own.chain(credit.map(Ineligible::Credit))
    }

    /// Those that can be told without a look at the provider or the buyer's credit. What is looked at is read again in the
    /// background, so the walk only looks where a rule applies.
    pub fn misfits_without_credit<'s>(
        &'s self,
        method: &Method,
    ) -> impl Iterator<Item = Ineligible<'s>> + use<'s, 'c, 'v> {
        let nothing = self
            .has_nothing_to_pay()
            .then_some(Ineligible::NothingToPay);
        let disabled = (!method.enabled).then_some(Ineligible::Disabled);
        let own = [nothing, disabled, self.ineligible_terms(method)];
        let conflicts = match &self.unpayable {
            Some(refused) if refused.kind == CartRefusalKind::Conflict => refused.errors.as_slice(),
            _ => &[],
        };
        let conflicts = conflicts.iter().map(Ineligible::TotalsConflict);
        own.into_iter().flatten().chain(conflicts)
    }

    fn ineligible_terms<'s>(&self, method: &Method) -> Option<Ineligible<'s>> {
        match &method.terms {
            Terms::Provider(account) if !account.currencies.contains(&self.cart.currency()) => {
                Some(Ineligible::CurrencyUnsupported)
            }
            // What the cart does not say is not held against it, and nothing to pay is no matter of the provider's.
            Terms::Provider(_) => {
                let (total, provider) = (self.cart.total()?, method.id.kind.provider()?);
                let most = provider.most(total.currency());
                (total.minor() > most.minor()).then_some(Ineligible::AmountOutOfRange(provider))
            }
            Terms::PaymentTerm { .. } => {
                (!self.has_payment_term).then_some(Ineligible::NoPaymentTerm)
            }
            Terms::CheckMoneyOrder { .. } => None,
        }
    }
}

/// Why a method cannot be used for a cart, whatever the rules say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ineligible<'c> {
    /// No method takes a cart with nothing to pay.
    NothingToPay,
    /// No method takes a cart whose sums a payment would refuse, for this error among others.
    TotalsConflict(&'c FieldError),
    Disabled,
    CurrencyUnsupported,
    /// The total is more than the provider takes.
    AmountOutOfRange(ProviderKind),
    NoPaymentTerm,
    /// The account does not answer as it should, or the buyer's credit does not do.
    Credit(CreditIssue),
}
