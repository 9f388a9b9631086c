//! The invoices at the provider: ours are settled and followed, others adopted, and the money they brought is captured.

use chrono::{DateTime, Utc};

use super::{Finding, FundedAt, parts, search::missed};
use crate::{
    apruve::ApruveId,
    ids::{self, TransactionId},
    payments::{
        details::{Details, InvoiceDetails, Standing},
        ledger::{Ledger, Mover},
        picture::{FundingSeen, InvoiceSeen, List},
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
    // Ours come first, because one that is canceled or was never made leaves room for others.
    let mut others = Vec::new();
    for invoice in &seen.items {
        match ours(ledger, invoice) {
            Some(id) if follow(ledger, id, invoice, by, findings) => {
                attend(ledger, id, invoice, funded_at, by, findings);
            }
            Some(_) => {}
            None => others.push(invoice),
        }
    }
    if seen.complete {
        unseen(ledger, seen, by, findings);
    }
    for invoice in others {
        if let Some(id) = adopt(ledger, invoice, by, findings) {
            attend(ledger, id, invoice, funded_at, by, findings);
        }
    }
}

/// Follows all that is known of an invoice.
fn attend(
    ledger: &mut Ledger,
    id: TransactionId,
    seen: &InvoiceSeen,
    funded_at: &FundedAt,
    by: Mover,
    findings: &mut Vec<Finding>,
) {
    stand(ledger, id, seen, funded_at, by);
    parts::heed(ledger, id, seen, by, findings);
    let canceled_here = ledger
        .find(id)
        .is_some_and(|invoice| ledger.part(invoice).canceled);
    match seen.standing {
        Some(Standing::Pending | Standing::Open | Standing::Closed) if canceled_here => {
            findings.push(Finding::new(
                "invoice_not_canceled",
                &seen.id,
                "An invoice that is canceled here is not canceled at Apruve; nothing is taken from it.",
            ));
        }
        _ => money(ledger, id, seen, by, findings),
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
    let authorization = ledger.authorization().filter(|it| it.is_reserved());
    // As long as the order waits, its next picture tells more.
    if authorization.is_some_and(|it| !it.state.is_settled()) {
        return None;
    }
    let authorization = authorization.map(|it| it.id);
    let amount = seen.amount.unwrap_or(0);
    // Zero without an authorization. A cancellation under way gives up what is left once it is done.
    let left = ledger.uninvoiced();
    if amount <= 0 || amount > left || !fits(ledger, seen, amount) {
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
    new.parent_id = authorization;
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
            // One that was issued before it was canceled is open no more; what is under way will be refused.
            Some(Standing::Canceled) if seen.issued_at.is_some() => {
                let _ = ledger.apply(issue, Event::Succeeds, by, "The invoice was issued.");
            }
            Some(Standing::Pending | Standing::Canceled) => {
                missed(ledger, issue, by, "The invoice at Apruve is not issued.")
            }
            None => {}
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

fn paid_again(invoice: &ApruveId) -> Finding {
    Finding::new(
        "paid_again",
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
        .filter(|it| ledger.standing(it) != Standing::Canceled)
        .cloned()
        .collect();
    for invoice in lost {
        match invoice.state {
            State::Succeeded => findings.push(Finding {
                code: "invoice_gone".to_owned(),
                message: "Apruve does not list an invoice that was made there.".to_owned(),
                reference: invoice.reference.as_ref().map(ToString::to_string),
            }),
            _ => missed(
                ledger,
                invoice.id,
                by,
                "Apruve has no invoice with this number.",
            ),
        }
    }
}
