//! The invoice and the transaction that an event of a payment is about.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{action, origin, state};
use crate::{ids::TransactionId, providers::InvoiceStatus};

/// An invoice, without its lines.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventInvoice {
    /// Its transaction's.
    #[schema(value_type = String, example = "txn_01h455vb4pex5vsknk084sn02q")]
    pub id: TransactionId,
    /// The shop's number for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SO-1001-1")]
    pub number: Option<String>,
    /// The provider's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// Whether it was made at all.
    #[schema(schema_with = state)]
    pub state: &'static str,
    /// Where the invoice is between its issue and its payment.
    pub status: InvoiceStatus,
    /// The invoice's total, in the payment's currency.
    #[schema(example = "1290.50")]
    pub amount: String,
    /// What of it was paid.
    #[schema(example = "1290.50")]
    pub captured: String,
    /// What of it was taken off by refunds.
    #[schema(example = "0.00")]
    pub returned: String,
    /// Since when the buyer owes it; null before it is issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<DateTime<Utc>>,
    /// When the buyer has to pay it; null where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
    /// What the provider paid the shop for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funding: Option<EventFunding>,
}

/// What the provider paid the shop for an invoice.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventFunding {
    /// When the provider paid the shop.
    pub funded_at: DateTime<Utc>,
    /// What the provider keeps.
    #[schema(example = "38.72")]
    pub fee_amount: String,
    /// What reaches the shop.
    #[schema(example = "1251.78")]
    pub net_amount: String,
}

/// A transaction.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventTransaction {
    /// The transaction's id.
    #[schema(value_type = String, example = "txn_01h455vb4pex5vsknk084sn02r")]
    pub id: TransactionId,
    #[schema(schema_with = action)]
    pub action: &'static str,
    #[schema(schema_with = origin)]
    pub origin: &'static str,
    #[schema(schema_with = state)]
    pub state: &'static str,
    /// How much it is about, in the payment's currency.
    #[schema(example = "1290.50")]
    pub amount: String,
    /// The transaction that it belongs to, such as the invoice of a refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub parent_id: Option<TransactionId>,
    /// The provider's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The shop's own number for a refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_reference: Option<String>,
    /// Why it failed, as a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "provider_refused")]
    pub failure_code: Option<String>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}
