//! The providers there are, and what is known of each without a call.

use std::fmt;

use super::{BuyerConfirmation, InvoiceDraft, OrderDraft, apruve};
use crate::{
    http::problem::FieldError,
    money::{Currency, Money},
    secret::SecretText,
};

/// A payment provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    Apruve,
}

/// The provider that sends webhooks; there is one that does.
pub const WEBHOOK_SENDER: ProviderKind = ProviderKind::Apruve;

/// The name for people.
impl fmt::Display for ProviderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ProviderKind {
    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            ProviderKind::Apruve => "Apruve",
        }
    }

    /// The largest amount of an order or invoice.
    pub fn most(self, currency: Currency) -> Money {
        let minor = match self {
            ProviderKind::Apruve => apruve::MOST_CENTS,
        };
        Money::from_minor(minor, currency)
    }

    /// The script of the page on which buyers confirm, at a host of the provider's.
    pub fn script_url(self, origin: &str) -> String {
        match self {
            ProviderKind::Apruve => apruve::script_url(origin),
        }
    }

    /// Whether the provider takes an order. Asked before anything is stored or sent.
    ///
    /// # Errors
    /// What it does not take, with a pointer into the cart.
    pub fn check_order(self, draft: &OrderDraft) -> Result<(), FieldError> {
        match self {
            ProviderKind::Apruve => apruve::check_order(draft),
        }
    }

    /// Whether the provider takes an invoice. Asked before anything is stored or sent.
    ///
    /// # Errors
    /// What it does not take, with a pointer into the body that asks for the invoice.
    pub fn check_invoice(self, draft: &InvoiceDraft) -> Result<(), FieldError> {
        match self {
            ProviderKind::Apruve => apruve::check_invoice(draft),
        }
    }

    /// An order in the provider's words, as JSON: it is kept until the buyer has confirmed it, and its length tells how long
    /// answers about it may be.
    pub fn order_text(self, draft: &OrderDraft) -> String {
        match self {
            ProviderKind::Apruve => apruve::order_text(draft),
        }
    }

    /// What the provider's page is to be given for an order that was kept. `origin` is the host the order is for, and the API
    /// key the one of now, which the provider checks the order with.
    ///
    /// # Errors
    /// The text is no JSON.
    pub fn confirmation(
        self,
        origin: &str,
        api_key: &SecretText,
        order_text: &str,
    ) -> serde_json::Result<BuyerConfirmation> {
        match self {
            ProviderKind::Apruve => apruve::confirmation(origin, api_key, order_text),
        }
    }
}
