//! One change of a payment, written whole or not at all: the ledger, what the audit log keeps of it, and the keys it gives
//! back.
//!
//! Whoever finds out that an operation came to nothing, its own answer or a later look, gives its idempotency key back in the
//! same database transaction. A process that is killed in between would otherwise leave a key that stands for nothing.

use super::{
    ledger::Ledger,
    not_done::NotDone,
    record::Record,
    store::{self, Written},
    transaction::{Action, State},
};
use crate::{audit::Actor, idempotency, store::Tx};

/// Failures that say that nothing was done, so that the same request may be made again. What was done and then declined is
/// not among them.
const NOTHING_DONE: [&str; 5] = [
    "key_refused",
    "not_found",
    "not_sent",
    "provider_refused",
    "resolved",
];

/// A change that is about to be written.
pub struct Change {
    written: Written,
    record: Record,
    came_to_nothing: Vec<String>,
}

impl Change {
    /// What happened to a ledger since it was read, and who did it.
    pub fn of(ledger: &Ledger, actor: &Actor) -> Self {
        Change {
            written: Written::new(ledger),
            record: Record::of(ledger, actor),
            came_to_nothing: came_to_nothing(ledger),
        }
    }

    /// Writes it. [`NotDone::Contended`] when others wrote meanwhile.
    pub fn write(&self, tx: &mut Tx<'_>) -> Result<(), NotDone> {
        if !store::save(tx, &self.written)? {
            return Err(NotDone::Contended);
        }
        self.record.write(tx)?;
        for operation in &self.came_to_nothing {
            idempotency::forget_operation(tx, operation)?;
        }
        Ok(())
    }
}

/// The operations that this change ends without anything done. The key of an order made for a buyer stands for the payment.
fn came_to_nothing(ledger: &Ledger) -> Vec<String> {
    let moved = ledger.happened().iter().filter(|it| it.changed);
    let mut operations = Vec::new();
    for transaction in moved.filter_map(|it| ledger.find(it.transaction_id?)) {
        let nothing_done = transaction
            .failure
            .as_ref()
            .is_some_and(|failure| NOTHING_DONE.contains(&failure.code.as_str()));
        if transaction.state != State::Failed || !nothing_done {
            continue;
        }
        operations.push(transaction.id.to_string());
        if transaction.action == Action::Authorize {
            operations.push(ledger.payment.id.to_string());
        }
    }
    operations
}
