//! What a complete snapshot does not have.

use crate::{
    ids::TransactionId,
    payments::{
        ledger::{Cause, Ledger},
        transaction::{Failure, FailureCode, State},
    },
};

/// Notes that a complete snapshot does not have what an unknown call was to make; after enough of them over enough time the
/// call has failed. A call that may still be under way cannot be missed.
pub(super) fn missed(ledger: &mut Ledger, id: TransactionId, by: Cause, message: &str) {
    let Some(transaction) = ledger.find(id) else {
        return;
    };
    if transaction.state != State::Unknown || transaction.call_until.is_some() {
        return;
    }
    let mut search = transaction.search;
    let certain = search.missed(by.at);
    ledger.edit(id, by.at, |it| it.search = search);
    if certain {
        ledger.fail_open(id, Failure::new(FailureCode::NotFound, message), by);
    }
}
