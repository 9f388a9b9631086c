//! What each transaction changed in the books of its invoice or sale, in the order in which they were booked.

use chrono::{DateTime, Utc};

use super::{
    amounts::invoice_of,
    balance::{Balance, asks},
    transaction::{Action, Origin, State, Transaction},
};
use crate::{ids::TransactionId, providers::Funding};

/// A transaction that counts in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedMove {
    pub transaction: TransactionId,
    /// The invoice, or the purchase of the offline sale.
    pub invoice: TransactionId,
    pub action: Action,
    pub booked_at: DateTime<Utc>,
    /// What it changed. Where a capture settles what was returned before, that is part of its change.
    pub change: Balance,
    /// What the provider kept of a capture, in minor units.
    pub fee: i64,
}

/// All moves of a payment, invoice by invoice. A move does not depend on anything that was booked later.
pub fn booked_moves(transactions: &[Transaction], is_offline: bool) -> Vec<BookedMove> {
    let asking = transactions.iter().filter(|it| asks(it, is_offline));
    let moves = asking.flat_map(|it| moves_of(transactions, it, is_offline));
    moves.collect()
}

fn moves_of(
    transactions: &[Transaction],
    asked: &Transaction,
    is_offline: bool,
) -> Vec<BookedMove> {
    let belongs = |it: &Transaction| {
        it.booked_at.is_some() && (is_offline || invoice_of(transactions, it) == Some(asked.id))
    };
    let own: Vec<&Transaction> = transactions.iter().filter(|it| belongs(it)).collect();
    let mut order: Vec<usize> = (0..own.len()).collect();
    order.sort_by_key(|place| (own[*place].booked_at, own[*place].id));
    // All transactions begin as pending, and are then booked one after the other.
    let mut then: Vec<Transaction> = own.iter().map(|it| (*it).clone()).collect();
    for it in &mut then {
        it.state = State::Pending;
    }
    let mut before = Balance::default();
    let mut moves = Vec::with_capacity(own.len());
    for place in order {
        let it = own[place];
        then[place].state = it.state;
        let after = Balance::of(&then, asked);
        let change = after.since(&before);
        before = after;
        let fee = fee_of(&own, asked, it);
        let counts = change != Balance::default() || fee != 0;
        if let Some(booked_at) = it.booked_at.filter(|_| counts) {
            moves.push(BookedMove {
                transaction: it.id,
                invoice: asked.id,
                action: it.action,
                booked_at,
                change,
                fee,
            });
        }
    }
    moves
}

/// The provider's fee on a capture. A fee that was reported for the invoice without a capture belongs to the
/// first capture without a fee.
fn fee_of(own: &[&Transaction], invoice: &Transaction, capture: &Transaction) -> i64 {
    let is_from_provider =
        |it: &&&Transaction| it.action == Action::Capture && it.origin == Origin::Provider;
    if !is_from_provider(&&capture) {
        return 0;
    }
    if let Some(fee) = capture.details.fee {
        return fee;
    }
    let captures = || own.iter().filter(is_from_provider);
    let without_fee = captures().filter(|it| it.details.fee.is_none());
    let first = without_fee.min_by_key(|it| (it.ordinal, it.id));
    if first.is_none_or(|first| first.id != capture.id) {
        return 0;
    }
    let fees = captures().filter_map(|it| it.details.fee);
    let booked = fees.fold(0, i64::saturating_add);
    let left = |funding: Funding| funding.fee.saturating_sub(booked).max(0);
    invoice.funding().map_or(0, left)
}
