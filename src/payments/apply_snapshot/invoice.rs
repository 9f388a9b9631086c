//! The invoices at the provider: ours are settled and followed, others adopted.

use super::{
    Known,
    difference::telling,
    invoice_status::apply_status,
    money::{is_paid, money},
    parts,
    search::missed,
};
use crate::{
    findings::{FindingCode, Observation},
    ids::{self, TransactionId},
    payments::{
        details::{Details, InvoiceDetails},
        ledger::{Cause, Ledger},
        transaction::{Action, Event, Origin, State, Transaction},
    },
    providers::{InvoiceSnapshot, InvoiceStatus, List, ProviderId},
};

pub(super) fn apply(
    ledger: &mut Ledger,
    seen: &List<InvoiceSnapshot>,
    known: Known<'_>,
    by: Cause,
    findings: &mut Vec<Observation>,
) {
    // Ours are first, because one that is canceled or was never made leaves room for others.
    let mut others = Vec::new();
    for invoice in &seen.items {
        match ours(ledger, invoice) {
            Some(id) if follow(ledger, id, invoice, by, findings) => {
                attend(ledger, id, invoice, known, by, findings);
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
            attend(ledger, id, invoice, known, by, findings);
        }
    }
    uncovered(ledger, findings);
}

/// Findings for invoices that were adopted only because money was received on them, while the authorization does not cover them.
fn uncovered(ledger: &Ledger, findings: &mut Vec<Observation>) {
    let sums = ledger.amounts();
    if sums.invoiced == 0 || sums.invoiced + sums.canceled <= sums.authorized {
        return;
    }
    let newest = ledger
        .of_action(Action::Invoice)
        .filter(|it| it.origin == Origin::Provider && !ledger.part(it).canceled)
        .filter_map(|it| it.reference.clone())
        .next_back();
    let told = |id: &ProviderId| {
        findings
            .iter()
            .any(|it| it.reference.as_deref() == Some(id.as_str()))
    };
    if let Some(id) = newest.filter(|id| !told(id)) {
        findings.push(unexplained(&id));
    }
}

/// Follows all that is known of an invoice.
fn attend(
    ledger: &mut Ledger,
    id: TransactionId,
    seen: &InvoiceSnapshot,
    known: Known<'_>,
    by: Cause,
    findings: &mut Vec<Observation>,
) {
    apply_status(ledger, id, seen, known.funded_at, by);
    parts::apply(ledger, id, seen, by, findings);
    let canceled_here = ledger
        .find(id)
        .is_some_and(|invoice| ledger.part(invoice).canceled);
    let stands_there = matches!(
        seen.status,
        Some(InvoiceStatus::Pending | InvoiceStatus::Open | InvoiceStatus::Closed)
    );
    if stands_there && canceled_here {
        findings.push(Observation::of(
            FindingCode::InvoiceNotCanceled,
            &seen.id,
            "An invoice that is canceled here is not canceled at the provider; cancel it there. What was paid of it is booked.",
        ));
    }
    money(ledger, id, seen, known, by, findings);
}

/// Ours by the provider's id, else by our number as long as its id is not known.
fn ours(ledger: &Ledger, seen: &InvoiceSnapshot) -> Option<TransactionId> {
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
    seen: &InvoiceSnapshot,
    by: Cause,
    findings: &mut Vec<Observation>,
) -> bool {
    let Some(invoice) = ledger.find(id) else {
        return false;
    };
    let (amount, settled) = (invoice.amount, invoice.state.is_settled());
    let same_currency = has_currency_of(ledger, seen);
    if !same_currency || seen.amount != Some(amount) {
        findings.push(differs(ledger, amount, seen));
        // Money in another currency is not this payment's, and what was not answered is ours for certain only once it is paid.
        if !same_currency || !(settled || is_paid(seen)) {
            return false;
        }
    }
    if !settled {
        ledger.advance(id, Event::Succeeds, by, "The provider has the invoice.");
    }
    ledger.edit(id, by.at, |it| it.reference = Some(seen.id.clone()));
    true
}

fn differs(ledger: &Ledger, amount: i64, seen: &InvoiceSnapshot) -> Observation {
    let message = "The invoice at the provider is over another amount or currency than ours; only what was paid of it in our currency is taken over.";
    let differs = Observation::of(FindingCode::InvoiceDiffers, &seen.id, message);
    telling(
        differs,
        &ledger.payment,
        amount,
        seen.amount,
        seen.currency.as_deref(),
    )
}

fn has_currency_of(ledger: &Ledger, seen: &InvoiceSnapshot) -> bool {
    let code = ledger.payment.currency.code();
    let theirs = seen.currency.as_deref();
    theirs.is_none_or(|currency| currency == code)
}

/// Takes over an invoice that was made at the provider, if the authorization covers it or it was paid.
fn adopt(
    ledger: &mut Ledger,
    seen: &InvoiceSnapshot,
    by: Cause,
    findings: &mut Vec<Observation>,
) -> Option<TransactionId> {
    // Canceled before it was read the first time: it has no effect.
    if seen.status == Some(InvoiceStatus::Canceled) {
        return None;
    }
    let authorization = ledger.authorization().filter(|it| it.is_reserved());
    // As long as the order waits, its next snapshot shows more.
    if authorization.is_some_and(|it| !it.state.is_settled()) {
        return None;
    }
    let authorization = authorization.map(|it| it.id);
    let amount = seen.amount.unwrap_or(0);
    // Zero without an authorization. A cancellation under way gives up what is left once it is done.
    let left = ledger.uninvoiced();
    let readable = amount > 0 && has_currency_of(ledger, seen);
    if amount > left || !readable {
        findings.push(unexplained(&seen.id));
        if !readable || !is_paid(seen) {
            return None;
        }
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
    // Numbers are unique with us and need not be at the provider.
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
    Some(ledger.adopt(new, by, "An invoice was made at the provider."))
}

fn unexplained(id: &ProviderId) -> Observation {
    Observation::of(
        FindingCode::InvoiceUnexplained,
        id,
        "An invoice was made at the provider that the authorization does not cover; cancel it there, or cancel one of ours. What was paid of it is booked.",
    )
}

/// Ours that a complete list does not have.
fn unseen(
    ledger: &mut Ledger,
    seen: &List<InvoiceSnapshot>,
    by: Cause,
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
        .filter(|it| ledger.invoice_status(it) != InvoiceStatus::Canceled)
        .cloned()
        .collect();
    for invoice in lost {
        match invoice.state {
            State::Succeeded => findings.push(Observation {
                reference: invoice.reference.as_ref().map(ToString::to_string),
                ..Observation::of(
                    FindingCode::InvoiceGone,
                    "",
                    "The provider does not list an invoice that was made there; ask there.",
                )
            }),
            _ => missed(
                ledger,
                invoice.id,
                by,
                "The provider has no invoice with this number.",
            ),
        }
    }
}
