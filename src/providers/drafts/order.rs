//! An order, and what its buyer's page needs to have it confirmed.

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::{ChargeDraft, LineDraft};
use crate::{
    money::Money,
    providers::{CleanText, ProviderId},
};

/// An order to be placed: by the provider's page, where the buyer confirms it, or by a command that names the buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDraft {
    /// The shop, by the provider's id.
    pub merchant: ProviderId,
    /// Our number, by which the order is found again; it has nothing to clean.
    pub number: String,
    /// Lines + charges + tax + shipping.
    pub total: Money,
    /// What is added to the lines; zero where prices contain it.
    pub tax: Money,
    pub shipping: Money,
    /// At least one.
    pub lines: Vec<LineDraft>,
    pub charges: Vec<ChargeDraft>,
    pub po_number: Option<CleanText>,
    /// When an order that is not yet approved goes away; as the provider says where it is not given.
    pub expires_at: Option<DateTime<Utc>>,
    /// `None` where the buyer confirms on the provider's page.
    pub buyer: Option<OrderBuyer>,
}

/// Who orders, and on which company's credit line; the provider's ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBuyer {
    pub person: ProviderId,
    pub company: ProviderId,
}

/// What the provider's page is to be given, so that the buyer can confirm an order.
#[derive(Clone, Debug)]
pub struct BuyerConfirmation {
    /// The provider's script, to be loaded by the checkout page.
    pub script_url: String,
    /// The order in the provider's words; the page is to be given this very text.
    pub order: Box<RawValue>,
    /// Proves to the provider that the order is the shop's.
    pub secure_hash: String,
}
