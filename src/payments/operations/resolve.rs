//! A person settles what reading cannot.

use crate::{
    ids::TransactionId,
    payments::{
        answered::give_up_authorization,
        heed::{finish_cancellation, finish_purchase},
        ledger::{Ledger, Mover},
        not_done::NotDone,
        status::Ended,
        transaction::{Action, Event, Failure, State},
    },
};

/// Says what became of a transaction whose outcome is unknown.
pub fn resolve(
    ledger: &mut Ledger,
    id: TransactionId,
    succeeded: bool,
    reason: &str,
    by: Mover,
) -> Result<(), NotDone> {
    let transaction = ledger.find(id).ok_or(NotDone::NoTransaction)?;
    if transaction.state != State::Unknown {
        return Err(NotDone::NotUnknown(transaction.state));
    }
    let (action, on_order) = (transaction.action, !ledger.is_of_invoice(transaction));
    if succeeded {
        // Unknown takes either.
        let _ = match action {
            Action::Cancel if on_order => finish_cancellation(ledger, id, by, reason),
            _ => ledger.apply(id, Event::Succeeds, by, reason),
        };
        ledger.edit(id, by.at, |it| {
            it.details.note = Some(format!("Resolved by a person: {reason}"))
        });
        match action {
            Action::Authorize => finish_purchase(ledger, Event::Succeeds, by, reason),
            Action::Cancel if on_order => give_up_authorization(ledger, by),
            _ => {}
        }
    } else {
        let _ = ledger.fail(id, Failure::new("resolved", reason), by);
        if action == Action::Authorize {
            finish_purchase(ledger, Event::Fails, by, reason);
            ledger.edit_payment(by.at, |payment| payment.ended = Some(Ended::Declined));
        }
    }
    Ok(())
}
