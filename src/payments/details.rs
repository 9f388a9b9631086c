//! Further data of a transaction, by its action. Stored as one JSON text.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::providers::{Funding, InvoiceLine, InvoiceSnapshot, InvoiceStatus, quantity_of};

/// Further data of a transaction. At most one of `invoice`, `shipment` and `refund` is present, by its action.
#[skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Details {
    pub invoice: Option<InvoiceDetails>,
    pub shipment: Option<ShipmentDetails>,
    pub refund: Option<RefundDetails>,
    /// Of a purchase: whether the prices of the cart, and so of its invoices, include tax.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub prices_include_tax: bool,
    /// Of a cancellation: why, as the caller said.
    pub reason: Option<String>,
    /// Of money that an operator booked: when it was received.
    pub received_at: Option<DateTime<Utc>>,
    /// Of a capture: what the provider keeps of it, in minor units.
    pub fee: Option<i64>,
    /// Of a cancellation of an invoice: only the amount due is canceled.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub write_off: bool,
    /// Of a purchase: the length in bytes of its order as sent to the provider, whose answers grow with it.
    pub order_bytes: Option<u32>,
    /// What a person should know.
    pub note: Option<String>,
}

/// An invoice besides its amount.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceDetails {
    /// As last seen at the provider.
    pub status: InvoiceStatus,
    /// Minor units.
    pub tax: i64,
    /// Minor units.
    pub shipping: i64,
    /// Minor units; positive lowers the sum.
    #[serde(default)]
    pub discount: i64,
    /// Minor units.
    #[serde(default)]
    pub handling: i64,
    /// Minor units.
    #[serde(default)]
    pub insurance: i64,
    /// Minor units.
    #[serde(default)]
    pub surcharge: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_of_delivery: Option<String>,
    pub due_at: Option<DateTime<Utc>>,
    pub issued_at: Option<DateTime<Utc>>,
    /// When it was closed or canceled at the provider.
    pub final_at: Option<DateTime<Utc>>,
    pub funding: Option<Funding>,
    /// A total below the captured amount, seen by one read, which does not prove it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fall: Option<Fall>,
    #[serde(default)]
    pub lines: Vec<InvoiceLine>,
}

impl InvoiceDetails {
    /// Updates status and times from a read; a value that the read lacks is kept.
    pub fn follow(&mut self, seen: &InvoiceSnapshot) {
        self.status = seen.status.unwrap_or(self.status);
        self.issued_at = seen.issued_at.or(self.issued_at);
        self.due_at = seen.due_at.or(self.due_at);
        self.final_at = seen.final_at.or(self.final_at);
    }

    /// Tax, shipping, handling, insurance, surcharge and discount, as orders have them.
    pub fn charges(&self) -> [i64; 6] {
        [
            self.tax,
            self.shipping,
            self.handling,
            self.insurance,
            self.surcharge,
            self.discount,
        ]
    }
}

/// A possible fall of the total received on an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fall {
    /// Minor units.
    pub total: i64,
    pub since: DateTime<Utc>,
}

/// A shipment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ShipmentDetails {
    pub shipped_at: Option<DateTime<Utc>>,
    pub shipper: Option<String>,
    pub tracking_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The shipped parts of the invoice's lines; empty if only an amount is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ShippedItem>,
    /// Whether more of the invoice is to follow.
    pub partial: bool,
}

/// A part of an invoice's line that went out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShippedItem {
    /// The line's place in the order, from 0.
    pub line: usize,
    /// As text, because it need not be whole.
    pub quantity: String,
    /// Minor units.
    pub total: i64,
}

impl ShippedItem {
    /// The shipped quantity of the line.
    pub fn quantity(&self) -> Decimal {
        quantity_of(Some(&self.quantity))
    }
}

/// A refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundDetails {
    pub reason: Option<String>,
    /// The shop's own number for it.
    pub refund_reference: Option<String>,
}
