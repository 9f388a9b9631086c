//! Calls about shipments.

use super::{Account, WriteOutcome};
use crate::providers::apruve::model::{Shipment, WireShipment};
use crate::providers::{List, ProviderError, ProviderId, ReadBack, ShipmentDraft};

impl Account<'_> {
    /// Creates a shipment on an invoice.
    pub async fn create_shipment(
        &self,
        invoice: &ProviderId,
        draft: &ShipmentDraft,
    ) -> WriteOutcome<Shipment> {
        self.create(
            &["invoices", invoice.as_str(), "shipments"],
            &WireShipment::from(draft),
        )
        .await
    }

    /// Replaces the details of a shipment; a field that the draft lacks is cleared.
    pub async fn update_shipment(
        &self,
        invoice: &ProviderId,
        shipment: &ProviderId,
        draft: &ShipmentDraft,
    ) -> WriteOutcome<Shipment> {
        let path = ["invoices", invoice.as_str(), "shipments", shipment.as_str()];
        self.replace(&path, shipment, &WireShipment::from(draft).whole())
            .await
    }

    /// The shipments of an invoice.
    pub async fn shipments(
        &self,
        invoice: &ProviderId,
    ) -> Result<List<ReadBack<Shipment>>, ProviderError> {
        self.list(&["invoices", invoice.as_str(), "shipments"], &[])
            .await
    }
}
