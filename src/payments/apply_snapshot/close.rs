//! The closing of an invoice by a shop that finances itself: the amount due was received, or is written off.

use super::prelude::*;

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

impl Reading<'_> {
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
