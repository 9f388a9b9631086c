//! Applies the provider's answer to one of our calls to the ledger.

use std::fmt::Display;

use crate::{
    ids::TransactionId,
    payments::{
        apply_snapshot::{
            bind, finish_purchase, fix_canceled_amount, fix_closed_amount, is_closing,
        },
        ledger::{Cause, Ledger},
        status::Ended,
        transaction::{Action, Event, Failure, FailureCode, State, Transaction, WrongMove},
    },
    providers::{CommandOutcome, Created, InvoiceSnapshot, InvoiceStatus},
};

/// Records the result of the call of transaction `id`. A transaction that a read has settled already stays as it is.
pub fn answered(ledger: &mut Ledger, id: TransactionId, outcome: &CommandOutcome, by: Cause) {
    let moved = match outcome {
        CommandOutcome::Done(made) => done(ledger, id, made, by),
        CommandOutcome::Refused { status, message } => refused(ledger, id, *status, message, by),
        CommandOutcome::KeyRefused { status } => {
            let message =
                format!("The provider rejects the API key of the integration (status {status}).");
            let failure = Failure::new(FailureCode::KeyRefused, message);
            ledger.fail(id, failure, by).map(drop)
        }
        CommandOutcome::Later(later) => not_sent(ledger, id, later, by),
        CommandOutcome::Lost(cause) => {
            let message = format!("No answer that tells: {cause}.");
            ledger.apply(id, Event::Lost, by, message).map(drop)
        }
        CommandOutcome::NotSent(cause) => not_sent(ledger, id, cause, by),
    };
    if let Err(wrong) = moved {
        let message = format!("An answer came too late: {wrong}.");
        ledger.note(Some(id), "late_answer", false, by, message);
    }
}

fn done(
    ledger: &mut Ledger,
    id: TransactionId,
    made: &Created,
    by: Cause,
) -> Result<(), WrongMove> {
    let Some(transaction) = ledger.find(id).cloned() else {
        return Ok(());
    };
    // A read that settled the transaction before the answer arrived is newer than the answer.
    match (transaction.action, made) {
        // Whether the order is accepted is read back, not taken from here.
        (Action::Authorize, Created::Order(order)) => {
            let provider_order = ledger.payment.provider_order.as_ref();
            if provider_order.is_some_and(|it| it.id.is_none()) {
                bind(ledger, &order.id, by);
            }
            ledger.apply(id, Event::Waits, by, "The provider has the order.")?;
        }
        (Action::Invoice, Created::Invoice(invoice)) => {
            if ledger.apply(id, Event::Succeeds, by, "The provider has the invoice.")? {
                ledger.edit(id, by.at, |it| it.reference = Some(invoice.id.clone()));
                follow(ledger, Some(id), invoice, by);
            }
        }
        (Action::Capture | Action::Cancel, Created::Invoice(invoice))
            if is_closing(&transaction) =>
        {
            let moved = match invoice.status {
                Some(InvoiceStatus::Closed) => {
                    fix_closed_amount(ledger, id, by);
                    ledger.apply(id, Event::Succeeds, by, "The invoice is closed.")?
                }
                _ => ledger.apply(id, Event::Lost, by, "The invoice is not closed yet.")?,
            };
            follow(ledger, transaction.parent_id.filter(|_| moved), invoice, by);
        }
        // The invoice was paid while the call was under way. The next sync shows where the money went.
        (Action::Cancel, Created::Invoice(_)) if is_paid(ledger, &transaction) => {
            ledger.apply(id, Event::Lost, by, "The invoice was paid meanwhile.")?;
        }
        (Action::Issue | Action::Cancel, Created::Invoice(invoice)) => {
            let message = match transaction.action {
                Action::Issue => "The invoice is issued.",
                _ => "The invoice is canceled.",
            };
            let moved = ledger.apply(id, Event::Succeeds, by, message)?;
            follow(ledger, transaction.parent_id.filter(|_| moved), invoice, by);
        }
        (Action::Cancel, Created::Order(_)) => {
            fix_canceled_amount(ledger, id, by);
            if ledger.apply(id, Event::Succeeds, by, "The order is canceled.")? {
                give_up_authorization(ledger, by);
            }
        }
        (Action::Shipment | Action::Refund, Created::Other(reference)) => {
            if ledger.apply(id, Event::Succeeds, by, "The provider has it.")? {
                ledger.edit(id, by.at, |it| it.reference = Some(reference.clone()));
            }
        }
        // A response of another kind than requested is ignored.
        _ => drop(ledger.apply(id, Event::Lost, by, "The answer was about something else.")?),
    }
    Ok(())
}

