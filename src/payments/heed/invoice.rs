//! The invoices at the provider: ours are settled and followed, others adopted, and the money they brought is captured.

use super::{Finding, FundedAt, parts, search::missed};
use crate::{
    apruve::ApruveId,
    ids::{self, TransactionId},
    payments::{
        details::{Details, InvoiceDetails, Standing},
        ledger::{Ledger, Mover},
        picture::{InvoiceSeen, List},
        transaction::{Action, Event, Origin, State, Transaction},
    },
};

pub(super) fn heed(
    ledger: &mut Ledger,
    seen: &List<InvoiceSeen>,
    funded_at: &FundedAt,
    by: Mover,
    findings: &mut Vec<Finding>,
) {
    for invoice in &seen.items {
        let known = match ours(ledger, invoice) {
            Some(id) => follow(ledger, id, invoice, by, findings).then_some(id),
            None => adopt(ledger, invoice, by, findings),
        };
        if let Some(id) = known {
            stand(ledger, id, invoice, funded_at, by);
            parts::heed(ledger, id, invoice, by, findings);
            money(ledger, id, invoice, by, findings);
        }
    }
    if seen.complete {
        unseen(ledger, seen, by, findings);
    }
}

/// Ours by Apruve's id, else by our number as long as its id is not known.
fn ours(ledger: &Ledger, seen: &InvoiceSeen) -> Option<TransactionId> {
    let counts = |it: &&Transaction| it.is_reserved();
    let by_reference = ledger
        .of_action(Action::Invoice)
        .filter(counts)
        .find(|it| it.reference.as_ref() == Some(&seen.id));
    let by_number = || {
        let unclaimed = |it: &&Transaction| {
            it.reference.is_none() && it.number.is_some() && it.number == seen.number
        };
        ledger
            .of_action(Action::Invoice)
            .filter(counts)
            .find(unclaimed)
    };
    by_reference.or_else(by_number).map(|it| it.id)
}

/// Settles one of ours. False when it is not what we made.
fn follow(
    ledger: &mut Ledger,
    id: TransactionId,
    seen: &InvoiceSeen,
    by: Mover,
    findings: &mut Vec<Finding>,
) -> bool {
    let Some(invoice) = ledger.find(id) else {
        return false;
    };
    if !fits(ledger, seen, invoice.amount) {
        findings.push(Finding::new(
            "invoice_differs",
            &seen.id,
            "The invoice at Apruve is over another amount or currency than ours; nothing was taken from it.",
        ));
        return false;
    }
    if !invoice.state.is_settled() {
        // Unsettled takes it.
        let _ = ledger.apply(id, Event::Succeeds, by, "Apruve has the invoice.");
    }
    ledger.edit(id, by.at, |it| it.reference = Some(seen.id.clone()));
    true
}

fn fits(ledger: &Ledger, seen: &InvoiceSeen, amount: i64) -> bool {
    let code = ledger.payment.currency.code();
    seen.amount == Some(amount)
        && seen
            .currency
            .as_deref()
            .is_none_or(|currency| currency == code)
}

/// Takes over an invoice that was made at Apruve, as long as the authorization covers it.
fn adopt(
    ledger: &mut Ledger,
    seen: &InvoiceSeen,
    by: Mover,
    findings: &mut Vec<Finding>,
) -> Option<TransactionId> {
    // Canceled before we heard of it: nothing came of it.
    if seen.standing == Some(Standing::Canceled) {
        return None;
    }
    let authorization = ledger
        .authorization()
        .filter(|it| it.state == State::Succeeded)?
        .id;
    let amount = seen.amount.unwrap_or(0);
    let open = ledger.amounts().open_authorized;
    if amount <= 0 || amount > open || !fits(ledger, seen, amount) {
        findings.push(Finding::new(
            "invoice_unexplained",
            &seen.id,
            "An invoice was made at Apruve that the authorization does not cover; cancel it there, or cancel one of ours.",
        ));
        return None;
    }
    let taken = |number: &String| {
        ledger
            .of_action(Action::Invoice)
            .any(|it| it.is_reserved() && it.number.as_ref() == Some(number))
    };
    let mut new = Transaction::new(
        ids::fresh(by.at),
        Action::Invoice,
        Origin::Provider,
        amount,
        by.at,
    );
    new.parent_id = Some(authorization);
    new.reference = Some(seen.id.clone());
    // Numbers are unique with us and need not be at Apruve.
    new.number = match &seen.number {
        Some(number) if !number.is_empty() && !taken(number) => Some(number.clone()),
        _ => Some(seen.id.to_string()),
    };
    new.details = Details {
        invoice: Some(InvoiceDetails {
            tax: seen.tax,
            shipping: seen.shipping,
            lines: seen.lines.clone(),
            ..InvoiceDetails::default()
        }),
        ..Details::default()
    };
    Some(ledger.adopt(new, by, "An invoice was made at Apruve."))
}

