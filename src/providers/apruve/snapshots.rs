//! Reads the parts of a payment's snapshot one after the other.

use super::Account;
use crate::providers::{
    InvoiceSnapshot, List, OrderSnapshot, OrderView, ProviderError, ProviderId, ProviderKind,
    ProviderSnapshot,
};

impl Account<'_> {
    /// Reads an order by its id, with its invoices; without an id, reads the orders that carry our number. A part that
    /// cannot be read is `None`, which makes the snapshot incomplete.
    pub async fn snapshot(
        &self,
        id: Option<&ProviderId>,
        number: &str,
    ) -> Result<ProviderSnapshot, ProviderError> {
        let order = match id {
            Some(id) => match self.order(id).await {
                Ok(order) => OrderView::Bound(order),
                Err(ProviderError::NotFound) => OrderView::Gone,
                Err(error) => return Err(error),
            },
            None => OrderView::Candidates(self.orders_with(number).await?),
        };
        let (mut same_number, mut invoices) = (None, None);
        if let OrderView::Bound(order) = &order {
            same_number = self.orders_with(number).await.ok();
            invoices = Some(self.invoice_snapshots(&order.id).await?);
        }
        Ok(ProviderSnapshot {
            order,
            same_number,
            invoices,
        })
    }

    /// Lists the orders that carry one of our numbers.
    async fn orders_with(&self, number: &str) -> Result<List<OrderSnapshot>, ProviderError> {
        let found = self.orders_by_merchant_order_id(number).await;
        found.map_err(not_listed)
    }

    /// Lists the invoices of an order with their shipments and returns. A list of these that cannot be read is `None`.
    pub async fn invoice_snapshots(
        &self,
        order: &ProviderId,
    ) -> Result<List<InvoiceSnapshot>, ProviderError> {
        let mut found = self.invoices(order).await.map_err(not_listed)?;
        for invoice in &mut found.items {
            invoice.shipments = self.shipments(&invoice.id).await.ok();
            invoice.returns = self.invoice_returns(&invoice.id).await.ok();
        }
        Ok(found)
    }
}

/// A 404 for a list must not count as "the object does not exist".
fn not_listed(error: ProviderError) -> ProviderError {
    match error {
        ProviderError::NotFound => ProviderError::Status(ProviderKind::Apruve, 404),
        error => error,
    }
}
