//! Cancels the part of a payment that is not invoiced.

use super::{OperationStart, wrong_state};
use crate::{
    ids::TransactionId,
    payments::{
        apply_snapshot::finish_purchase,
        error::PaymentError,
        ledger::{Cause, Ledger},
        service::Intent,
        status::Ended,
        transaction::{Action, Event, State, Transaction},
    },
    providers::{Command, InvoiceStatus},
};

/// Whether anything of the payment was invoiced or captured. Canceling then needs `payments:cancel`.
pub fn is_invoiced(ledger: &Ledger) -> bool {
    let money = |it: &Transaction| {
        matches!(it.action, Action::Invoice | Action::Capture) && it.is_reserved()
    };
    ledger.transactions().iter().any(money)
}

/// Begins to cancel everything that is not invoiced.
pub fn begin(ledger: &mut Ledger, start: OperationStart) -> Result<Intent, PaymentError> {
    let by = start.by;
    let order = ledger.payment.provider_order_id().cloned();
    let authorization = ledger
        .authorization()
        .filter(|it| it.is_reserved())
        .cloned();
    match (order, authorization) {
        (Some(order), Some(authorization)) => {
            super::none_open(ledger, authorization.id, Action::Cancel)?;
            let amount = match authorization.state {
                State::Succeeded => ledger.left_to_invoice(),
                _ => authorization.amount,
            };
            if amount == 0 {
                return Err(nothing_left(ledger));
            }
            let new = Transaction::new(Action::Cancel, amount, Some(authorization.id), by.at);
            let command = Command::CancelOrder(order);
            Ok(start.ask(ledger, new, command, "The order is being canceled."))
        }
        (None, Some(_)) => Err(wrong_state(
            ledger,
            "Whether the provider has the order is not known yet; the service reads it back.",
        )),
        (Some(_), None) => Err(nothing_left(ledger)),
        (None, None) => locally(ledger, by, "The payment was canceled."),
    }
}

/// Cancels a payment that has no order at a provider.
fn locally(ledger: &mut Ledger, by: Cause, message: &str) -> Result<Intent, PaymentError> {
    let sums = ledger.amounts();
    if sums.due == 0 || ledger.payment.ended.is_some() {
        return Err(nothing_left(ledger));
    }
    let new = Transaction::new(Action::Cancel, sums.due, ledger.purchase_id(), by.at);
    let id = ledger.add_done(new, by, message);
    let end = if sums.captured > 0 {
        Event::Succeeds
    } else {
        Event::Fails
    };
    finish_purchase(ledger, end, by, message);
    ledger.edit_payment(by.at, |payment| payment.expires_at = None);
    Ok(Intent::without_command(id))
}

/// Replaces an attempt that the buyer has not confirmed.
pub fn supersede(ledger: &mut Ledger, by: Cause) -> Result<(), PaymentError> {
    let untouched = ledger.payment.provider_order_id().is_none()
        && ledger
            .authorization()
            .is_none_or(|it| it.state == State::Failed)
        && !is_invoiced(ledger);
    if !untouched {
        return Err(PaymentError::AnotherIsLive(ledger.payment.id));
    }
    locally(ledger, by, "Another attempt took its place.")?;
    ledger.edit_payment(by.at, |payment| payment.ended = Some(Ended::Superseded));
    Ok(())
}

/// The invoices to cancel first when everything is canceled; each must still allow it.
pub fn open_invoices(ledger: &Ledger) -> Result<Vec<TransactionId>, PaymentError> {
    let mut open = Vec::new();
    for invoice in ledger
        .of_action(Action::Invoice)
        .filter(|it| it.is_reserved())
    {
        if ledger.invoice_status(invoice) == InvoiceStatus::Canceled {
            continue;
        }
        super::made_invoice(ledger, invoice.id)?;
        super::invoice::check_cancelable(ledger, invoice)?;
        open.push(invoice.id);
    }
    Ok(open)
}

fn nothing_left(ledger: &Ledger) -> PaymentError {
    wrong_state(
        ledger,
        "Nothing is left to cancel: what is not invoiced is already canceled.",
    )
}
