//! The events of a change of a payment: the difference between the ledger as it was read and as it is written.

mod data;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use super::{
    ledger::Ledger,
    status::Status,
    transaction::{Action, State, Transaction},
};
use crate::{
    events::{EventDraft, EventInvoice, EventType},
    ids::TransactionId,
    providers::InvoiceStatus,
};

/// What happened, and the transaction that it happened to.
type Announced<'l> = (EventType, Option<&'l Transaction>);

/// The events, in this order: the creation, results of transactions and invoices, the status, and whether anything
/// became unknown or known.
pub fn announcements(ledger: &Ledger) -> Vec<EventDraft> {
    if !ledger.has_moved() {
        return Vec::new();
    }
    let before = ledger.before();
    let moved = last_moved(&before, ledger);
    let mut all: Vec<Announced<'_>> = Vec::new();
    // The first change makes the first version.
    if ledger.payment.version == 1 {
        all.push((EventType::PaymentCreated, moved));
    }
    for transaction in ledger.touched() {
        let kinds = of_transaction(&before, ledger, transaction);
        all.extend(kinds.into_iter().map(|kind| (kind, Some(transaction))));
    }
    let status = ledger.status();
    if status != before.status() {
        all.extend(became(status).map(|kind| (kind, moved)));
    }
    match (before.has_unknown(), ledger.has_unknown()) {
        (false, true) => all.push((EventType::PaymentUnsettled, moved)),
        (true, false) => all.push((EventType::PaymentSettled, moved)),
        _ => {}
    }
    let draft = |(kind, about): Announced<'_>| {
        let previous = (kind != EventType::PaymentCreated).then(|| before.status());
        let data = data::of(ledger, previous, about);
        EventDraft::of_payment(kind, ledger.payment.updated_at, &data)
    };
    all.into_iter().map(draft).collect()
}

/// The event of a payment for which the provider should have paid the shop by now.
pub fn funding_overdue(ledger: &Ledger, now: DateTime<Utc>) -> EventDraft {
    let data = data::of(ledger, Some(ledger.status()), None);
    EventDraft::of_payment(EventType::PaymentFundingOverdue, now, &data)
}

/// The event of an invoice or offline sale that reached a number of days past due; `None` if it is not of this payment.
pub fn invoice_overdue(
    ledger: &Ledger,
    invoice: TransactionId,
    days_past_due: u32,
    now: DateTime<Utc>,
) -> Option<EventDraft> {
    let invoice = ledger.find(invoice)?;
    let mut data = data::of(ledger, Some(ledger.status()), None);
    data.invoice = Some(EventInvoice {
        days_past_due: Some(days_past_due),
        ..data::invoice_of(ledger, invoice)
    });
    let draft = EventDraft::of_payment(EventType::InvoiceOverdue, now, &data);
    Some(draft)
}

fn of_transaction(before: &Ledger, ledger: &Ledger, transaction: &Transaction) -> Vec<EventType> {
    let was = before.find(transaction.id);
    let had_succeeded = was.is_some_and(|it| it.state == State::Succeeded);
    let succeeds = transaction.state == State::Succeeded && !had_succeeded;
    let mut kinds = Vec::new();
    match transaction.action {
        Action::Shipment if succeeds => kinds.push(EventType::PaymentShipped),
        Action::Capture if succeeds => kinds.push(EventType::PaymentCaptured),
        Action::Invoice => {
            if funded(transaction) > was.map_or(0, funded) {
                kinds.push(EventType::InvoiceFunded);
            }
            let was_closed = was.is_some_and(|it| is_closed(before, it));
            if is_closed(ledger, transaction) && !was_closed {
                kinds.push(EventType::InvoiceClosed);
            }
        }
        _ => {}
    }
    kinds
}

/// What the provider paid for an invoice, in minor units.
fn funded(invoice: &Transaction) -> i64 {
    invoice.funding().map_or(0, |funding| funding.amount)
}

fn is_closed(ledger: &Ledger, invoice: &Transaction) -> bool {
    ledger.invoice_status(invoice) == InvoiceStatus::Closed
}

/// The last transaction whose state changed, or else the last one that changed at all.
fn last_moved<'l>(before: &Ledger, ledger: &'l Ledger) -> Option<&'l Transaction> {
    let moves = |it: &&Transaction| before.find(it.id).is_none_or(|was| was.state != it.state);
    let moved = ledger.touched().filter(moves).last();
    moved.or_else(|| ledger.touched().last())
}

/// The event of a new status; every payment begins as `pending`.
fn became(status: Status) -> Option<EventType> {
    Some(match status {
        Status::Pending => return None,
        Status::Refunded => EventType::PaymentRefunded,
        Status::PartiallyRefunded => EventType::PaymentPartiallyRefunded,
        Status::Paid => EventType::PaymentPaid,
        Status::PartiallyPaid => EventType::PaymentPartiallyPaid,
        Status::Invoiced => EventType::PaymentInvoiced,
        Status::PartiallyInvoiced => EventType::PaymentPartiallyInvoiced,
        Status::Authorized => EventType::PaymentAuthorized,
        Status::PartiallyAuthorized => EventType::PaymentPartiallyAuthorized,
        Status::Canceled => EventType::PaymentCanceled,
        Status::Declined => EventType::PaymentDeclined,
        Status::Expired => EventType::PaymentExpired,
    })
}