/// Whether money was received on the invoice of a transaction.
fn is_paid(ledger: &Ledger, transaction: &Transaction) -> bool {
    let invoice = transaction.parent_id.and_then(|id| ledger.invoice(id));
    invoice.is_some_and(|invoice| ledger.part(invoice).captured > 0)
}

/// Stores the status and times of an invoice from an answer.
fn follow(ledger: &mut Ledger, invoice: Option<TransactionId>, seen: &InvoiceSnapshot, by: Cause) {
    if let Some(invoice) = invoice {
        ledger.edit(invoice, by.at, |it| {
            it.details.invoice.get_or_insert_default().follow(seen);
        });
    }
}

/// Fails a transaction that was not sent; the same request may be made again.
fn not_sent(
    ledger: &mut Ledger,
    id: TransactionId,
    cause: impl Display,
    by: Cause,
) -> Result<(), WrongMove> {
    let failure = Failure::new(FailureCode::NotSent, format!("Nothing was sent: {cause}."));
    ledger.fail(id, failure, by).map(drop)
}

/// Whether a refusal is about the requested operation, and not only about the URL or the format of the request.
fn is_about_the_matter(status: u16) -> bool {
    !matches!(status, 404..=406 | 410 | 411 | 413..=415)
}

fn refused(
    ledger: &mut Ledger,
    id: TransactionId,
    status: u16,
    message: &str,
    by: Cause,
) -> Result<(), WrongMove> {
    let cancel = ledger.find(id).filter(|it| it.action == Action::Cancel);
    let is_order = |it: &Transaction| it.action == Action::Authorize;
    let canceled = cancel.and_then(|it| ledger.find(it.parent_id?));
    let cancels_order = canceled.is_some_and(is_order);
    let has_invoices = ledger.of_action(Action::Invoice).any(|it| {
        it.state == State::Succeeded && ledger.invoice_status(it) != InvoiceStatus::Canceled
    });
    if cancels_order && has_invoices && is_about_the_matter(status) {
        // The provider keeps an order with invoices; nothing more will be invoiced on it, so that the rest is over here.
        fix_canceled_amount(ledger, id, by);
        let closed = "The rest is closed on our side only.";
        if ledger.apply(id, Event::Succeeds, by, closed)? {
            ledger.edit(id, by.at, |it| {
                it.details.note = Some(format!(
                    "Closed on our side only: the provider keeps the order open because it has invoices ({message})."
                ));
            });
        }
        return Ok(());
    }
    let makes_order = ledger.find(id).is_some_and(is_order);
    let failed = ledger.fail(id, Failure::new(FailureCode::ProviderRefused, message), by)?;
    // Only a refusal of the buyer's order ends the attempt; in all other cases the order may be made again.
    if failed && makes_order && is_about_the_matter(status) {
        finish_purchase(ledger, Event::Fails, by, message);
        ledger.edit_payment(by.at, |payment| payment.ended = Some(Ended::Declined));
    }
    Ok(())
}

/// Fails an authorization that was still open when its order was canceled.
pub fn give_up_authorization(ledger: &mut Ledger, by: Cause) {
    if let Some(id) = ledger.open_authorization().map(|it| it.id) {
        let failure = Failure::new(FailureCode::Canceled, "The order was canceled.");
        ledger.fail_open(id, failure, by);
    }
    finish_purchase(ledger, Event::Fails, by, "The order was canceled.");
}

#[cfg(test)]
mod tests;
