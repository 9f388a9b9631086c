//! An operator books money received on an offline method.

use chrono::{DateTime, Utc};

use super::wrong_state;
use crate::{
    ids,
    payments::{
        apply_snapshot::finish_purchase,
        details::Details,
        error::{Excess, PaymentError},
        ledger::{Cause, Ledger},
        service::Intent,
        transaction::{Action, Event, Origin, Transaction},
    },
};

/// Received money, as an operator reports it.
#[derive(Clone, Debug, Default)]
pub struct ReceivedMoney {
    /// Minor units; all that is due when it is left out.
    pub amount: Option<i64>,
    /// The operator's name for it, such as the number of a check.
    pub reference: Option<String>,
    /// When it was received.
    pub received_at: Option<DateTime<Utc>>,
    pub note: Option<String>,
}

/// Books an amount, or all that is due.
pub fn capture(
    ledger: &mut Ledger,
    money: &ReceivedMoney,
    by: Cause,
) -> Result<Intent, PaymentError> {
    if ledger.payment.provider_order.is_some() {
        return Err(wrong_state(
            ledger,
            "The provider pays its invoices itself, and the service hears of it; invoice what was sold.",
        ));
    }
    let due = ledger.amounts().due;
    if due == 0 || ledger.payment.ended.is_some() {
        return Err(wrong_state(ledger, "Nothing is due."));
    }
    let amount = money.amount.unwrap_or(due);
    if amount > due {
        return Err(PaymentError::ExceedsRemaining(vec![Excess::new(
            "/amount",
            super::money(ledger, amount),
            super::money(ledger, due),
        )]));
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
    new.caller_reference = money.reference.clone();
    new.details = Details {
        received_at: money.received_at,
        note: money.note.clone(),
        ..Details::default()
    };
    ledger.add(new, by, "Money came.");
    ledger.advance(id, Event::Succeeds, by, "Money came.");
    if ledger.amounts().due == 0 {
        finish_purchase(ledger, Event::Succeeds, by, "The payment is complete.");
    }
    Ok(Intent {
        transaction: id,
        command: None,
    })
}
