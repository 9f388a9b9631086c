//! The shipments and returns of an invoice at the provider.

use super::prelude::*;
use crate::{
    payments::details::{RefundDetails, ShipmentDetails},
    providers::{ReturnSnapshot, ShipmentSnapshot},
};

impl Reading<'_> {
    /// Applies the shipments and returns of an invoice, if they were read.
    pub(super) fn parts(&mut self, invoice: TransactionId, seen: &InvoiceSnapshot) {
        if let Some(shipments) = &seen.shipments {
            self.shipments(invoice, shipments);
        }
        if let Some(returns) = &seen.returns {
            self.returns(invoice, returns);
        }
    }

    fn shipments(&mut self, invoice: TransactionId, seen: &List<ShipmentSnapshot>) {
        for shipment in &seen.items {
            let is_ours = |it: &Transaction| it.number.is_some() && it.number == shipment.number;
            if self.settle(invoice, Action::Shipment, &shipment.id, is_ours) {
                continue;
            }
            let amount = shipment.amount.unwrap_or(0).max(0);
            let mut new = Transaction::new(Action::Shipment, amount, Some(invoice), self.by.at);
            new.reference = Some(shipment.id.clone());
            new.details.shipment = Some(ShipmentDetails {
                shipped_at: shipment.shipped_at,
                shipper: shipment.shipper.clone(),
                tracking_number: shipment.tracking_number.clone(),
                delivered_at: shipment.delivered_at,
                notes: shipment.notes.clone(),
                partial: shipment.partial,
                ..ShipmentDetails::default()
            });
            self.adopt(new, "A shipment was sent to the provider.");
        }
        if seen.complete {
            let there = |it: &Transaction| seen.items.iter().any(|seen| seen.number == it.number);
            let message = "The provider has no shipment with this number.";
            self.miss_others(invoice, Action::Shipment, there, message);
        }
    }

    fn returns(&mut self, invoice: TransactionId, seen: &List<ReturnSnapshot>) {
        // Ours are first, because one that was never made leaves room for others.
        let mut others = Vec::new();
        for found in &seen.items {
            let is_ours = |it: &Transaction| carries(found, it) && found.amount == Some(it.amount);
            let differs = self
                .ledger
                .children(invoice, Action::Refund)
                .find(|it| !it.state.is_settled() && carries(found, it) && !is_ours(it));
            if let Some((id, ours)) = differs.map(|it| (it.id, it.amount)) {
                self.found(id);
                let message = "The return at the provider is over another amount than ours; nothing was taken from it.";
                let differs = Observation::of(FindingCode::ReturnDiffers, &found.id, message);
                self.report_difference(differs, ours, found.amount, None);
            } else if !self.settle(invoice, Action::Refund, &found.id, is_ours) {
                others.push(found);
            }
        }
        if seen.complete {
            let there = |it: &Transaction| seen.items.iter().any(|seen| carries(seen, it));
            let message = "The provider has no return with this number.";
            self.miss_others(invoice, Action::Refund, there, message);
        }
        for found in others {
            self.adopt_return(invoice, found);
        }
    }

    fn adopt_return(&mut self, invoice: TransactionId, found: &ReturnSnapshot) {
        let amount = found.amount.unwrap_or(0);
        // From the invoice's amount, because a return may be found after its invoice was canceled.
        let left = self.ledger.find(invoice).map_or(0, |it| {
            let part = self.ledger.part(it);
            it.amount - part.returned - part.returning
        });
        if amount <= 0 || amount > left {
            let message = "A return was made at the provider over more than is left of its invoice; nothing was taken from it.";
            let unexplained = Observation::of(FindingCode::ReturnUnexplained, &found.id, message);
            self.report_difference(unexplained, left, found.amount, None);
            return;
        }
        let mut new = Transaction::new(Action::Refund, amount, Some(invoice), self.by.at);
        new.reference = Some(found.id.clone());
        new.details.refund = Some(RefundDetails {
            reason: found.reason.clone(),
            refund_reference: None,
        });
        self.adopt(new, "A return was made at the provider.");
    }

    /// Settles our transaction for an entry at the provider. Returns false if none of ours belongs to it.
    fn settle(
        &mut self,
        invoice: TransactionId,
        action: Action,
        reference: &ProviderId,
        is_ours: impl Fn(&Transaction) -> bool,
    ) -> bool {
        let is_it = |it: &&Transaction| match &it.reference {
            Some(known) => known == reference,
            None => is_ours(it),
        };
        let found = self
            .ledger
            .children(invoice, action)
            .filter(|it| it.is_reserved())
            .find(is_it)
            .map(|it| (it.id, it.state.is_settled()));
        let Some((id, settled)) = found else {
            return false;
        };
        if !settled {
            self.succeed(id, "The provider has it.");
        }
        self.edit(id, |it| it.reference = Some(reference.clone()));
        true
    }

    /// Records a miss for each of our unsettled transactions that a complete list does not have.
    fn miss_others(
        &mut self,
        invoice: TransactionId,
        action: Action,
        there: impl Fn(&Transaction) -> bool,
        message: &str,
    ) {
        let is_lost =
            |it: &Transaction| it.action == action && it.parent_id == Some(invoice) && !there(it);
        for id in self.ledger.open(is_lost) {
            self.miss(id, message);
        }
    }
}

/// Our returns carry our number in their notes.
fn carries(seen: &ReturnSnapshot, refund: &Transaction) -> bool {
    match (&seen.notes, &refund.number) {
        (Some(notes), Some(number)) => notes.split_whitespace().any(|word| word == number),
        _ => false,
    }
}
