//! Orders, invoices, shipments and returns to be created at a provider, in terms that all providers share. Each
//! provider converts them to its own format, and checks beforehand whether it accepts them.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::{CleanText, ProviderId};
use crate::money::Money;

/// An order to be placed: by the provider's page, where the buyer confirms it, or by a command that names the buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDraft {
    /// The provider's id of the shop.
    pub merchant: ProviderId,
    /// Our number, by which the order is found again. It is sent as it is, so it must contain nothing to clean.
    pub number: String,
    /// Lines + charges + tax + shipping.
    pub total: Money,
    /// Tax in addition to the lines; zero if the prices include it.
    pub tax: Money,
    pub shipping: Money,
    /// At least one.
    pub lines: Vec<LineDraft>,
    pub charges: Vec<ChargeDraft>,
    pub po_number: Option<CleanText>,
    /// When an order that is not yet approved expires; `None` leaves it to the provider.
    pub expires_at: Option<DateTime<Utc>>,
    /// `None` where the buyer confirms on the provider's page.
    pub buyer: Option<OrderBuyer>,
}

/// The person who orders and the company whose credit line is used, by the provider's ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBuyer {
    pub person: ProviderId,
    pub company: ProviderId,
}

/// The data for the provider's page, on which the buyer confirms an order.
#[derive(Clone, Debug)]
pub struct BuyerConfirmation {
    /// The provider's script, to be loaded by the checkout page.
    pub script_url: String,
    /// The order as the provider's JSON; the page must get exactly this text.
    pub order: Box<RawValue>,
    /// Proves to the provider that the order is the shop's.
    pub secure_hash: String,
}

/// An invoice to be made on an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceDraft {
    /// The shop's number or ours, by which the invoice is found again.
    pub number: String,
    /// Lines + charges + tax + shipping.
    pub amount: Money,
    /// Tax in addition to the lines; zero if the prices include it.
    pub tax: Money,
    pub shipping: Money,
    pub lines: Vec<LineDraft>,
    pub charges: Vec<ChargeDraft>,
    pub notes: Option<String>,
    pub terms_of_delivery: Option<String>,
    /// `None` leaves the due date to the buyer's terms.
    pub due_at: Option<DateTime<Utc>>,
    pub bill_to: Option<AddressDraft>,
    pub ship_to: Option<AddressDraft>,
    /// Whether it is issued at once or only by [`Command::IssueInvoice`](crate::providers::Command::IssueInvoice).
    pub issue: bool,
}

/// A postal address on an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressDraft {
    pub company: Option<CleanText>,
    /// The person's name with all its parts.
    pub person: Option<CleanText>,
    pub street: Option<CleanText>,
    pub street2: Option<CleanText>,
    pub city: Option<CleanText>,
    /// Such as `CA` or `US-CA`.
    pub region: Option<CleanText>,
    pub postal_code: Option<CleanText>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<CleanText>,
    pub phone: Option<CleanText>,
}

/// An amount to be returned on an invoice, whether it has been paid or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnDraft {
    /// Our own id, by which the return is found again.
    pub number: String,
    /// The shop's number for the return.
    pub reference: Option<String>,
    pub amount: Money,
    pub reason: Option<String>,
}

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

/// A line of an order, invoice or shipment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDraft {
    /// Never empty.
    pub title: CleanText,
    pub total: Money,
    /// The unit price, if it is in whole minor units and unit price × quantity equals the total.
    pub price_each: Option<Money>,
    /// `None` for a line that is not counted in pieces.
    pub quantity: Option<Decimal>,
    pub sku: Option<CleanText>,
    pub description: Option<CleanText>,
    pub variant_info: Option<CleanText>,
    pub vendor: Option<CleanText>,
    pub product_url: Option<CleanText>,
}

impl LineDraft {
    /// A line with the required fields only.
    pub fn new(title: CleanText, total: Money) -> Self {
        LineDraft {
            title,
            total,
            price_each: None,
            quantity: None,
            sku: None,
            description: None,
            variant_info: None,
            vendor: None,
            product_url: None,
        }
    }

    /// The quantity, if it is a whole number.
    pub fn whole_quantity(&self) -> Option<i64> {
        let quantity = self.quantity?.normalize();
        let whole = (quantity.scale() == 0).then(|| quantity.mantissa())?;
        i64::try_from(whole).ok()
    }
}

/// A charge beside lines, tax and shipping: handling, insurance, surcharge or discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChargeDraft {
    pub title: &'static str,
    /// Negative for a discount; never zero.
    pub amount: Money,
}
