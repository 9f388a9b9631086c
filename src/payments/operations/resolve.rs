//! A person resolves a transaction whose outcome cannot be read.

use super::prelude::*;
use crate::{
    payments::{
        answered::give_up_authorization,
        apply_snapshot::{
            bind, finish_purchase, fix_canceled_amount, fix_closed_amount, is_closing,
        },
        status::Ended,
        transaction::{Failure, FailureCode},
    },
    string_enum::string_enum,
};

string_enum! {
    /// The outcome of a transaction, as a person reports it.
    ResolvedState as "ResolvedState" {
        Succeeded = "succeeded",
        Failed = "failed",
    }
}

/// The outcome that a person reports, and why the person knows it.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub succeeded: bool,
    pub reason: String,
    /// The provider's id of what was made.
    pub provider_id: Option<ProviderId>,
    /// Whether `failed` is accepted although no complete listing without it was read.
    pub force: bool,
}

/// The transaction of a verdict, unless that is not possible for it, whatever a read would show.
pub fn check<'l>(
    ledger: &'l Ledger,
    id: TransactionId,
    verdict: &Verdict,
) -> Result<&'l Transaction, PaymentError> {
    let transaction = ledger.find(id).ok_or(PaymentError::NoTransaction)?;
    if transaction.state != State::Unknown {
        return Err(PaymentError::NotUnknown(transaction.state));
    }
    let has_id = has_id(transaction);
    let (code, message) = match &verdict.provider_id {
        None if verdict.succeeded && has_id => (
            "required",
            "What succeeded is there: say which it is with the provider's id.",
        ),
        Some(_) if !verdict.succeeded => (
            "not_allowed",
            "What failed is not there and has no id at the provider.",
        ),
        Some(_) if !has_id => ("not_allowed", "This has no id of its own at the provider."),
        Some(given) if is_anothers(ledger, transaction, given) => (
            "taken",
            "This id is that of another transaction of the payment.",
        ),
        _ => return Ok(transaction),
    };
    Err(PaymentError::invalid("/providerId", code, message))
}

/// Whether the transaction makes an object at the provider, and not only changes one.
fn has_id(it: &Transaction) -> bool {
    matches!(
        it.action,
        Action::Authorize | Action::Invoice | Action::Shipment | Action::Refund
    )
}

fn is_anothers(ledger: &Ledger, transaction: &Transaction, given: &ProviderId) -> bool {
    ledger
        .of_action(transaction.action)
        .filter(|it| it.id != transaction.id && it.is_reserved())
        .any(|it| it.reference.as_ref() == Some(given))
}

/// Resolves a transaction whose outcome is unknown.
pub fn resolve(
    ledger: &mut Ledger,
    id: TransactionId,
    verdict: &Verdict,
    by: Cause,
) -> Result<(), PaymentError> {
    let transaction = check(ledger, id, verdict)?.clone();
    let listed = matches!(transaction.action, Action::Invoice | Action::Refund);
    let unseen = transaction.search.absences > 0;
    let forced = listed && !verdict.succeeded && !unseen;
    if forced && !verdict.force {
        return ledger.refuse(
            "No complete list without it was read from the provider yet, so that it may still be there; wait for one, or send `force: true`.",
        );
    }
    let reason = verdict.reason.as_str();
    if verdict.succeeded {
        succeed(ledger, &transaction, verdict, by);
    } else {
        ledger.fail_open(id, Failure::new(FailureCode::Resolved, reason), by);
        if transaction.action == Action::Authorize {
            finish_purchase(ledger, Event::Fails, by, reason);
            ledger.edit_payment(by.at, |payment| payment.ended = Some(Ended::Declined));
        }
    }
    let how = if forced { " with `force`" } else { "" };
    ledger.edit(id, by.at, |it| {
        it.details.note = Some(format!("{VERDICT}{how}: {reason}"));
    });
    Ok(())
}

/// The beginning of the note of a transaction that a person resolved.
const VERDICT: &str = "Resolved by a person";

/// Whether a transaction's note says that a person resolved it.
pub fn is_verdict(note: &str) -> bool {
    note.starts_with(VERDICT)
}

fn succeed(ledger: &mut Ledger, transaction: &Transaction, verdict: &Verdict, by: Cause) {
    let (id, reason) = (transaction.id, verdict.reason.as_str());
    let on_order = !ledger.is_of_invoice(transaction);
    if let Some(given) = verdict.provider_id.clone() {
        if transaction.action == Action::Authorize {
            bind(ledger, &given, by);
        }
        ledger.edit(id, by.at, |it| it.reference = Some(given));
    }
    match transaction.action {
        Action::Cancel if on_order => fix_canceled_amount(ledger, id, by),
        _ if is_closing(transaction) => fix_closed_amount(ledger, id, by),
        _ => {}
    }
    ledger.advance(id, Event::Succeeds, by, reason);
    match transaction.action {
        Action::Authorize => finish_purchase(ledger, Event::Succeeds, by, reason),
        Action::Cancel if on_order => give_up_authorization(ledger, by),
        _ => {}
    }
}
