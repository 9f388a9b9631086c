//! A payment: one attempt to pay one order with one method.

use chrono::{DateTime, Utc};

use crate::{
    cart::PaymentTerm,
    ids::{IntegrationId, PaymentId},
    money::{Currency, Money},
    payment_methods::MethodType,
    payments::{buyer::BuyerIdentity, status::Ended},
    providers::{AccountKey, ProviderId},
};

/// What a payment is, besides its transactions.
#[derive(Clone, Debug, PartialEq)]
pub struct Payment {
    pub id: PaymentId,
    pub integration_id: IntegrationId,
    /// As it was when the payment began.
    pub method_type: MethodType,
    /// As it was when the payment began.
    pub method_label: String,
    /// As it was when the payment began; payments of earlier versions have none.
    pub method_short_label: Option<String>,
    /// The buyer's, where the method is a payment term.
    pub payment_term: Option<PaymentTerm>,
    pub buyer: BuyerIdentity,
    /// When an offline sale is to be paid.
    pub due_at: Option<DateTime<Utc>>,
    pub website: Option<String>,
    /// The shop's number for the order.
    pub order_id: String,
    pub po_number: Option<String>,
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
    /// Whose order it is at the provider; offline methods have none.
    pub provider_order: Option<ProviderOrderRef>,
    pub ended: Option<Ended>,
    /// Whether it was the live payment of its order when read. The projection says whether it counts as live by itself.
    pub live: bool,
    /// When an attempt without an order at the provider expires.
    pub expires_at: Option<DateTime<Utc>>,
    /// Grows with every change.
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Payment {
    /// An amount of the payment, from minor units.
    pub fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency)
    }

    /// The provider's id of the order that is bound.
    pub fn provider_order_id(&self) -> Option<&ProviderId> {
        self.provider_order.as_ref()?.id.as_ref()
    }
}

/// The order of a payment at the provider, which may not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderOrderRef {
    /// Host and merchant.
    pub account: AccountKey,
    /// Our number for the order.
    pub number: String,
    /// The provider's id, once an order is bound.
    pub id: Option<ProviderId>,
    /// The provider's word for the order's status.
    pub order_status: Option<String>,
}
