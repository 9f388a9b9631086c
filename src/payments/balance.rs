//! The amount owed for one invoice or offline sale, by the buyer or the provider, and the amounts booked on it.

use super::{
    amounts::{Amounts, part_of},
    transaction::{Action, Transaction},
};

/// The sums of one invoice or offline sale, in minor units. Every account of the books follows from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// What was asked for, less what was canceled or written off.
    pub asked: i64,
    /// Money received, less what the provider took back.
    pub captured: i64,
    /// Money given back.
    pub refunded: i64,
    /// Returned before it was paid.
    pub forgiven: i64,
}

impl Balance {
    /// The balance of an invoice, or of the purchase of an offline sale.
    pub fn of(transactions: &[Transaction], asked: &Transaction) -> Self {
        if asked.action == Action::Purchase {
            let sums = Amounts::of(asked.amount, transactions);
            return Balance {
                asked: asked.amount.saturating_sub(sums.canceled),
                captured: sums.captured,
                refunded: sums.refunded,
                forgiven: sums.forgiven(),
            };
        }
        let part = part_of(transactions, asked);
        Balance {
            asked: part.billed,
            captured: part.captured,
            refunded: part.refunded(),
            forgiven: part.forgiven(),
        }
    }

    /// Returned, before or after it was paid.
    pub fn returned(&self) -> i64 {
        self.refunded.saturating_add(self.forgiven)
    }

    /// The balance of the account: below zero where more was received than invoiced.
    pub fn receivable(&self) -> i64 {
        let had = self.captured.saturating_add(self.forgiven);
        self.asked.saturating_sub(had)
    }

    /// The change since an earlier balance.
    pub fn since(&self, before: &Balance) -> Balance {
        Balance {
            asked: self.asked.saturating_sub(before.asked),
            captured: self.captured.saturating_sub(before.captured),
            refunded: self.refunded.saturating_sub(before.refunded),
            forgiven: self.forgiven.saturating_sub(before.forgiven),
        }
    }

    /// What is still to be paid.
    pub fn due(&self) -> i64 {
        self.receivable().max(0)
    }
}

/// Whether a transaction is one that asks for money: an invoice, or the purchase of an offline sale.
pub fn asks(transaction: &Transaction, is_offline: bool) -> bool {
    match transaction.action {
        Action::Invoice => true,
        Action::Purchase => is_offline,
        _ => false,
    }
}