/// Follows how the invoice stands: its status and times, what issued or canceled it.
fn stand(
    ledger: &mut Ledger,
    id: TransactionId,
    seen: &InvoiceSeen,
    funded_at: &FundedAt,
    by: Mover,
) {
    let asked = seen.amount.unwrap_or(0);
    ledger.edit(id, by.at, |it| {
        let details = it.details.invoice.get_or_insert_default();
        details.status = seen.standing.unwrap_or(details.status);
        details.issued_at = seen.issued_at.or(details.issued_at);
        details.due_at = seen.due_at.or(details.due_at);
        details.final_at = seen.final_at.or(details.final_at);
        if let Some(funding) = &seen.funding {
            let known = details.funding.map(|known| known.funded_at);
            let told = funded_at.get(&seen.id).copied();
            // A webhook may tell the moment after a reading has noted its own.
            let at = match (known, told) {
                (Some(known), Some(told)) => known.min(told),
                (known, told) => known.or(told).unwrap_or(by.at),
            };
            details.funding = Some(funding.known(at, asked));
        }
    });
    let open_children = |ledger: &Ledger, action| -> Vec<TransactionId> {
        let children = ledger.children(id, action);
        children
            .filter(|it| !it.state.is_settled())
            .map(|it| it.id)
            .collect()
    };
    for issue in open_children(ledger, Action::Issue) {
        match seen.standing {
            Some(Standing::Open | Standing::Closed) => {
                let _ = ledger.apply(issue, Event::Succeeds, by, "The invoice is issued.");
            }
            Some(Standing::Pending) => {
                missed(ledger, issue, by, "The invoice at Apruve is not issued.")
            }
            Some(Standing::Canceled) | None => {}
        }
    }
    for cancel in open_children(ledger, Action::Cancel) {
        match seen.standing {
            Some(Standing::Canceled) => {
                let _ = ledger.apply(
                    cancel,
                    Event::Succeeds,
                    by,
                    "The invoice at Apruve is canceled.",
                );
            }
            Some(_) => missed(ledger, cancel, by, "The invoice at Apruve is not canceled."),
            None => {}
        }
    }
    let canceled_there = seen.standing == Some(Standing::Canceled);
    let known = ledger
        .find(id)
        .is_some_and(|invoice| ledger.part(invoice).canceled);
    if canceled_there && !known {
        let mut new = Transaction::new(
            ids::fresh(by.at),
            Action::Cancel,
            Origin::Provider,
            asked,
            by.at,
        );
        new.parent_id = Some(id);
        ledger.adopt(new, by, "The invoice was canceled at Apruve.");
    }
}

/// Captures what came of the invoice, once, and takes back what the provider took back.
fn money(
    ledger: &mut Ledger,
    id: TransactionId,
    seen: &InvoiceSeen,
    by: Mover,
    findings: &mut Vec<Finding>,
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
    let came = came(ledger, &invoice, seen);
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

fn paid_again(invoice: &ApruveId) -> Finding {
    Finding::new(
        "paid_again",
        invoice,
        "Apruve shows an invoice as paid whose capture it took back before; book it by hand.",
    )
}

/// What came of an invoice: funded by Apruve, or paid by the buyer. Less what was taken off before.
fn came(ledger: &Ledger, invoice: &Transaction, seen: &InvoiceSeen) -> Option<i64> {
    if seen.standing == Some(Standing::Canceled) {
        return None;
    }
    let asked = invoice.amount;
    if let Some(funding) = seen.funding {
        let due = || asked - ledger.part(invoice).returned;
        return Some(
            funding
                .amount
                .map_or_else(due, |amount| amount.clamp(0, asked)),
        );
    }
    if seen.standing != Some(Standing::Closed) {
        return None;
    }
    let before = match &seen.returns {
        // What was taken off after the buyer paid did not lower what was paid.
        Some(returns) => returns
            .items
            .iter()
            .filter(|it| !matches!((it.created_at, seen.final_at), (Some(made), Some(paid)) if made > paid))
            .filter_map(|it| it.amount)
            .sum(),
        None => ledger.part(invoice).returned,
    };
    Some((asked - before).max(0))
}

/// Ours that a complete list does not have.
fn unseen(ledger: &mut Ledger, seen: &List<InvoiceSeen>, by: Mover, findings: &mut Vec<Finding>) {
    let is_there = |it: &Transaction| {
        seen.items.iter().any(|seen| {
            it.reference.as_ref() == Some(&seen.id)
                || (it.reference.is_none() && it.number == seen.number)
        })
    };
    let lost: Vec<Transaction> = ledger
        .of_action(Action::Invoice)
        .filter(|it| it.is_reserved() && !is_there(it))
        .cloned()
        .collect();
    for invoice in lost {
        match (invoice.state, &invoice.reference) {
            (State::Succeeded, Some(reference)) => findings.push(Finding::new(
                "invoice_gone",
                reference,
                "Apruve does not list an invoice that was made there.",
            )),
            _ => missed(
                ledger,
                invoice.id,
                by,
                "Apruve has no invoice with this number.",
            ),
        }
    }
}
