//! The draft of an order, and the data that the buyer's page needs to confirm it.

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
    /// The provider's id of the shop.
    pub merchant: ProviderId,
    /// Our number, by which the order is found again. It is sent as it is, so it must contain nothing to clean.
    pub number: String,
    /// Lines + charges + tax + shipping.
    pub total: Money,
    /// Tax in addition to the lines; zero if the prices include it.
    pub tax: Money,
    pub shipping: Money,
    /// At least one.
    pub lines: Vec<LineDraft>,
    pub charges: Vec<ChargeDraft>,
    pub po_number: Option<CleanText>,
    /// When an order that is not yet approved expires; `None` leaves it to the provider.
    pub expires_at: Option<DateTime<Utc>>,
    /// `None` where the buyer confirms on the provider's page.
    pub buyer: Option<OrderBuyer>,
}

/// The person who orders and the company whose credit line is used, by the provider's ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBuyer {
    pub person: ProviderId,
    pub company: ProviderId,
}

/// The data for the provider's page, on which the buyer confirms an order.
#[derive(Clone, Debug)]
pub struct BuyerConfirmation {
    /// The provider's script, to be loaded by the checkout page.
    pub script_url: String,
    /// The order as the provider's JSON; the page must get exactly this text.
    pub order: Box<RawValue>,
    /// Proves to the provider that the order is the shop's.
    pub secure_hash: String,
}
