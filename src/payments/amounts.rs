//! What the transactions of a payment add up to: sums, and what follows from them. Pure, so that what is stored can be
//! computed again and compared.

use std::collections::HashMap;

use crate::{
    ids::TransactionId,
    payments::transaction::{Action, State, Transaction},
};

/// Minor units of the payment's currency, each net of what undid it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// What the provider said yes to.
    pub authorized: i64,
    /// What may still be invoiced: authorized − canceled − invoiced.
    pub open_authorized: i64,
    /// Without canceled invoices.
    pub invoiced: i64,
    /// Money that came, less what the provider took back.
    pub captured: i64,
    /// Taken off invoices, whether they were paid or not.
    pub returned: i64,
    /// Money given back.
    pub refunded: i64,
    /// Given up without an invoice.
    pub canceled: i64,
    /// What the shop still has to get.
    pub due: i64,
}

/// What one invoice, or on an offline method the whole payment, comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// What was asked for; 0 when that was canceled.
    pub asked: i64,
    pub captured: i64,
    pub returned: i64,
    /// Returns whose outcome is not known yet.
    pub returning: i64,
    pub canceled: bool,
}

impl Part {
    /// Money given back: what was returned beyond what nobody had paid.
    pub fn refunded(&self) -> i64 {
        (self.captured + self.returned - self.asked).clamp(0, self.captured)
    }

    /// What may still be returned.
    pub fn returnable(&self) -> i64 {
        (self.asked - self.returned - self.returning).max(0)
    }

    /// What is still to be paid.
    pub fn due(&self) -> i64 {
        (self.asked - self.captured - (self.returned - self.refunded())).max(0)
    }

    fn add(&mut self, transaction: &Transaction) {
        let amount = transaction.amount;
        match (transaction.action, transaction.state) {
            (Action::Capture, State::Succeeded) => self.captured += amount,
            (Action::Reversal, State::Succeeded) => self.captured -= amount,
            (Action::Refund, State::Succeeded) => self.returned += amount,
            (Action::Refund, State::Pending | State::Unknown) => self.returning += amount,
            _ => {}
        }
    }
}

/// What the part of `invoice` comes to.
pub fn part_of(transactions: &[Transaction], invoice: &Transaction) -> Part {
    let tree = Tree::of(transactions);
    let mut part = Part::default();
    for transaction in transactions {
        if tree.invoice_of(transaction) == Some(invoice.id) {
            part.add(transaction);
            part.canceled |=
                transaction.action == Action::Cancel && transaction.state == State::Succeeded;
        }
    }
    let counts = invoice.state == State::Succeeded && !part.canceled;
    part.asked = if counts { invoice.amount } else { 0 };
    part
}

/// Who descends from whom.
struct Tree<'t>(HashMap<TransactionId, &'t Transaction>);

impl<'t> Tree<'t> {
    fn of(transactions: &'t [Transaction]) -> Self {
        Tree(transactions.iter().map(|it| (it.id, it)).collect())
    }

    /// The invoice above a transaction; itself is not above it.
    fn invoice_of(&self, transaction: &Transaction) -> Option<TransactionId> {
        let mut at = transaction;
        // Parents are older, so the way up ends.
        while let Some(parent) = at.parent_id.and_then(|id| self.0.get(&id)) {
            if parent.action == Action::Invoice {
                return Some(parent.id);
            }
            at = parent;
        }
        None
    }
}

impl Amounts {
    /// Adds up the transactions of a payment over `amount`.
    pub fn of(amount: i64, transactions: &[Transaction]) -> Self {
        let tree = Tree::of(transactions);
        let mut sums = Amounts::default();
        // Offline payments have no invoices: what was paid is what can be given back.
        let mut direct = Part::default();
        let mut parts: HashMap<TransactionId, Part> = HashMap::new();
        for transaction in transactions {
            let invoice = tree.invoice_of(transaction);
            let succeeded = transaction.state == State::Succeeded;
            match (transaction.action, invoice) {
                (Action::Authorize, _) if succeeded => sums.authorized += transaction.amount,
                (Action::Invoice, _) if succeeded => {
                    parts.entry(transaction.id).or_default().asked = transaction.amount
                }
                (Action::Cancel, None) if succeeded => sums.canceled += transaction.amount,
                (Action::Cancel, Some(invoice)) if succeeded => {
                    parts.entry(invoice).or_default().canceled = true
                }
                (_, Some(invoice)) => parts.entry(invoice).or_default().add(transaction),
                (_, None) => direct.add(transaction),
            }
        }
        direct.asked = direct.captured;
        let unpaid_returns = |part: &Part| part.returned - part.refunded();
        let mut forgiven = unpaid_returns(&direct);
        for part in parts.values_mut() {
            if part.canceled {
                part.asked = 0;
            }
            sums.invoiced += part.asked;
            sums.captured += part.captured;
            sums.returned += part.returned;
            sums.refunded += part.refunded();
            forgiven += unpaid_returns(part);
        }
        sums.captured += direct.captured;
        sums.returned += direct.returned;
        sums.refunded += direct.refunded();
        sums.open_authorized = (sums.authorized - sums.canceled - sums.invoiced).max(0);
        sums.due = (amount - sums.canceled - forgiven - sums.captured).max(0);
        sums
    }

    /// What was returned before anybody had paid it.
    pub fn forgiven(&self) -> i64 {
        self.returned - self.refunded
    }
}
