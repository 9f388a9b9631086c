//! Payments and transactions as callers see them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::{invoice_shapes::InvoiceShape, line_shapes::PaymentLineShape};
use crate::{
    cart::PaymentTerm,
    findings::Finding,
    ids::{PaymentId, TransactionId},
    money::{Currency, Money},
    payment_methods::{MethodType, PaymentMethodId},
    payments::{
        amounts::Amounts as Sums,
        buyer::BuyerIdentity,
        ledger::Ledger,
        status::Status,
        transaction::{self, Action, Failure, Origin, State},
    },
};

/// A payment: one attempt to pay one order with one method.
#[skip_serializing_none]
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Payment)]
pub struct PaymentShape {
    /// The payment's id.
    #[schema(value_type = String, example = "payment_01h455vb4pex5vsknk084sn02q")]
    pub id: PaymentId,
    /// The website of the order; null where the shop named none.
    #[schema(example = "us-store")]
    pub website: Option<String>,
    /// The shop's number for the order.
    #[schema(example = "SO-1001")]
    pub order_id: String,
    /// The buyer's number for the order.
    pub po_number: Option<String>,
    /// The method as it was when the payment began.
    pub payment_method: MethodShape,
    /// Who buys, by the shop's own ids.
    pub buyer: BuyerIdentity,
    /// Currency of every amount of the payment.
    pub currency: Currency,
    /// What the order costs, in `currency`.
    #[schema(example = "1290.50")]
    pub amount: String,
    /// Where the payment is between its beginning and the money.
    pub status: Status,
    /// Whether anything's outcome is not known yet.
    pub unsettled: bool,
    /// Sums over everything that happened to the payment.
    pub amounts: AmountsShape,
    /// What the storefront is to do next.
    pub next_action: Option<NextAction>,
    /// The order at the provider; offline methods have none.
    pub provider: Option<ProviderShape>,
    /// What was ordered, and how much of it is invoiced; empty once the cart is erased. Lists of payments leave it out.
    pub lines: Option<Vec<PaymentLineShape>>,
    /// The invoices of the payment, oldest first.
    pub invoices: Vec<InvoiceShape>,
    /// Oldest first.
    pub transactions: Vec<TransactionShape>,
    /// When it is to be paid: an offline sale, or the first of the invoices on which something is due.
    pub due_at: Option<DateTime<Utc>>,
    /// What a person has to look at and is not resolved, of all attempts to pay this order. Oldest first.
    pub findings: Vec<Finding>,
    /// When the attempt expires unless the buyer confirms.
    pub expires_at: Option<DateTime<Utc>>,
    /// Grows with every change.
    pub version: i64,
    /// When the payment was created.
    pub created_at: DateTime<Utc>,
    /// When the payment was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The method as the buyer was shown it when the payment began.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentMethodAsItWas)]
pub struct MethodShape {
    /// The payment method's id.
    #[schema(value_type = String, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    pub id: PaymentMethodId,
    /// The type of the integration behind the method.
    #[serde(rename = "type")]
    pub kind: MethodType,
    /// What the buyer read.
    #[schema(example = "Pay on terms")]
    pub label: String,
    /// Payments of earlier versions have none.
    #[schema(example = "Terms")]
    pub short_label: Option<String>,
    /// The buyer's payment term as the cart had it, where the method is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_term: Option<PaymentTerm>,
}

/// What the transactions add up to, each net of what undid it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentAmounts)]
pub struct AmountsShape {
    /// What the buyer or an operator agreed to, in the payment's currency.
    #[schema(example = "1290.50")]
    pub authorized: String,
    /// authorized − canceled − invoiced.
    #[schema(example = "790.50")]
    pub open_authorized: String,
    /// Without canceled invoices.
    #[schema(example = "500.00")]
    pub invoiced: String,
    /// What was paid: by the provider, or as an operator recorded it.
    #[schema(example = "500.00")]
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
    /// What the shop has yet to receive.
    #[schema(example = "790.50")]
    pub due: String,
}

/// What the storefront is to do next.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = PaymentNextAction)]
pub enum NextAction {
    /// Load the script, give it order and hash, and let the buyer confirm; then `authorize` with the order id that the script returns.
    #[serde(rename_all = "camelCase")]
    ApruveCheckout {
        /// Apruve's script, to be loaded by the checkout page.
        script_url: String,
        /// As it is to be given to `apruve.setOrder`, unchanged.
        #[schema(value_type = Object)]
        order: Box<RawValue>,
        /// Proves to Apruve that the order is the shop's; to be given to `apruve.setOrder`.
        secure_hash: String,
    },
}

/// The order at the provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentProvider)]
pub struct ProviderShape {
    /// Apruve's id of the order.
    pub order_id: Option<String>,
    /// Apruve's word for it.
    #[schema(example = "accepted")]
    pub order_status: Option<String>,
    /// Our number for the order at Apruve.
    #[schema(example = "SO-1001")]
    pub merchant_order_id: String,
}

/// A transaction.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Transaction)]
pub struct TransactionShape {
    /// The transaction's id.
    #[schema(value_type = String, example = "txn_01h455vb4pex5vsknk084sn02q")]
    pub id: TransactionId,
    /// What was done.
    pub action: Action,
    /// Who did it: a caller of this service, or the provider.
    pub origin: Origin,
    /// How it ended, as far as that is known.
    pub state: State,
    /// How much it is about, in the payment's currency.
    #[schema(example = "500.00")]
    pub amount: String,
    /// The transaction that it belongs to, such as the invoice of a refund.
    #[schema(value_type = Option<String>)]
    pub parent_id: Option<TransactionId>,
    /// The provider's id; for money that an operator booked, the operator's name for it.
    pub reference: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Why it was given back or canceled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The shop's own number for a refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_reference: Option<String>,
    /// When money that an operator booked was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_at: Option<DateTime<Utc>>,
    /// What a person should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The result of an operation, and the payment after it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TransactionWithPayment)]
pub struct WithPayment<T> {
    #[serde(flatten)]
    pub it: T,
    /// The payment after the operation.
    pub payment: PaymentShape,
}

impl PaymentShape {
    /// A payment without its next action and lines, which come from the sealed checkout.
    pub fn of(ledger: &Ledger) -> Self {
        let payment = &ledger.payment;
        let order = payment.provider_order.as_ref();
        let invoices = ledger.of_action(Action::Invoice);
        let transactions = ledger.transactions().iter();
        PaymentShape {
            id: payment.id,
            website: payment.website.clone(),
            order_id: payment.order_id.clone(),
            po_number: payment.po_number.clone(),
            payment_method: MethodShape {
                id: PaymentMethodId {
                    kind: payment.method_type,
                    integration: payment.integration_id,
                },
                kind: payment.method_type,
                label: payment.method_label.clone(),
                short_label: payment.method_short_label.clone(),
                payment_term: payment.payment_term.clone(),
            },
            buyer: payment.buyer.clone(),
            currency: payment.currency,
            amount: payment.money(payment.amount).to_string(),
            status: ledger.status(),
            unsettled: ledger.is_unsettled(),
            amounts: AmountsShape::of(&ledger.amounts(), payment.currency),
            next_action: None,
            provider: order.map(|order| ProviderShape {
                order_id: order.id.as_ref().map(ToString::to_string),
                order_status: order.order_status.clone(),
                merchant_order_id: order.number.clone(),
            }),
            lines: None,
            invoices: invoices.map(|it| InvoiceShape::of(ledger, it)).collect(),
            transactions: transactions
                .map(|it| TransactionShape::of(it, payment.currency))
                .collect(),
            due_at: payment.due_at.or_else(|| first_due(ledger)),
            findings: ledger.findings().to_vec(),
            expires_at: payment.expires_at,
            version: payment.version,
            created_at: payment.created_at,
            updated_at: payment.updated_at,
        }
    }
}

/// The earliest due date of the invoices on which something is due.
fn first_due(ledger: &Ledger) -> Option<DateTime<Utc>> {
    let invoices = ledger.of_action(Action::Invoice);
    let open = invoices.filter(|it| it.state == State::Succeeded && ledger.part(it).due() > 0);
    let days = open.filter_map(|it| it.details.invoice.as_ref()?.due_at);
    days.min()
}

impl AmountsShape {
    /// Sums of a currency.
    pub fn of(sums: &Sums, currency: Currency) -> Self {
        let money = |minor| Money::from_minor(minor, currency).to_string();
        AmountsShape {
            authorized: money(sums.authorized),
            open_authorized: money(sums.open_authorized),
            invoiced: money(sums.invoiced),
            captured: money(sums.captured),
            returned: money(sums.returned),
            refunded: money(sums.refunded),
            canceled: money(sums.canceled),
            due: money(sums.due),
        }
    }
}

impl TransactionShape {
    /// One transaction in its payment's currency.
    pub fn of(transaction: &transaction::Transaction, currency: Currency) -> Self {
        let refund = transaction.details.refund.clone().unwrap_or_default();
        let reference = transaction.reference.as_ref().map(ToString::to_string);
        TransactionShape {
            id: transaction.id,
            action: transaction.action,
            origin: transaction.origin,
            state: transaction.state,
            amount: Money::from_minor(transaction.amount, currency).to_string(),
            parent_id: transaction.parent_id,
            reference: reference.or_else(|| transaction.caller_reference.clone()),
            failure: transaction.failure.clone(),
            reason: refund.reason.or_else(|| transaction.details.reason.clone()),
            refund_reference: refund.refund_reference,
            received_at: transaction.details.received_at,
            note: transaction.details.note.clone(),
            created_at: transaction.created_at,
            updated_at: transaction.updated_at,
        }
    }
}
