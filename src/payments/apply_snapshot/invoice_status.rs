//! The state of an invoice at the provider: its status and times, and what issued or canceled it.

use chrono::{DateTime, TimeDelta};

use super::{FundedAt, close::is_closing, prelude::*};

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
}
