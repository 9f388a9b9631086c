//! The sums of a payment's transactions, and amounts derived from them. Pure, so that the stored sums can be recomputed
//! and compared.
//!
//! Every amount that the provider reports as paid is booked, so sums have no limit; they saturate at 64 bits.

use std::collections::HashMap;

use crate::{
    ids::TransactionId,
    payments::transaction::{Action, State, Transaction},
};

/// Minor units of the payment's currency, each net of what undid it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// What the provider approved.
    pub authorized: i64,
    /// What may still be invoiced: authorized − canceled − invoiced.
    pub open_authorized: i64,
    /// What was invoiced, without canceled invoices and written-off amounts.
    pub invoiced: i64,
    /// Money received, less what the provider took back.
    pub captured: i64,
    /// Returned on invoices that are not canceled, before or after they were paid.
    pub returned: i64,
    /// Money given back.
    pub refunded: i64,
    /// Canceled without an invoice, or written off from an invoice.
    pub canceled: i64,
    /// What the shop has yet to receive.
    pub due: i64,
}

/// The amounts of one invoice, or of the whole payment on an offline method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartAmounts {
    /// The invoiced amount, less what was written off; 0 if the invoice is canceled.
    pub billed: i64,
    pub captured: i64,
    pub returned: i64,
    /// Returns whose outcome is not known yet.
    pub returning: i64,
    /// Less what was returned of it later.
    pub written_off: i64,
    pub canceled: bool,
}

impl PartAmounts {
    /// Money given back: what was returned beyond the unpaid part.
    pub fn refunded(&self) -> i64 {
        if self.canceled {
            // Money of a canceled invoice is taken back by the provider, not refunded by the shop.
            return 0;
        }
        let most = self.captured.min(self.returned).max(0);
        let over = self.captured.saturating_add(self.returned);
        over.saturating_sub(self.billed).clamp(0, most)
    }

    /// Returned before it was paid, so that it lowers the amount due. A canceled invoice has nothing due to lower.
    pub fn forgiven(&self) -> i64 {
        if self.canceled {
            return 0;
        }
        self.returned - self.refunded()
    }

    /// What may still be returned.
    pub fn returnable(&self) -> i64 {
        let taken = self.returned.saturating_add(self.returning);
        self.billed.saturating_sub(taken).max(0)
    }

    /// What is still to be paid.
    pub fn due(&self) -> i64 {
        let had = self.captured.saturating_add(self.forgiven());
        self.billed.saturating_sub(had).max(0)
    }

    fn add(&mut self, transaction: &Transaction) {
        let amount = transaction.amount;
        match (transaction.action, transaction.state) {
            (Action::Invoice, State::Succeeded) => grow(&mut self.billed, amount),
            (Action::Capture, State::Succeeded) => grow(&mut self.captured, amount),
            (Action::Reversal, State::Succeeded) => {
                self.captured = self.captured.saturating_sub(amount);
            }
            (Action::Cancel, State::Succeeded) if transaction.details.write_off => {
                grow(&mut self.written_off, amount);
            }
            (Action::Cancel, State::Succeeded) => self.canceled = true,
            (Action::Refund, State::Succeeded) => grow(&mut self.returned, amount),
            (Action::Refund, State::Pending | State::Unknown) => grow(&mut self.returning, amount),
            _ => {}
        }
    }
}

/// The amounts of one invoice.
pub fn part_of(transactions: &[Transaction], invoice: &Transaction) -> PartAmounts {
    let tree = Tree::of(transactions);
    sum(transactions
        .iter()
        .filter(|it| tree.invoice_of(it) == Some(invoice.id)))
}

/// The invoice that a transaction is, or is about.
pub fn invoice_of(
    transactions: &[Transaction],
    transaction: &Transaction,
) -> Option<TransactionId> {
    Tree::of(transactions).invoice_of(transaction)
}

fn grow(sum: &mut i64, amount: i64) {
    *sum = sum.saturating_add(amount);
}

/// Adds up the transactions of one invoice, including the invoice itself.
fn sum<'t>(transactions: impl Iterator<Item = &'t Transaction>) -> PartAmounts {
    let mut part = PartAmounts::default();
    transactions.for_each(|it| part.add(it));
    if part.canceled {
        part.written_off = 0;
        part.billed = 0;
    }
    // What was returned is not written off, also when the return is found later.
    let unreturned = part.billed.saturating_sub(part.returned).max(0);
    part.written_off = part.written_off.min(unreturned);
    part.billed = part.billed.saturating_sub(part.written_off);
    part
}

/// The transactions by id, to follow their parents.
struct Tree<'t>(HashMap<TransactionId, &'t Transaction>);

impl<'t> Tree<'t> {
    fn of(transactions: &'t [Transaction]) -> Self {
        Tree(transactions.iter().map(|it| (it.id, it)).collect())
    }

    /// The invoice that a transaction is, or is about.
    fn invoice_of(&self, transaction: &Transaction) -> Option<TransactionId> {
        let mut at = transaction;
        // A parent is always older than its child, so the loop ends.
        loop {
            if at.action == Action::Invoice {
                return Some(at.id);
            }
            at = at.parent_id.and_then(|id| self.0.get(&id))?;
        }
    }
}

impl Amounts {
    /// Adds up the transactions of a payment over `amount`.
    pub fn of(amount: i64, transactions: &[Transaction]) -> Self {
        let tree = Tree::of(transactions);
        let mut sums = Amounts::default();
        let mut begun = true;
        let mut groups: HashMap<Option<TransactionId>, Vec<&Transaction>> = HashMap::new();
        for transaction in transactions {
            let invoice = tree.invoice_of(transaction);
            match (transaction.action, invoice, transaction.state) {
                (Action::Authorize, _, State::Succeeded) => {
                    grow(&mut sums.authorized, transaction.amount);
                }
                (Action::Cancel, None, State::Succeeded) => {
                    grow(&mut sums.canceled, transaction.amount);
                }
                (Action::Cancel, None, _) => {}
                (Action::Purchase, _, state) => begun = state != State::Failed,
                _ => groups.entry(invoice).or_default().push(transaction),
            }
        }
        let mut forgiven = 0;
        for (invoice, group) in groups {
            let mut part = sum(group.into_iter());
            if invoice.is_none() {
                // Offline payments have no invoices: what was paid is what can be given back.
                part.billed = part.captured;
            } else {
                grow(&mut sums.invoiced, part.billed);
                grow(&mut sums.canceled, part.written_off);
            }
            grow(&mut sums.captured, part.captured);
            grow(&mut sums.refunded, part.refunded());
            grow(&mut forgiven, part.forgiven());
        }
        sums.returned = sums.refunded.saturating_add(forgiven);
        let taken = sums.canceled.saturating_add(sums.invoiced);
        sums.open_authorized = sums.authorized.saturating_sub(taken).max(0);
        // A failed attempt has no amounts.
        if begun || sums.authorized > 0 || sums.captured > 0 {
            let settled = [sums.canceled, forgiven, sums.captured]
                .into_iter()
                .fold(0, i64::saturating_add);
            sums.due = amount.saturating_sub(settled).max(0);
        }
        sums
    }

    /// Returned before it was paid.
    pub fn forgiven(&self) -> i64 {
        self.returned - self.refunded
    }
}

#[cfg(test)]
mod tests;
