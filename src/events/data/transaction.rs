//! The invoice and the transaction that an event of a payment is about.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::{action, origin, state};
use crate::{ids::TransactionId, providers::InvoiceStatus};

/// An invoice, without its lines.
#[skip_serializing_none]
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventInvoice {
    /// The id of the invoice's transaction.
    #[schema(value_type = String, example = "txn_01h455vb4pex5vsknk084sn02q")]
    pub id: TransactionId,
    /// The shop's number for the invoice.
    #[schema(example = "SO-1001-1")]
    pub number: Option<String>,
    /// The provider's id of the invoice.
    pub provider_id: Option<String>,
    /// The state of the invoice's creation.
    #[schema(schema_with = state)]
    pub state: &'static str,
    /// The status of the invoice, from its issue to its payment.
    pub status: InvoiceStatus,
    /// The invoice's total, in the payment's currency.
    #[schema(example = "1290.50")]
    pub amount: String,
    /// The amount of the invoice that was paid.
    #[schema(example = "1290.50")]
    pub captured: String,
    /// The amount of the invoice that refunds took off.
    #[schema(example = "0.00")]
    pub returned: String,
    /// When the invoice was issued; from then on the buyer owes it. Absent before that.
    pub issued_at: Option<DateTime<Utc>>,
    /// When the buyer has to pay the invoice. Absent if that is not known.
    pub due_at: Option<DateTime<Utc>>,
    /// The number of days that the invoice is past due, in UTC. Present only in `invoice.overdue`.
    #[schema(example = 31)]
    pub days_past_due: Option<u32>,
    /// The payment of the provider to the shop for the invoice.
    pub funding: Option<EventFunding>,
}

/// The payment of the provider to the shop for an invoice.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventFunding {
    /// When the provider paid the shop.
    pub funded_at: DateTime<Utc>,
    /// The fee that the provider keeps.
    #[schema(example = "38.72")]
    pub fee_amount: String,
    /// The amount that reaches the shop.
    #[schema(example = "1251.78")]
    pub net_amount: String,
}

/// A transaction.
#[skip_serializing_none]
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
    /// The amount of the transaction, in the payment's currency.
    #[schema(example = "1290.50")]
    pub amount: String,
    /// The transaction that this one belongs to, such as the invoice of a refund.
    #[schema(value_type = Option<String>)]
    pub parent_id: Option<TransactionId>,
    /// The provider's id of the transaction.
    pub reference: Option<String>,
    /// The shop's own number for a refund.
    pub refund_reference: Option<String>,
    /// Why the transaction failed, as a stable code.
    #[schema(example = "provider_refused")]
    pub failure_code: Option<String>,
    /// When the transaction was created.
    pub created_at: DateTime<Utc>,
    /// When the transaction was last changed.
    pub updated_at: DateTime<Utc>,
}
