//! Apruve's nouns. What may be missing is optional, and words that were never seen are kept as texts.
//!
//! What we read is named for the noun, what we send is its draft. Amounts are minor units, named `…_cents` by Apruve
//! whatever the currency.

use crate::providers::ProviderId;
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

pub use address::AddressDraft;
pub use invoice::{FundingDetail, Invoice, InvoiceDraft, Payment};
pub use invoice_return::{InvoiceReturn, InvoiceReturnDraft};
pub use line::{Line, LineDraft};
pub use merchant::Merchant;
pub use order::{AccountChoice, Always, MOST_CENTS, Order, OrderDraft, PaymentTerm};
pub use shipment::{Fulfilment, Shipment, ShipmentDraft};
pub use string_enum::{
    InvoiceStatus, OrderStatus, PaymentStatus, PaymentTermStatus, ShipmentStatus,
};
pub use webhook_endpoint::WebhookEndpoint;
pub use wire_time::WireTime;

pub(super) use webhook_endpoint::WebhookEndpointDraft;

/// Something that is read and acted on by its id.
pub(super) trait Entity: super::fields::Wire {
    fn id(&self) -> &ProviderId;
}
