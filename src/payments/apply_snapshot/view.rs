//! What was seen of the order: the one that is bound, or those that may be it.

use super::{
    candidates::{candidates, others},
    order::follow,
};
use crate::{
    findings::{FindingCode, Observation},
    payments::ledger::{Cause, Ledger},
    providers::{OrderSnapshot, OrderView, ProviderSnapshot},
};

/// Follows the order as far as it goes on, and hands out the one that the payment has; its end is for [`ended`].
pub(super) fn apply<'o>(
    ledger: &mut Ledger,
    snapshot: &'o ProviderSnapshot,
    secure_hashes: &[String],
    by: Cause,
    findings: &mut Vec<Observation>,
) -> Option<&'o OrderSnapshot> {
    let bound = ledger
        .payment
        .provider_order
        .as_ref()
        .and_then(|provider_order| provider_order.id.clone());
    let same_number = match (&snapshot.order, &snapshot.same_number) {
        (OrderView::Candidates(list), _) | (_, Some(list)) => Some(list),
        _ => None,
    };
    if let (Some(bound), Some(list)) = (&bound, same_number) {
        others(&ledger.payment, bound, list, findings);
    }
    match (&snapshot.order, bound) {
        (OrderView::NotRead, _) | (OrderView::Gone, None) => None,
        (OrderView::Bound(order), _) => follow(ledger, order, by, findings),
        (OrderView::Gone, Some(order)) => {
            findings.push(Observation::of(
                FindingCode::OrderGone,
                &order,
                "The order that this payment was authorized with does not exist at the provider.",
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
