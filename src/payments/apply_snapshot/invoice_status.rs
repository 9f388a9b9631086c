//! The state of an invoice at the provider: its status and times, and what issued or canceled it.

use super::{
    FundedAt,
    close::{close, is_closing},
    search::missed,
};
use crate::{
    ids::{self, TransactionId},
    payments::{
        ledger::{Cause, Ledger},
        transaction::{Action, Event, Origin, Transaction},
    },
    providers::{InvoiceSnapshot, InvoiceStatus},
};

/// Applies the state of the invoice: its status and times, what issued or canceled it.
pub(super) fn apply_status(
    ledger: &mut Ledger,
    id: TransactionId,
    seen: &InvoiceSnapshot,
    funded_at: &FundedAt,
    by: Cause,
) {
    let billed = seen.amount.unwrap_or(0);
    ledger.edit(id, by.at, |it| {
        let details = it.details.invoice.get_or_insert_default();
        details.status = seen.status.unwrap_or(details.status);
        details.issued_at = seen.issued_at.or(details.issued_at);
        details.due_at = seen.due_at.or(details.due_at);
        details.final_at = seen.final_at.or(details.final_at);
        if let Some(funding) = &seen.funding {
            let known = details.funding.map(|known| known.funded_at);
            let told = funded_at.get(&seen.id).copied();
            // A webhook may tell the moment after a reading has noted its own.
            let at = match (known, told) {
                (Some(known), Some(told)) => known.min(told),
                (known, told) => known.or(told).unwrap_or(by.at),
            };
            details.funding = Some(funding.known(at, billed));
        }
    });
    let open_children = |ledger: &Ledger, action| -> Vec<TransactionId> {
        let children = ledger.children(id, action);
        children
            .filter(|it| !it.state.is_settled())
            .map(|it| it.id)
            .collect()
    };
    for issue in open_children(ledger, Action::Issue) {
        match seen.status {
            Some(InvoiceStatus::Open | InvoiceStatus::Closed) => {
                ledger.advance(issue, Event::Succeeds, by, "The invoice is issued.");
            }
            // One that was issued before it was canceled is open no more; what is under way will be refused.
            Some(InvoiceStatus::Canceled) if seen.issued_at.is_some() => {
                ledger.advance(issue, Event::Succeeds, by, "The invoice was issued.");
            }
            Some(InvoiceStatus::Pending | InvoiceStatus::Canceled) => {
                missed(ledger, issue, by, "The invoice at the provider is not issued.")
            }
            None => {}
        }
    }
    close(ledger, id, seen.status, by);
    for cancel in open_children(ledger, Action::Cancel) {
        match seen.status {
            _ if ledger.find(cancel).is_some_and(is_closing) => {}
            Some(InvoiceStatus::Canceled) => {
                ledger.advance(
                    cancel,
                    Event::Succeeds,
                    by,
                    "The invoice at the provider is canceled.",
                );
            }
            Some(_) => missed(ledger, cancel, by, "The invoice at the provider is not canceled."),
            None => {}
        }
    }
    let canceled_there = seen.status == Some(InvoiceStatus::Canceled);
    let known = ledger
        .find(id)
        .is_some_and(|invoice| ledger.part(invoice).canceled);
    let billed = ledger.find(id).map_or(0, |invoice| invoice.amount);
    if canceled_there && !known {
        let mut new = Transaction::new(
            ids::fresh(by.at),
            Action::Cancel,
            Origin::Provider,
            billed,
            by.at,
        );
        new.parent_id = Some(id);
        ledger.adopt(new, by, "The invoice was canceled at the provider.");
    }
}
