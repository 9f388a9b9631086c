//! The `data` of events about payments.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{EventInvoice, EventTransaction, payment_status, previous_status};
use crate::{
    ids::PaymentId,
    money::Currency,
    payment_methods::{MethodType, PaymentMethodId},
};

/// The payment as it was when this happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentEventData {
    /// The payment's id.
    #[schema(value_type = String, example = "payment_01h455vb4pex5vsknk084sn02q")]
    pub id: PaymentId,
    /// Grows with every change; events of one payment come in its order.
    #[schema(example = 4)]
    pub version: i64,
    /// The website of the order. Absent where the shop named none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "us-store")]
    pub website: Option<String>,
    /// The shop's number for the order.
    #[schema(example = "SO-1001")]
    pub order_id: String,
    /// The method as it was when the payment began.
    pub payment_method: EventMethod,
    /// Currency of every amount of the payment.
    pub currency: Currency,
    /// What the order costs, in `currency`.
    #[schema(example = "1290.50")]
    pub amount: String,
    #[schema(schema_with = payment_status)]
    pub status: &'static str,
    /// The status before this change; the same where it did not change, absent where the payment began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = previous_status, required = false)]
    pub previous_status: Option<&'static str>,
    /// Whether anything's outcome is not known yet; a call that is under way counts.
    pub unsettled: bool,
    /// Sums over everything that happened to the payment.
    pub amounts: EventAmounts,
    /// The provider's id of the order, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_order_id: Option<String>,
    /// The invoice that changed, or that the transaction is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice: Option<EventInvoice>,
    /// The transaction that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<EventTransaction>,
    /// When the payment was created.
    pub created_at: DateTime<Utc>,
    /// When the payment was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The method of a payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventMethod {
    /// The payment method's id.
    #[schema(value_type = String, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    pub id: PaymentMethodId,
    /// The type of the integration behind the method.
    #[serde(rename = "type")]
    pub kind: MethodType,
}

/// What the transactions add up to, each net of what undid it: the same as the payment's `amounts`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventAmounts {
    /// What the buyer or an operator agreed to, in the payment's currency.
    #[schema(example = "1290.50")]
    pub authorized: String,
    /// What may still be invoiced: authorized − canceled − invoiced.
    #[schema(example = "0.00")]
    pub open_authorized: String,
    /// Sum of the invoices that are not canceled.
    #[schema(example = "1290.50")]
    pub invoiced: String,
    /// What was paid: by the provider, or as an operator recorded it.
    #[schema(example = "1290.50")]
    pub captured: String,
    /// Taken off invoices, paid or not.
    #[schema(example = "0.00")]
    pub returned: String,
    /// Money given back.
    #[schema(example = "0.00")]
    pub refunded: String,
    /// Given up without an invoice.
    #[schema(example = "0.00")]
    pub canceled: String,
    /// What the shop still has to get.
    #[schema(example = "0.00")]
    pub due: String,
}
