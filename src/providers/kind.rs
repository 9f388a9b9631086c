//! The list of providers, and the facts about each that need no call.

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

/// The only provider that sends webhooks.
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

    /// The URL of the provider's script for the page where buyers confirm; `origin` is the provider's host.
    pub fn script_url(self, origin: &str) -> String {
        match self {
            ProviderKind::Apruve => apruve::script_url(origin),
        }
    }

    /// Checks that the provider accepts an order, before anything is stored or sent.
    ///
    /// # Errors
    /// Why the order is not accepted, with a pointer into the cart.
    pub fn check_order(self, draft: &OrderDraft) -> Result<(), FieldError> {
        match self {
            ProviderKind::Apruve => apruve::check_amount("/total", draft.total),
        }
    }

    /// Checks that the provider accepts an invoice, before anything is stored or sent.
    ///
    /// # Errors
    /// Why the invoice is not accepted, with a pointer into the request body.
    pub fn check_invoice(self, draft: &InvoiceDraft) -> Result<(), FieldError> {
        match self {
            ProviderKind::Apruve => apruve::check_amount("/amount", draft.amount),
        }
    }

    /// The order as the provider's JSON. It is stored until the buyer has confirmed it, and its length limits how long
    /// answers about it may be.
    pub fn order_text(self, draft: &OrderDraft) -> String {
        match self {
            ProviderKind::Apruve => apruve::order_text(draft),
        }
    }

    /// The data for the provider's page from a stored order. `origin` is the provider's host. `api_key` must be the
    /// present key, because the provider checks the hash with it.
    ///
    /// # Errors
    /// `order_text` is not JSON.
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
