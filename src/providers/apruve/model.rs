//! Apruve's nouns. What may be missing is optional, and words that were never seen are kept as texts.
//!
//! What we read is named for the noun, and what we send is written from a draft in [`crate::providers`]. Amounts are minor units, named `…_cents` by Apruve
//! whatever the currency.

mod address;
mod corporate_account;
mod invoice;
mod invoice_return;
mod line;
mod merchant;
mod order;
mod shipment;
mod string_enum;
mod webhook_endpoint;
mod wire_time;

#[cfg(test)]
use crate::money::{Currency, Money};
use crate::providers::ProviderId;

pub use invoice::{BuyerPayment, FundingDetail, Invoice, WireInvoice};
pub use invoice_return::{InvoiceReturn, WireReturn};
pub use line::Line;
pub use merchant::Merchant;
pub use order::{Order, OrderPaymentTerm, WireOrder};
pub use shipment::{Shipment, WireShipment};
pub use string_enum::{
    ApruveInvoiceStatus, OrderStatus, PaymentStatus, PaymentTermStatus, ShipmentStatus,
};
pub use webhook_endpoint::WebhookEndpoint;

pub(super) use webhook_endpoint::WebhookEndpointDraft;

/// Something that is read and acted on by its id.
pub(super) trait Entity: super::fields::Wire {
    fn id(&self) -> &ProviderId;
}

/// So many cents, for the tests of this folder.
#[cfg(test)]
fn usd(minor: i64) -> Money {
    Money::from_minor(minor, Currency::parse("USD").expect("a currency"))
}
