//! The objects of Apruve's API. A field that may be absent is optional, and an unknown status word is kept as text.
//!
//! What is read becomes a type of [`crate::providers`] at once; a type that is sent begins with `Wire` and is built from
//! a draft there. Amounts are in minor units; Apruve names them `…_cents` whatever the currency.

mod address;
mod corporate_account;
mod invoice;
mod invoice_return;
mod line;
mod merchant;
mod order;
mod shipment;
mod wire_time;

#[cfg(test)]
use crate::money::{Currency, Money};
use crate::providers::{
    CorporateAccount, InvoiceSnapshot, OrderSnapshot, ProviderId, ReturnSnapshot, ShipmentSnapshot,
};

pub use invoice::WireInvoice;
pub use invoice_return::WireReturn;
pub use merchant::{Merchant, WebhookEndpoint};
pub use order::WireOrder;
pub use shipment::WireShipment;

pub(super) use merchant::WebhookEndpointDraft;

/// An object with an id, by which it is read and acted on.
pub(super) trait Entity: super::fields::Wire {
    fn id(&self) -> &ProviderId;
}

macro_rules! entities {
    ($($object:ident),*) => {$(
        impl Entity for $object {
            fn id(&self) -> &ProviderId {
                &self.id
            }
        }
    )*};
}
entities!(
    CorporateAccount,
    InvoiceSnapshot,
    OrderSnapshot,
    ReturnSnapshot,
    ShipmentSnapshot,
    WebhookEndpoint
);

/// An amount in US cents, for the tests of this folder.
#[cfg(test)]
fn usd(minor: i64) -> Money {
    Money::from_minor(minor, Currency::parse("USD").expect("a currency"))
}
