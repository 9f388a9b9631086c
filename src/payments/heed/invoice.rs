//! The invoices at the provider: ours are settled and followed, others adopted.

use super::{FundedAt, money::money, parts, search::missed, standing::stand};
use crate::{
    findings::{FindingCode, Observation},
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
    findings: &mut Vec<Observation>,
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
    findings: &mut Vec<Observation>,
) {
    stand(ledger, id, seen, funded_at, by);
    parts::heed(ledger, id, seen, by, findings);
    let canceled_here = ledger
        .find(id)
        .is_some_and(|invoice| ledger.part(invoice).canceled);
    match seen.standing {
        Some(Standing::Pending | Standing::Open | Standing::Closed) if canceled_here => {
            findings.push(Observation::of(
                FindingCode::InvoiceNotCanceled,
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
    findings: &mut Vec<Observation>,
) -> bool {
    let Some(invoice) = ledger.find(id) else {
        return false;
    };
    if !fits(ledger, seen, invoice.amount) {
        findings.push(Observation::of(
            FindingCode::InvoiceDiffers,
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
    findings: &mut Vec<Observation>,
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
        findings.push(Observation::of(
            FindingCode::InvoiceUnexplained,
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

/// Ours that a complete list does not have.
fn unseen(
    ledger: &mut Ledger,
    seen: &List<InvoiceSeen>,
    by: Mover,
    findings: &mut Vec<Observation>,
) {
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
            State::Succeeded => findings.push(Observation {
                reference: invoice.reference.as_ref().map(ToString::to_string),
                ..Observation::of(
                    FindingCode::InvoiceGone,
                    "",
                    "Apruve does not list an invoice that was made there; ask Apruve.",
                )
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
