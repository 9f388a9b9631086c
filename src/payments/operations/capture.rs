//! An operator books money received on an offline method.

use chrono::{DateTime, Utc};

use super::prelude::*;
use crate::payments::apply_snapshot::finish_purchase;

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
    received: &ReceivedMoney,
    by: Cause,
) -> Result<Intent, PaymentError> {
    if ledger.payment.provider_order.is_some() {
        return ledger.refuse(
            "The provider pays its invoices itself, and the service hears of it; invoice what was sold.",
        );
    }
    let due = ledger.amounts().due;
    if due == 0 || ledger.payment.ended.is_some() {
        return ledger.refuse("Nothing is due.");
    }
    let amount = received.amount.unwrap_or(due);
    check_left(ledger, "/amount", amount, due)?;
    let mut new = Transaction::new(Action::Capture, amount, ledger.purchase_id(), by.at);
    new.caller_reference = received.reference.clone();
    new.details.received_at = received.received_at;
    new.details.note.clone_from(&received.note);
    let id = ledger.add_done(new, by, "Money came.");
    if ledger.amounts().due == 0 {
        finish_purchase(ledger, Event::Succeeds, by, "The payment is complete.");
    }
    Ok(Intent::without_command(id))
}
