//! An invoice at a provider: its status, its funding and its lines, as they are read and stored.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::string_enum::string_enum;

string_enum! {
    /// The status of an invoice at its provider.
    #[derive(Default)]
    InvoiceStatus as "InvoiceStatus" {
        /// Made, and not yet put to the buyer.
        #[default]
        Pending = "pending",
        /// The buyer owes it.
        Open = "open",
        /// The buyer has paid.
        Closed = "closed",
        /// Canceled.
        Canceled = "canceled",
    }
}

/// What its provider paid the shop for an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Funding {
    /// The earliest known moment of the payment: the time in the webhook, else the time of our read.
    pub funded_at: DateTime<Utc>,
    /// Minor units, before the fee.
    pub amount: i64,
    /// The fee that the provider keeps, in minor units.
    pub fee: i64,
}

/// A line of an invoice, as we sent it or read it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceLine {
    /// The 0-based index of the order's line that this line is a part of, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    pub title: String,
    #[serde(default)]
    pub sku: Option<String>,
    /// A decimal number as text, because a quantity need not be whole.
    #[serde(default)]
    pub quantity: Option<String>,
    /// Minor units.
    pub total: i64,
}

impl InvoiceLine {
    /// The quantity of the line; 1 if the line has none.
    pub fn quantity(&self) -> Decimal {
        quantity_of(self.quantity.as_deref())
    }
}

/// Parses a quantity that is stored as text; 1 if it is absent or not a decimal number.
pub fn quantity_of(text: Option<&str>) -> Decimal {
    text.and_then(|text| Decimal::from_str_exact(text).ok())
        .unwrap_or(Decimal::ONE)
}
