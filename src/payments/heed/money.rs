//! What came of invoices: captured once, and taken back where the provider took it back.

use chrono::{DateTime, Utc};

use crate::{
    apruve::ApruveId,
    findings::{FindingCode, Observation},
    ids::{self, TransactionId},
    payments::{
        details::Standing,
        ledger::{Ledger, Mover},
        picture::{FundingSeen, InvoiceSeen},
        transaction::{Action, Origin, State, Transaction},
    },
};

/// Captures what came of the invoice, once, and takes back what the provider took back.
pub(super) fn money(
    ledger: &mut Ledger,
    id: TransactionId,
    seen: &InvoiceSeen,
    by: Mover,
    findings: &mut Vec<Observation>,
) {
    let Some(invoice) = ledger.find(id).cloned() else {
        return;
    };
    let capture = ledger
        .children(id, Action::Capture)
        .find(|it| it.origin == Origin::Provider)
        .map(|it| (it.id, it.amount));
    let taken_back = capture.is_some_and(|(capture, _)| {
        ledger
            .children(capture, Action::Reversal)
            .any(|it| it.state == State::Succeeded)
    });
    let came = came(invoice.amount, seen);
    match (capture, came) {
        (None, Some(amount)) if amount > 0 => {
            let mut new = Transaction::new(
                ids::fresh(by.at),
                Action::Capture,
                Origin::Provider,
                amount,
                by.at,
            );
            new.parent_id = Some(id);
            new.reference = Some(seen.id.clone());
            let message = match seen.funding {
                Some(_) => "Apruve paid the invoice.",
                None => "The buyer paid the invoice.",
            };
            ledger.adopt(new, by, message);
        }
        (Some((capture, amount)), None) if !taken_back && is_undone(&invoice, seen) => {
            let mut new = Transaction::new(
                ids::fresh(by.at),
                Action::Reversal,
                Origin::Provider,
                amount,
                by.at,
            );
            new.parent_id = Some(capture);
            ledger.adopt(new, by, "The invoice is not paid any more at Apruve.");
        }
        (Some(_), Some(_)) if taken_back => findings.push(paid_again(&seen.id)),
        _ => {}
    }
}

/// Whether a paid invoice is certain not to be paid any more. That a funding we have read before is not told this time says
/// nothing: not every answer has it.
fn is_undone(invoice: &Transaction, seen: &InvoiceSeen) -> bool {
    let was_funded = invoice
        .details
        .invoice
        .as_ref()
        .is_some_and(|it| it.funding.is_some());
    match seen.standing {
        Some(Standing::Canceled) => true,
        Some(Standing::Pending | Standing::Open) => !was_funded,
        Some(Standing::Closed) | None => false,
    }
}

fn paid_again(invoice: &ApruveId) -> Observation {
    Observation::of(
        FindingCode::PaidAgain,
        invoice,
        "Apruve shows an invoice as paid whose capture it took back before; book it by hand.",
    )
}

/// What came of an invoice: funded by Apruve, or paid by the buyer.
fn came(asked: i64, seen: &InvoiceSeen) -> Option<i64> {
    match (seen.standing, seen.funding) {
        (Some(Standing::Canceled), _) => None,
        (
            _,
            Some(FundingSeen {
                amount: Some(amount),
                ..
            }),
        ) => Some(amount.clamp(0, asked)),
        (_, Some(_)) => unreturned(asked, seen, None),
        (Some(Standing::Closed), None) => unreturned(asked, seen, seen.final_at),
        _ => None,
    }
}

/// What was asked for, less what was taken off until it was paid. `None` as long as not everything that was taken off is
/// known, because a capture is booked once.
fn unreturned(asked: i64, seen: &InvoiceSeen, paid: Option<DateTime<Utc>>) -> Option<i64> {
    let returns = seen.returns.as_ref().filter(|returns| returns.complete)?;
    let before = returns
        .items
        .iter()
        .filter(|it| !matches!((it.created_at, paid), (Some(made), Some(paid)) if made > paid))
        .filter_map(|it| it.amount)
        .fold(0, i64::saturating_add);
    Some(asked.saturating_sub(before).clamp(0, asked))
}
