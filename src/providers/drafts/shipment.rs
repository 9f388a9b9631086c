//! The draft of a shipment.

use chrono::{DateTime, Utc};

use super::LineDraft;
use crate::money::Money;

/// A shipment of an invoice in full: in an update, an absent field clears the value at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShipmentDraft {
    /// Our number, by which the shipment is found again.
    pub number: String,
    pub amount: Money,
    /// Whether more of the invoice will follow.
    pub partial: bool,
    pub lines: Vec<LineDraft>,
    pub shipped_at: DateTime<Utc>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub shipper: Option<String>,
    pub tracking_number: Option<String>,
    pub notes: Option<String>,
}
