//! The order in a snapshot: the one that is bound, or the candidates for it.

use super::prelude::*;
use crate::providers::{OrderView, ProviderSnapshot};

impl Reading<'_> {
    /// Applies the order, except its cancellation, which is left to [`Reading::end`]. Returns the payment's order.
    pub(super) fn order<'o>(
        &mut self,
        snapshot: &'o ProviderSnapshot,
        secure_hashes: &[String],
    ) -> Option<&'o OrderSnapshot> {
        let bound = self.ledger.payment.provider_order_id().cloned();
        let same_number = match (&snapshot.order, &snapshot.same_number) {
            (OrderView::Candidates(list), _) | (_, Some(list)) => Some(list),
            _ => None,
        };
        if let (Some(bound), Some(list)) = (&bound, same_number) {
            self.others(bound, list);
        }
        match (&snapshot.order, bound) {
            (OrderView::NotRead, _) | (OrderView::Gone, None) => None,
            (OrderView::Bound(order), _) => self.follow_order(order),
            (OrderView::Gone, Some(order)) => {
                let message = "The order that this payment was authorized with does not exist at the provider.";
                self.report(FindingCode::OrderGone, &order, message);
                None
            }
            (OrderView::Candidates(list), Some(bound)) => {
                let order = list.items.iter().find(|order| order.id == bound)?;
                self.follow_order(order)
            }
            (OrderView::Candidates(list), None) => self.candidates(list, secure_hashes),
        }
    }
}
