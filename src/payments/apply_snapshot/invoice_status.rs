//! The state of an invoice at the provider: its status and times, and what issued, canceled or closed it. A shop that
//! finances itself closes an invoice: the amount due was received in another way, or is written off.

use chrono::{DateTime, TimeDelta};

use super::{FundedAt, prelude::*};

/// By how much the provider's clock may differ from ours.
const CLOCKS: TimeDelta = TimeDelta::minutes(5);

impl Reading<'_> {
    /// Applies the state of the invoice: its status and times, what issued or canceled it.
    pub(super) fn invoice_status(
        &mut self,
        id: TransactionId,
        seen: &InvoiceSnapshot,
        funded_at: &FundedAt,
    ) {
        let (now, billed) = (self.by.at, seen.amount.unwrap_or(0));
        let begun = self.ledger.payment.created_at;
        self.edit(id, |it| {
            let details = it.details.invoice.get_or_insert_default();
            details.follow(seen);
            if let Some(funding) = &seen.funding {
                let known = details.funding.map(|known| known.funded_at);
                // Nothing is funded before it is issued.
                let earliest = details.issued_at.unwrap_or(begun);
                let told = funded_at.get(&seen.id).copied();
                let told = told.filter(|told| *told + CLOCKS >= earliest);
                // A webhook may report an earlier time than the read that noticed the funding, and never a later one.
                let at = known.into_iter().chain(told).fold(now, DateTime::min);
                details.funding = Some(funding.known(at, billed));
            }
        });
        for issue in self.ledger.open_children(id, Action::Issue) {
            match seen.status {
                Some(InvoiceStatus::Open | InvoiceStatus::Closed) => {
                    self.succeed(issue, "The invoice is issued.");
                }
                // An invoice that was issued and then canceled is not open, but our issue has succeeded.
                Some(InvoiceStatus::Canceled) if seen.issued_at.is_some() => {
                    self.succeed(issue, "The invoice was issued.");
                }
                Some(InvoiceStatus::Pending | InvoiceStatus::Canceled) => {
                    self.miss(issue, "The invoice at the provider is not issued.");
                }
                None => {}
            }
        }
        for cancel in self.ledger.open_children(id, Action::Cancel) {
            match seen.status {
                _ if self.ledger.find(cancel).is_some_and(is_closing) => {}
                Some(InvoiceStatus::Canceled) => {
                    self.succeed(cancel, "The invoice at the provider is canceled.");
                }
                Some(_) => self.miss(cancel, "The invoice at the provider is not canceled."),
                None => {}
            }
        }
        let invoice = self.ledger.find(id);
        let billed = invoice.map_or(0, |invoice| invoice.amount);
        let known = invoice.is_some_and(|invoice| self.ledger.part(invoice).canceled);
        if seen.status == Some(InvoiceStatus::Canceled) && !known {
            let new = Transaction::new(Action::Cancel, billed, Some(id), now);
            self.adopt(new, "The invoice was canceled at the provider.");
        }
    }

    /// Settles the open closings of an invoice by its status at the provider, once all of its returns were read.
    pub(super) fn close(&mut self, invoice: TransactionId, seen: &InvoiceSnapshot) {
        let knows_returns = seen.returns.as_ref().is_some_and(|list| list.complete);
        let closing = |it: &Transaction| it.parent_id == Some(invoice) && is_closing(it);
        for id in self.ledger.open(closing) {
            match seen.status {
                Some(InvoiceStatus::Closed) if !knows_returns => {}
                Some(InvoiceStatus::Closed) => {
                    fix_closed_amount(self.ledger, id, self.by);
                    self.succeed(id, "The invoice at the provider is closed.");
                }
                Some(_) => self.miss(id, "The invoice at the provider is not closed."),
                None => {}
            }
        }
    }
}

/// Sets the amount of an unsettled closing transaction to what is due now, whatever was due when it was begun.
pub fn fix_closed_amount(ledger: &mut Ledger, id: TransactionId, by: Cause) {
    let unsettled = ledger.find(id).filter(|it| !it.state.is_settled());
    let invoice = unsettled.and_then(|it| ledger.invoice(it.parent_id?));
    if let Some(due) = invoice.map(|it| ledger.part(it).due()) {
        ledger.edit(id, by.at, |it| it.amount = due);
    }
}

/// Whether a transaction closes an invoice on the shop's request.
pub fn is_closing(it: &Transaction) -> bool {
    it.origin == Origin::Caller
        && match it.action {
            Action::Capture => true,
            Action::Cancel => it.details.write_off,
            _ => false,
        }
}
