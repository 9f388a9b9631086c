//! The `data` of events about payments.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::{EventInvoice, EventTransaction, payment_status, previous_status};
use crate::{
    ids::PaymentId,
    money::Currency,
    payment_methods::{MethodType, PaymentMethodId},
};

/// The payment at the time of the event.
#[skip_serializing_none]
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentEventData {
    /// The payment's id.
    #[schema(value_type = String, example = "payment_01h455vb4pex5vsknk084sn02q")]
    pub id: PaymentId,
    /// The version of the payment. It grows with every change; events of one payment come in its order.
    #[schema(example = 4)]
    pub version: i64,
    /// The website of the order. Absent if the shop named none.
    #[schema(example = "us-store")]
    pub website: Option<String>,
    /// The shop's number for the order.
    #[schema(example = "SO-1001")]
    pub order_id: String,
    /// The payment method at the time when the payment began.
    pub payment_method: EventMethod,
    /// The currency of every amount of the payment.
    pub currency: Currency,
    /// The total of the order, in `currency`.
    #[schema(example = "1290.50")]
    pub amount: String,
    #[schema(schema_with = payment_status)]
    pub status: &'static str,
    /// The status before this change. It equals `status` if the status did not change. Absent when the payment was
    /// created.
    #[schema(schema_with = previous_status, required = false)]
    pub previous_status: Option<&'static str>,
    /// Whether any outcome is not known yet. A call in progress counts.
    pub unsettled: bool,
    /// The sums of all transactions of the payment.
    pub amounts: EventAmounts,
    /// The provider's id of the order. Absent until there is one.
    pub provider_order_id: Option<String>,
    /// The invoice that changed, or that the transaction belongs to.
    pub invoice: Option<EventInvoice>,
    /// The transaction that changed.
    pub transaction: Option<EventTransaction>,
    /// When the payment was created.
    pub created_at: DateTime<Utc>,
    /// When the payment was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The payment method of a payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventMethod {
    /// The payment method's id.
    #[schema(value_type = String, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    pub id: PaymentMethodId,
    /// The type of the integration behind the method.
    #[serde(rename = "type")]
    pub kind: MethodType,
}

/// The sums of the transactions, each reduced by what undid it. They equal the payment's `amounts`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventAmounts {
    /// The amount that the buyer or an operator agreed to, in the payment's currency.
    #[schema(example = "1290.50")]
    pub authorized: String,
    /// The amount that can still be invoiced: authorized − canceled − invoiced.
    #[schema(example = "0.00")]
    pub open_authorized: String,
    /// The sum of the invoices that are not canceled.
    #[schema(example = "1290.50")]
    pub invoiced: String,
    /// The amount that the provider paid, or that an operator recorded as paid.
    #[schema(example = "1290.50")]
    pub captured: String,
    /// The amount that was taken off invoices, paid or not.
    #[schema(example = "0.00")]
    pub returned: String,
    /// The money that was given back.
    #[schema(example = "0.00")]
    pub refunded: String,
    /// The authorized amount that was given up without an invoice.
    #[schema(example = "0.00")]
    pub canceled: String,
    /// The amount that the shop has yet to receive.
    #[schema(example = "0.00")]
    pub due: String,
}
