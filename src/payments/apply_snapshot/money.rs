//! Captures the money received on invoices, and reverses what the provider took back.
//!
//! The provider reports a total for an invoice. Its growth since the last reading is one more capture; a certain fall
//! is a reversal. Received money is booked even if it is more than was invoiced.

use chrono::{DateTime, TimeDelta, Utc};

use super::prelude::*;
use crate::{
    integrations::Financing,
    payments::{amounts::PartAmounts, details::Fall},
};

/// The minimum time between two readings that together prove a fall.
const APART: TimeDelta = TimeDelta::minutes(1);

/// The total received on an invoice by one reading.
struct Receipts {
    /// Minor units.
    total: i64,
    fall: Falls,
    message: &'static str,
}

/// Whether a total below what was captured proves that money was taken back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Falls {
    /// It does not: a return since then may be the reason.
    Never,
    /// It does.
    Now,
    /// It does once two readings agree.
    Twice,
}

impl Reading<'_> {
    /// Captures what was received on the invoice since, and reverses what the provider took back.
    pub(super) fn money(
        &mut self,
        id: TransactionId,
        seen: &InvoiceSnapshot,
        financing: Financing,
    ) {
        let Some(invoice) = self.ledger.find(id).cloned() else {
            return;
        };
        let part = self.ledger.part(&invoice);
        let now = self.by.at;
        if let Some(receipts) = receipts(&invoice, part, seen, financing) {
            let total = receipts.total;
            let fallen = receipts.fall != Falls::Never && total < part.captured;
            let fall = fallen.then(|| Fall {
                total,
                since: since(&invoice, total, now),
            });
            let certain =
                receipts.fall == Falls::Now || fall.is_some_and(|fall| now - fall.since >= APART);
            match total - part.captured {
                more if more > 0 => self.book(id, Action::Capture, more, seen, receipts.message),
                less if less < 0 && certain => {
                    let message =
                        "The invoice is not paid any more at the provider, or not as much of it.";
                    self.book(id, Action::Reversal, -less, seen, message);
                }
                _ => {}
            }
            let captured = self.ledger.part(&invoice).captured;
            self.edit(id, |it| {
                let details = it.details.invoice.get_or_insert_default();
                details.fall = fall.filter(|fall| fall.total < captured);
            });
        }
        let part = self.ledger.part(&invoice);
        if part.captured > part.billed {
            let money = |minor| self.ledger.payment.money(minor);
            let message = "The provider shows a payment above the amount of the invoice; resolve it there, or refund the difference.";
            let noticed = Observation::of(FindingCode::PaidTooMuch, &seen.id, message);
            let noticed = noticed.with(money(part.billed), money(part.captured));
            self.findings.push(noticed);
        }
    }

    fn book(
        &mut self,
        invoice: TransactionId,
        action: Action,
        amount: i64,
        seen: &InvoiceSnapshot,
        message: &str,
    ) {
        let last = self.ledger.booked(invoice).map(|it| it.ordinal).max();
        let mut new = Transaction::new(action, amount, Some(invoice), self.by.at);
        new.ordinal = last.unwrap_or(0).saturating_add(1);
        if action == Action::Capture {
            new.reference = Some(seen.id.clone());
            // The reported fee is a total, so the fees of earlier captures are subtracted.
            let booked = self.ledger.booked(invoice).filter_map(|it| it.details.fee);
            let earlier = booked.fold(0, i64::saturating_add);
            let fee = seen.funding.map(|funding| funding.fee);
            new.details.fee = fee.map(|fee| fee.saturating_sub(earlier));
        }
        self.adopt(new, message);
    }
}

/// When a fall to this total was seen first.
fn since(invoice: &Transaction, total: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    let known = invoice.details.invoice.as_ref().and_then(|it| it.fall);
    let same = known.filter(|fall| fall.total == total);
    same.map_or(now, |fall| fall.since)
}

/// The total received on an invoice; `None` if this reading does not show it.
fn receipts(
    invoice: &Transaction,
    part: PartAmounts,
    seen: &InvoiceSnapshot,
    financing: Financing,
) -> Option<Receipts> {
    let billed = seen.amount.unwrap_or(invoice.amount);
    let billed = billed.saturating_sub(part.written_off);
    let was_funded = invoice.funding().is_some();
    let received = |total: i64, fall, message| {
        Some(Receipts {
            total: total.max(0),
            fall,
            message,
        })
    };
    let by_provider = "The provider paid the invoice.";
    let by_buyer = "The buyer paid the invoice.";
    match (seen.status, seen.funding, financing) {
        (Some(InvoiceStatus::Canceled), ..) => received(0, Falls::Now, by_provider),
        (_, Some(funding), _) => match funding.amount {
            Some(amount) => received(amount, Falls::Now, by_provider),
            None => received(unreturned(billed, seen, None)?, Falls::Never, by_provider),
        },
        // Not every response repeats an earlier funding.
        (_, None, Financing::Provider) if was_funded => None,
        // The buyer's payments count once, when they are complete and the provider reported no funding.
        (Some(InvoiceStatus::Closed), None, Financing::Provider) if part.captured > 0 => None,
        (Some(InvoiceStatus::Closed), None, _) => {
            let paid = unreturned(billed, seen, seen.final_at)?;
            received(paid, Falls::Never, by_buyer)
        }
        (Some(InvoiceStatus::Pending | InvoiceStatus::Open), None, Financing::Provider) => {
            received(0, Falls::Now, by_provider)
        }
        (Some(InvoiceStatus::Pending | InvoiceStatus::Open), None, Financing::Own) => {
            let due = seen.amount_due?;
            // Nothing is due of what was returned, whether it had been paid or not.
            let fall = if due == 0 { Falls::Never } else { Falls::Twice };
            let paid = unreturned(billed, seen, None)?.saturating_sub(due);
            received(paid, fall, by_buyer)
        }
        (None, None, _) => None,
    }
}

/// The billed amount less the returns that were made until it was paid; without `paid`, less all returns. `None` if the
/// list of returns is not complete.
fn unreturned(billed: i64, seen: &InvoiceSnapshot, paid: Option<DateTime<Utc>>) -> Option<i64> {
    let returns = seen.returns.as_ref().filter(|returns| returns.complete)?;
    let before = returns
        .items
        .iter()
        .filter(|it| !matches!((it.created_at, paid), (Some(made), Some(paid)) if made > paid))
        .filter_map(|it| it.amount)
        .fold(0, i64::saturating_add);
    Some(billed.saturating_sub(before))
}

/// Whether money was received on an invoice, by the provider's data.
pub(super) fn is_paid(seen: &InvoiceSnapshot) -> bool {
    match (seen.status, seen.funding.and_then(|it| it.amount)) {
        (Some(InvoiceStatus::Canceled) | None, _) => false,
        (_, Some(amount)) => amount > 0,
        (status, None) => status == Some(InvoiceStatus::Closed) || seen.funding.is_some(),
    }
}
