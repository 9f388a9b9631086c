//! The shipments and returns of an invoice at the provider.

use super::{difference::telling, search::missed};
use crate::{
    findings::{FindingCode, Observation},
    ids::{self, TransactionId},
    payments::{
        details::{Details, RefundDetails, ShipmentDetails},
        ledger::{Cause, Ledger},
        transaction::{Action, Event, Origin, Transaction},
    },
    providers::{InvoiceSnapshot, List, ProviderId, ReturnSnapshot, ShipmentSnapshot},
};

pub(super) fn apply(
    ledger: &mut Ledger,
    invoice: TransactionId,
    seen: &InvoiceSnapshot,
    by: Cause,
    findings: &mut Vec<Observation>,
) {
    if let Some(shipments) = &seen.shipments {
        apply_shipments(ledger, invoice, shipments, by);
    }
    if let Some(returns) = &seen.returns {
        apply_returns(ledger, invoice, returns, by, findings);
    }
}

fn apply_shipments(
    ledger: &mut Ledger,
    invoice: TransactionId,
    seen: &List<ShipmentSnapshot>,
    by: Cause,
) {
    for shipment in &seen.items {
        let is_ours = |it: &Transaction| it.number.is_some() && it.number == shipment.number;
        if settle(ledger, invoice, Action::Shipment, &shipment.id, is_ours, by) {
            continue;
        }
        let amount = shipment.amount.unwrap_or(0).max(0);
        let mut new = Transaction::new(
            ids::fresh(by.at),
            Action::Shipment,
            Origin::Provider,
            amount,
            by.at,
        );
        new.parent_id = Some(invoice);
        new.reference = Some(shipment.id.clone());
        new.details = Details {
            shipment: Some(ShipmentDetails {
                shipped_at: shipment.shipped_at,
                shipper: shipment.shipper.clone(),
                tracking_number: shipment.tracking_number.clone(),
                delivered_at: shipment.delivered_at,
                notes: shipment.notes.clone(),
                partial: shipment.partial,
                ..ShipmentDetails::default()
            }),
            ..Details::default()
        };
        ledger.adopt(new, by, "A shipment was sent to the provider.");
    }
    if seen.complete {
        let there = |it: &Transaction| seen.items.iter().any(|seen| seen.number == it.number);
        miss(
            ledger,
            invoice,
            Action::Shipment,
            there,
            by,
            "The provider has no shipment with this number.",
        );
    }
}

fn apply_returns(
    ledger: &mut Ledger,
    invoice: TransactionId,
    seen: &List<ReturnSnapshot>,
    by: Cause,
    findings: &mut Vec<Observation>,
) {
    // Ours are first, because one that was never made leaves room for others.
    let mut others = Vec::new();
    for found in &seen.items {
        let is_ours = |it: &Transaction| carries(found, it) && found.amount == Some(it.amount);
        let differs = ledger
            .children(invoice, Action::Refund)
            .find(|it| !it.state.is_settled() && carries(found, it) && !is_ours(it));
        if let Some(ours) = differs {
            let message =
                "The return at the provider is over another amount than ours; nothing was taken from it.";
            let differs = Observation::of(FindingCode::ReturnDiffers, &found.id, message);
            findings.push(telling(
                differs,
                &ledger.payment,
                ours.amount,
                found.amount,
                None,
            ));
        } else if !settle(ledger, invoice, Action::Refund, &found.id, is_ours, by) {
            others.push(found);
        }
    }
    if seen.complete {
        let there = |it: &Transaction| seen.items.iter().any(|seen| carries(seen, it));
        miss(
            ledger,
            invoice,
            Action::Refund,
            there,
            by,
            "The provider has no return with this number.",
        );
    }
    for found in others {
        let amount = found.amount.unwrap_or(0);
        // Also on an invoice that was canceled afterwards.
        let left = ledger.find(invoice).map_or(0, |it| {
            let part = ledger.part(it);
            it.amount - part.returned - part.returning
        });
        if amount <= 0 || amount > left {
            let message = "A return was made at the provider over more than is left of its invoice; nothing was taken from it.";
            let unexplained = Observation::of(FindingCode::ReturnUnexplained, &found.id, message);
            findings.push(telling(
                unexplained,
                &ledger.payment,
                left,
                found.amount,
                None,
            ));
            continue;
        }
        let mut new = Transaction::new(
            ids::fresh(by.at),
            Action::Refund,
            Origin::Provider,
            amount,
            by.at,
        );
        new.parent_id = Some(invoice);
        new.reference = Some(found.id.clone());
        new.details = Details {
            refund: Some(RefundDetails {
                reason: found.reason.clone(),
                refund_reference: None,
            }),
            ..Details::default()
        };
        ledger.adopt(new, by, "A return was made at the provider.");
    }
}

/// Our returns carry our number in their notes.
fn carries(seen: &ReturnSnapshot, refund: &Transaction) -> bool {
    match (&seen.notes, &refund.number) {
        (Some(notes), Some(number)) => notes.split_whitespace().any(|word| word == number),
        _ => false,
    }
}

/// Settles ours. False when none of ours is it.
fn settle(
    ledger: &mut Ledger,
    invoice: TransactionId,
    action: Action,
    reference: &ProviderId,
    is_ours: impl Fn(&Transaction) -> bool,
    by: Cause,
) -> bool {
    let found = ledger
        .children(invoice, action)
        .filter(|it| it.is_reserved())
        .find(|it| {
            it.reference.as_ref() == Some(reference) || (it.reference.is_none() && is_ours(it))
        })
        .map(|it| (it.id, it.state.is_settled()));
    let Some((id, settled)) = found else {
        return false;
    };
    if !settled {
        ledger.advance(id, Event::Succeeds, by, "The provider has it.");
    }
    ledger.edit(id, by.at, |it| it.reference = Some(reference.clone()));
    true
}

fn miss(
    ledger: &mut Ledger,
    invoice: TransactionId,
    action: Action,
    there: impl Fn(&Transaction) -> bool,
    by: Cause,
    message: &str,
) {
    let lost: Vec<TransactionId> = ledger
        .children(invoice, action)
        .filter(|it| !it.state.is_settled() && !there(it))
        .map(|it| it.id)
        .collect();
    for id in lost {
        missed(ledger, id, by, message);
    }
}
