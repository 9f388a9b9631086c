//! Calls about orders. None finalizes an order, because ours are final when they are created.

use super::{Account, WriteOutcome};
use crate::providers::apruve::model::{Order, WireOrder};
use crate::providers::{List, OrderDraft, ProviderError, ProviderId, ReadBack};

impl Account<'_> {
    /// Creates an order on behalf of a buyer, whom the draft must name. The new order is usually still pending.
    pub async fn create_order(&self, draft: &OrderDraft) -> WriteOutcome<Order> {
        self.create(&["orders"], &WireOrder::from(draft)).await
    }

    /// Reads an order.
    pub async fn order(&self, id: &ProviderId) -> Result<ReadBack<Order>, ProviderError> {
        self.read_by_id(&["orders"], id).await
    }

    /// Lists the orders with this number of the shop.
    pub async fn orders_by_merchant_order_id(
        &self,
        merchant_order_id: &str,
    ) -> Result<List<ReadBack<Order>>, ProviderError> {
        let query = [("merchant_order_id", merchant_order_id)];
        let mut found: List<ReadBack<Order>> = self.list(&["orders"], &query).await?;
        let wanted = |order: &Order| order.merchant_order_id.as_deref() == Some(merchant_order_id);
        found.items.retain(|order| wanted(order));
        Ok(found)
    }

    /// Cancels an order. Apruve refuses if it is too late, for example because there are invoices.
    pub async fn cancel_order(&self, id: &ProviderId) -> WriteOutcome<Order> {
        self.act("orders", id, "cancel").await
    }
}
