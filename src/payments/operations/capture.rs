//! An operator books money that came on an offline method.

use super::{money, wrong_state};
use crate::{
    ids,
    payments::{
        desk::Begun,
        heed::finish_purchase,
        ledger::{Ledger, Mover},
        not_done::NotDone,
        transaction::{Action, Event, Origin, Transaction},
    },
};

/// Books an amount, or all that is due.
pub fn capture(ledger: &mut Ledger, amount: Option<i64>, by: Mover) -> Result<Begun, NotDone> {
    if ledger.payment.place.is_some() {
        return Err(wrong_state(
            ledger,
            "Apruve pays its invoices itself, and the service hears of it; invoice what was sold.",
        ));
    }
    let due = ledger.amounts().due;
    if due == 0 || ledger.payment.ended.is_some() {
        return Err(wrong_state(ledger, "Nothing is due."));
    }
    let amount = amount.unwrap_or(due);
    if amount > due {
        return Err(NotDone::ExceedsRemaining {
            what: money(ledger, amount),
            left: money(ledger, due),
            pointer: "/amount",
        });
    }
    let mut new = Transaction::new(
        ids::fresh(by.at),
        Action::Capture,
        Origin::Caller,
        amount,
        by.at,
    );
    let id = new.id;
    new.parent_id = ledger.purchase().map(|it| it.id);
    ledger.add(new, by, "Money came.");
    // New ones take it.
    let _ = ledger.apply(id, Event::Succeeds, by, "Money came.");
    if ledger.amounts().due == 0 {
        finish_purchase(ledger, Event::Succeeds, by, "The payment is complete.");
    }
    Ok(Begun {
        transaction: id,
        command: None,
    })
}
