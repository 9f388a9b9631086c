//! The objects of Apruve's API. A field that may be absent is optional, and an unknown status word is kept as text.
//!
//! A type that we read has the name of the object; a type that we send begins with `Wire` and is built from a draft in
//! [`crate::providers`]. Amounts are in minor units; Apruve names them `…_cents` whatever the currency.

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

pub use invoice::{Invoice, WireInvoice};
pub use invoice_return::{InvoiceReturn, WireReturn};
pub use line::Line;
pub use merchant::Merchant;
pub use order::{Order, WireOrder};
pub use shipment::{Shipment, WireShipment};
pub use string_enum::{ApruveInvoiceStatus, OrderStatus, ShipmentStatus};
pub use webhook_endpoint::WebhookEndpoint;

pub(super) use webhook_endpoint::WebhookEndpointDraft;

/// An object with an id, by which it is read and acted on.
pub(super) trait Entity: super::fields::Wire {
    fn id(&self) -> &ProviderId;
}

/// An amount in US cents, for the tests of this folder.
#[cfg(test)]
fn usd(minor: i64) -> Money {
    Money::from_minor(minor, Currency::parse("USD").expect("a currency"))
}
