//! Invoices and their shipments as callers see them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::line_shapes::{LineShape, ShippedItemShape};
use crate::{
    ids::TransactionId,
    money::{Currency, Money},
    payments::{
        ledger::Ledger,
        transaction::{self, Action, State},
    },
    providers::InvoiceStatus,
};

/// An invoice.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Invoice)]
pub struct InvoiceShape {
    /// The id of the invoice's transaction.
    #[schema(value_type = String, example = "txn_01h455vb4pex5vsknk084sn02q")]
    pub id: TransactionId,
    /// Our number of the invoice.
    #[schema(example = "SO-1001-1")]
    pub number: Option<String>,
    /// Apruve's id.
    pub provider_id: Option<String>,
    /// Whether it was made at all.
    pub state: State,
    /// Where the invoice is between its issue and its payment.
    pub status: InvoiceStatus,
    /// The invoice's total, in the payment's currency.
    #[schema(example = "500.00")]
    pub amount: String,
    /// Tax in the total.
    #[schema(example = "0.00")]
    pub tax_amount: String,
    /// Cost of shipping in the total.
    #[schema(example = "0.00")]
    pub shipping_amount: String,
    /// Cost of handling in the total.
    #[schema(example = "0.00")]
    pub handling_amount: String,
    /// Cost of insurance in the total.
    #[schema(example = "0.00")]
    pub insurance_amount: String,
    /// Other surcharges in the total.
    #[schema(example = "0.00")]
    pub surcharge_amount: String,
    /// What was taken off the lines; not negative.
    #[schema(example = "0.00")]
    pub discount_amount: String,
    /// What of the total was paid.
    #[schema(example = "500.00")]
    pub captured: String,
    /// What of the total was taken off by refunds.
    #[schema(example = "0.00")]
    pub returned: String,
    /// Since when the buyer owes it; null before it is issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When the buyer has to pay it; null where that is not known.
    pub due_at: Option<DateTime<Utc>>,
    /// A text for the buyer on the invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The terms of delivery on the invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_of_delivery: Option<String>,
    /// What was shipped of the invoice, oldest first.
    pub shipments: Vec<ShipmentShape>,
    /// What Apruve paid the shop for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funding: Option<FundingShape>,
    /// What the invoice is for.
    pub lines: Vec<LineShape>,
}

/// A shipment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Shipment)]
pub struct ShipmentShape {
    /// The id of the shipment's transaction.
    #[schema(value_type = String)]
    pub id: TransactionId,
    /// Apruve's id.
    pub provider_id: Option<String>,
    /// Whether the provider has it.
    pub state: State,
    /// What the shipped goods cost, in the payment's currency.
    pub amount: String,
    /// When it was sent.
    pub shipped_at: Option<DateTime<Utc>>,
    /// The same as `carrier`.
    pub shipper: Option<String>,
    /// Who carries it.
    pub carrier: Option<String>,
    /// The carrier's number for it.
    pub tracking_number: Option<String>,
    /// Where the buyer can follow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_url: Option<String>,
    /// When it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<DateTime<Utc>>,
    /// A text about the shipment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Which lines went out, where that was said.
    pub items: Vec<ShippedItemShape>,
    /// Whether more of the invoice is to follow.
    pub partial: bool,
}

/// What Apruve paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InvoiceFunding)]
pub struct FundingShape {
    /// When Apruve paid the shop.
    pub funded_at: DateTime<Utc>,
    /// What Apruve keeps.
    #[schema(example = "15.00")]
    pub fee_amount: String,
    /// What reaches the shop.
    #[schema(example = "485.00")]
    pub net_amount: String,
}

impl InvoiceShape {
    /// One invoice of a ledger.
    pub fn of(ledger: &Ledger, invoice: &transaction::Transaction) -> Self {
        let money = |minor| ledger.payment.money(minor).to_string();
        let shipments = ledger.children(invoice.id, Action::Shipment);
        let details = invoice.details.invoice.clone().unwrap_or_default();
        let part = ledger.part(invoice);
        InvoiceShape {
            id: invoice.id,
            number: invoice.number.clone(),
            provider_id: invoice.reference.as_ref().map(ToString::to_string),
            state: invoice.state,
            status: ledger.invoice_status(invoice),
            amount: money(invoice.amount),
            tax_amount: money(details.tax),
            shipping_amount: money(details.shipping),
            handling_amount: money(details.handling),
            insurance_amount: money(details.insurance),
            surcharge_amount: money(details.surcharge),
            discount_amount: money(details.discount),
            captured: money(part.captured),
            returned: money(part.returned),
            issued_at: details.issued_at,
            due_at: details.due_at,
            notes: details.notes,
            terms_of_delivery: details.terms_of_delivery,
            shipments: shipments
                .map(|it| ShipmentShape::of(it, ledger.payment.currency))
                .collect(),
            funding: details.funding.map(|funding| FundingShape {
                funded_at: funding.funded_at,
                fee_amount: money(funding.fee),
                net_amount: money(funding.amount.saturating_sub(funding.fee)),
            }),
            lines: LineShape::all(details.lines, ledger.payment.currency),
        }
    }
}

impl ShipmentShape {
    /// One shipment in its payment's currency.
    pub fn of(shipment: &transaction::Transaction, currency: Currency) -> Self {
        let details = shipment.details.shipment.clone().unwrap_or_default();
        ShipmentShape {
            id: shipment.id,
            provider_id: shipment.reference.as_ref().map(ToString::to_string),
            state: shipment.state,
            amount: Money::from_minor(shipment.amount, currency).to_string(),
            shipped_at: details.shipped_at,
            carrier: details.shipper.clone(),
            shipper: details.shipper,
            tracking_number: details.tracking_number,
            tracking_url: details.tracking_url,
            delivered_at: details.delivered_at,
            notes: details.notes,
            items: ShippedItemShape::all(details.items, currency),
            partial: details.partial,
        }
    }
}
