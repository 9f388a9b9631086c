//! The context in which a cart is judged, and the reasons why a method cannot be used for a cart.

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

/// The context in which the rules are applied to a cart.
pub struct EligibilityContext<'c, 'v> {
    pub cart: &'c Cart<'v>,
    pub now: DateTime<Utc>,
    /// The billing address, if it has a country.
    pub address: Option<Address<'c>>,
    /// The location of the billing address; `None` without a country.
    pub location: Option<Location<'c>>,
    /// Prepared once, when the first destination needs it.
    postal_code: OnceCell<Option<PostalCode>>,
    has_payment_term: bool,
    /// The reason why no method can accept the cart: it has nothing to pay, or contradicts itself.
    unpayable: Option<CartRefusal>,
    /// The languages in which reasons name a method.
    reader: &'c Wanted,
    /// The caller's websites: reasons name only rules that apply to them.
    websites: &'c Websites,
    /// The known credit of the buyer and health of providers; `None` if no method depends on them.
    credit: Option<&'c CreditView<'c>>,
    /// The budget of the walk for expressions; explanations have a budget of their own.
    pub budget: Budget,
}

impl<'c, 'v> EligibilityContext<'c, 'v> {
    /// Prepares the data that rules are compared with.
    pub fn new(cart: &'c Cart<'v>, now: DateTime<Utc>) -> Self {
        let address = cart.billing_address();
        let location = address.and_then(|address| Location::new(address.country?, address.region));
        // An unfinished cart is not refused here; only a payment refuses it.
        let unpayable = sums::judge(cart)
            .err()
            .filter(|refused| refused.kind != CartRefusalKind::Unfinished);
        EligibilityContext {
            cart,
            now,
            address,
            location,
            postal_code: OnceCell::new(),
            has_payment_term: cart.has_payment_term(),
            unpayable,
            reader: &NOBODY,
            websites: &EVERY_WEBSITE,
            credit: None,
            budget: cart.budget(),
        }
    }

    /// The context without the check of sums, for callers that report wrong sums field by field.
    pub fn without_sums(self) -> Self {
        EligibilityContext {
            unpayable: None,
            ..self
        }
    }

    /// Whether the cart's total is zero or less.
    pub fn has_nothing_to_pay(&self) -> bool {
        let refused = self.unpayable.as_ref();
        refused.is_some_and(|refused| refused.kind == CartRefusalKind::NothingToPay)
    }

    /// Sets the language in which reasons name a method.
    pub fn read_by(self, reader: &'c Wanted) -> Self {
        EligibilityContext { reader, ..self }
    }

    /// Limits reasons to the rules that a caller bound to these websites may see.
    pub fn visible_to(self, websites: &'c Websites) -> Self {
        EligibilityContext { websites, ..self }
    }

    /// Whether the caller may see this rule.
    pub fn may_name(&self, rule: &Rule) -> bool {
        access::may_read(rule, self.websites)
    }

    /// Adds the known credit of the buyer and health of providers.
    pub fn with_credit(self, credit: Option<&'c CreditView<'c>>) -> Self {
        EligibilityContext { credit, ..self }
    }

    /// Whether credit figures are shown.
    pub fn shows_figures(&self) -> bool {
        self.credit.is_some_and(|view| view.shows_figures)
    }

    /// The issues of a method with its provider or with the buyer's credit.
    fn credit_issues(&self, method: &Method) -> impl Iterator<Item = CreditIssue> + use<> {
        // A lookup triggers a background refresh, so it is skipped for a method that does not fit anyway.
        let fits = || method.enabled && self.ineligible_terms(method).is_none();
        let looked_at = self.credit.zip(method.terms.credit()).filter(|_| fits());
        let issues =
            looked_at.map(|(view, policy)| view.issues(method.id.integration, policy, self.cart));
        issues.into_iter().flatten()
    }

    /// The warnings about a method that the buyer may use.
    pub fn warnings(&self, method: &Method) -> impl Iterator<Item = CreditIssue> + use<> {
        let issues = self.credit_issues(method);
        issues.filter(|issue| issue.effect == Effect::Warn)
    }

    /// The method's name for the reader.
    pub fn label_of<'m>(&self, card: &'m RenderedMethod) -> &'m str {
        card.label(self.reader)
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
        let matches = |location| destinations.matches(location, || self.postal_code());
        destinations.is_empty() || self.location.as_ref().is_some_and(matches)
    }

    /// Whether a method is enabled and fits the cart.
    pub fn fits(&self, method: &Method) -> bool {
        self.misfits(method).next().is_none()
    }

    /// The reasons why a method cannot be used for the cart, independent of the rules.
    pub fn misfits<'s>(
        &'s self,
        method: &Method,
    ) -> impl Iterator<Item = Ineligible<'s>> + use<'s, 'c, 'v> {
        let credit = self.credit_issues(method);
        let credit = credit.filter(|issue| issue.effect == Effect::Hide);
        let own = self.misfits_without_credit(method);
        own.chain(credit.map(Ineligible::Credit))
    }

    /// As [`EligibilityContext::misfits`], without those of the provider and the buyer's credit. A lookup of credit
    /// triggers a background refresh, so the walk makes one only for a rule that applies.
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
            // A missing total is not refused, and a total of zero has a reason of its own.
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

/// The reason why a method cannot be used for a cart, independent of the rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ineligible<'c> {
    /// The cart has nothing to pay.
    NothingToPay,
    /// A payment would refuse the cart's sums because of this error.
    TotalsConflict(&'c FieldError),
    Disabled,
    CurrencyUnsupported,
    /// The total is more than the provider accepts.
    AmountOutOfRange(ProviderKind),
    NoPaymentTerm,
    /// The provider's account has a problem, or the buyer's credit is not sufficient.
    Credit(CreditIssue),
}
