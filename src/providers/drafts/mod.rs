//! Orders, invoices, shipments and returns to be created at a provider, in terms that all providers share. Each
//! provider converts them to its own format, and checks beforehand whether it accepts them.

mod invoice;
mod line;
mod order;
mod shipment;

pub use invoice::{AddressDraft, InvoiceDraft, ReturnDraft};
pub use line::{ChargeDraft, LineDraft};
pub use order::{BuyerConfirmation, OrderBuyer, OrderDraft};
pub use shipment::ShipmentDraft;
