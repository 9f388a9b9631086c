//! Calls about shipments.

use super::{Account, CallError, Listing, Outcome};
use crate::apruve::{
    id::ApruveId,
    model::{Shipment, ShipmentDraft},
};

impl Account<'_> {
    /// Tells that goods of an invoice are on their way.
    pub async fn create_shipment(
        &self,
        invoice: &ApruveId,
        draft: &ShipmentDraft,
    ) -> Outcome<Shipment> {
        self.create(&["invoices", invoice.as_str(), "shipments"], draft)
            .await
    }

    /// The shipments of an invoice.
    pub async fn shipments(&self, invoice: &ApruveId) -> Result<Listing<Shipment>, CallError> {
        self.list(&["invoices", invoice.as_str(), "shipments"], &[])
            .await
    }
}
