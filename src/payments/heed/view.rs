//! What was seen of the order: the one that is bound, or those that may be it.

use super::{Finding, candidates::candidates, order::follow};
use crate::payments::{
    ledger::{Ledger, Mover},
    picture::{OrderSeen, OrderView},
};

/// Follows the order as far as it goes on, and hands out the one that the payment has; its end is for [`ended`].
pub(super) fn heed<'o>(
    ledger: &mut Ledger,
    view: &'o OrderView,
    secure_hashes: &[String],
    by: Mover,
    findings: &mut Vec<Finding>,
) -> Option<&'o OrderSeen> {
    let bound = ledger
        .payment
        .place
        .as_ref()
        .and_then(|place| place.order.clone());
    match (view, bound) {
        (OrderView::NotRead, _) | (OrderView::Gone, None) => None,
        (OrderView::Bound(order), _) => follow(ledger, order, by, findings),
        (OrderView::Gone, Some(order)) => {
            findings.push(Finding::new(
                "order_gone",
                &order,
                "Apruve does not know the order that this payment was authorized with.",
            ));
            None
        }
        (OrderView::Candidates(list), Some(bound)) => {
            let order = list.items.iter().find(|order| order.id == bound)?;
            follow(ledger, order, by, findings)
        }
        (OrderView::Candidates(list), None) => {
            candidates(ledger, list, secure_hashes, by, findings)
        }
    }
}
