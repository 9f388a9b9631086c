//! What a provider knows of an invoice, as it is read and kept.

use chrono::{DateTime, Utc};
use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text_column::text_column;

/// The status of an invoice at its provider.
#[derive(
    AsExpression,
    Clone,
    Copy,
    Debug,
    Default,
    FromSqlRow,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "lowercase")]
#[schema(as = InvoiceStatus)]
pub enum InvoiceStatus {
    /// Made, and not yet put to the buyer.
    #[default]
    Pending,
    /// The buyer owes it.
    Open,
    /// The buyer has paid.
    Closed,
    /// Canceled.
    Canceled,
}

impl InvoiceStatus {
    /// Every one there is.
    pub const ALL: &'static [InvoiceStatus] = &[
        InvoiceStatus::Pending,
        InvoiceStatus::Open,
        InvoiceStatus::Closed,
        InvoiceStatus::Canceled,
    ];

    /// The word in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            InvoiceStatus::Pending => "pending",
            InvoiceStatus::Open => "open",
            InvoiceStatus::Closed => "closed",
            InvoiceStatus::Canceled => "canceled",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == word)
    }
}

text_column!(InvoiceStatus, InvoiceStatus::parse, as_str);

/// What its provider paid the shop for an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Funding {
    /// When we can say at the earliest that it was paid: what the webhook says, else when we read it.
    pub funded_at: DateTime<Utc>,
    /// Minor units, before the fee.
    pub amount: i64,
    /// Minor units; the provider keeps them.
    pub fee: i64,
}

/// A line of an invoice, as it was posted or seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceLine {
    /// Its place in the order, from 0, where it is a part of one of the order's lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    pub title: String,
    #[serde(default)]
    pub sku: Option<String>,
    /// As text, because it need not be whole.
    #[serde(default)]
    pub quantity: Option<String>,
    /// Minor units.
    pub total: i64,
}

impl InvoiceLine {
    /// How much of the line; a line without a quantity is one thing.
    pub fn quantity(&self) -> Decimal {
        quantity_of(self.quantity.as_deref())
    }
}

/// A quantity that is kept as text; a line without one is one thing.
pub fn quantity_of(text: Option<&str>) -> Decimal {
    text.and_then(|text| Decimal::from_str_exact(text).ok())
        .unwrap_or(Decimal::ONE)
}
