//! What a provider is asked to make, in the shop's terms. Each provider writes it in its own, and says beforehand what it
//! cannot take.

mod invoice;
mod line;
mod order;
mod shipment;

pub use invoice::{AddressDraft, InvoiceDraft, ReturnDraft};
pub use line::{ChargeDraft, LineDraft};
pub use order::{BuyerConfirmation, OrderBuyer, OrderDraft};
pub use shipment::ShipmentDraft;
