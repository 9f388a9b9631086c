//! Cancels the part of a payment that is not invoiced.

use super::prelude::*;
use crate::payments::{apply_snapshot::finish_purchase, status::Ended};

/// Whether anything of the payment was invoiced or captured. Canceling then needs `payments:cancel`.
pub fn is_invoiced(ledger: &Ledger) -> bool {
    let money = |it: &Transaction| {
        matches!(it.action, Action::Invoice | Action::Capture) && it.is_reserved()
    };
    ledger.transactions().iter().any(money)
}

/// Begins to cancel everything that is not invoiced.
pub fn begin(ledger: &mut Ledger, start: OperationStart) -> Result<Intent, PaymentError> {
    let order = ledger.payment.provider_order_id().cloned();
    let authorization = ledger.authorization().filter(|it| it.is_reserved());
    match (order, authorization) {
        (Some(order), Some(authorization)) => {
            let parent = authorization.id;
            none_open(ledger, parent, &[Action::Cancel])?;
            let amount = match authorization.state {
                State::Succeeded => ledger.left_to_invoice(),
                _ => authorization.amount,
            };
            if amount == 0 {
                return nothing_left(ledger);
            }
            let new = Transaction::new(Action::Cancel, amount, Some(parent), start.by.at);
            let command = Command::CancelOrder(order);
            Ok(start.ask(ledger, new, command, "The order is being canceled."))
        }
        (None, Some(_)) => ledger.refuse(
            "Whether the provider has the order is not known yet; the service reads it back.",
        ),
        (Some(_), None) => nothing_left(ledger),
        (None, None) => locally(ledger, start.by, "The payment was canceled."),
    }
}

/// Cancels a payment that has no order at a provider.
fn locally(ledger: &mut Ledger, by: Cause, message: &str) -> Result<Intent, PaymentError> {
    let sums = ledger.amounts();
    if sums.due == 0 || ledger.payment.ended.is_some() {
        return nothing_left(ledger);
    }
    let new = Transaction::new(Action::Cancel, sums.due, ledger.purchase_id(), by.at);
    let id = ledger.add_done(new, by, message);
    let end = match sums.captured > 0 {
        true => Event::Succeeds,
        false => Event::Fails,
    };
    finish_purchase(ledger, end, by, message);
    ledger.edit_payment(by.at, |payment| payment.expires_at = None);
    Ok(Intent::without_command(id))
}

/// Replaces an attempt that the buyer has not confirmed.
pub fn supersede(ledger: &mut Ledger, by: Cause) -> Result<(), PaymentError> {
    let authorization = ledger.authorization();
    let untouched = ledger.payment.provider_order_id().is_none()
        && authorization.is_none_or(|it| it.state == State::Failed)
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
    let invoices = ledger.reserved_invoices();
    let open = invoices.filter(|it| ledger.invoice_status(it) != InvoiceStatus::Canceled);
    let checked = open.map(|invoice| {
        made_invoice(ledger, invoice.id)?;
        super::invoice::check_cancelable(ledger, invoice)?;
        Ok(invoice.id)
    });
    checked.collect()
}

fn nothing_left<T>(ledger: &Ledger) -> Result<T, PaymentError> {
    ledger.refuse("Nothing is left to cancel: what is not invoiced is already canceled.")
}
