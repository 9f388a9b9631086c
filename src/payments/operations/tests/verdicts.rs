//! Reports of people: the outcome of an unknown transaction, and how an invoice ended.

use super::*;
use crate::payments::operations::resolve::Verdict;

/// What a person says, with an id where it needs one.
fn verdict(succeeded: bool, id: Option<&str>, force: bool) -> Verdict {
    Verdict {
        succeeded,
        reason: "seen".to_owned(),
        provider_id: id.map(provider_id),
        force,
    }
}

fn unknown(parent: &Transaction, action: Action, amount: i64) -> Transaction {
    lost(child(parent, action, State::Unknown, amount))
}

fn resolve(ledger: &mut Ledger, id: TransactionId, verdict: &Verdict) -> &'static str {
    refusal_word(resolve::resolve(ledger, id, verdict, by(5)))
}

#[test]
fn a_person_settles_only_what_is_unknown() {
    let (ledger, made) = invoiced(InvoiceStatus::Open);
    let mut known = with(&ledger, []);
    let seen = verdict(true, Some("invoice9"), false);
    let outcome = resolve(&mut known, made.id, &seen);
    assert_eq!(outcome, "not unknown");
}

#[test]
fn what_a_person_says_needs_an_id_or_a_listing() {
    use Action::{Cancel, Capture, Issue, Refund, Shipment};
    let (ledger, made) = invoiced(InvoiceStatus::Open);
    let authorization = only(&ledger, Action::Authorize).clone();
    let order = || unknown(&authorization, Action::Invoice, 100);
    let on_invoice = |action| unknown(&made, action, 100);
    let unlisted = |mut it: Transaction| {
        it.search.absences = 1;
        it
    };
    let mut write_off = on_invoice(Action::Cancel);
    write_off.details.write_off = true;
    let (there, not_there) = (
        || verdict(true, None, false),
        || verdict(false, None, false),
    );
    let named = |id| verdict(true, Some(id), false);
    let table = [
        (order(), named("invoice9"), "begun"),
        (order(), there(), "invalid"),
        (order(), verdict(true, None, true), "invalid"),
        (order(), not_there(), "wrong state"),
        (order(), verdict(false, None, true), "begun"),
        (order(), verdict(false, Some("invoice9"), true), "invalid"),
        (unlisted(order()), not_there(), "begun"),
        (on_invoice(Refund), named("return9"), "begun"),
        (on_invoice(Refund), there(), "invalid"),
        (on_invoice(Refund), not_there(), "wrong state"),
        (unlisted(on_invoice(Refund)), not_there(), "begun"),
        (on_invoice(Shipment), named("shipment9"), "begun"),
        (on_invoice(Shipment), there(), "invalid"),
        (on_invoice(Shipment), not_there(), "begun"),
        (on_invoice(Issue), there(), "begun"),
        (on_invoice(Issue), named("x"), "invalid"),
        (on_invoice(Issue), not_there(), "begun"),
        (on_invoice(Cancel), there(), "begun"),
        (on_invoice(Cancel), not_there(), "begun"),
        (on_invoice(Capture), there(), "begun"),
        (write_off.clone(), there(), "begun"),
        (write_off, not_there(), "begun"),
    ];
    for (transaction, verdict, expected) in table {
        let mut ledger = with(&ledger, [transaction.clone()]);
        let outcome = resolve(&mut ledger, transaction.id, &verdict);
        assert_eq!(outcome, expected, "{transaction:?} {verdict:?}");
        let now = ledger.find(transaction.id).expect("the transaction");
        if expected == "begun" {
            let state = if verdict.succeeded {
                State::Succeeded
            } else {
                State::Failed
            };
            assert_eq!((now.state, now.search.next_at), (state, None));
            assert_eq!(now.reference, verdict.provider_id);
            assert!(now.details.note.as_deref().is_some_and(resolve::is_verdict));
        } else {
            assert_eq!(now, &transaction, "{verdict:?}");
        }
    }
    // The provider's id of another invoice is refused.
    let lost = order();
    let mut ledger = with(&ledger, [lost.clone()]);
    let taken = verdict(true, Some("invoice1"), false);
    let outcome = resolve(&mut ledger, lost.id, &taken);
    assert_eq!(outcome, "invalid");
}

#[test]
fn a_cancellation_that_a_person_settles_gives_up_what_is_left_by_then() {
    let (ledger, _) = invoiced(InvoiceStatus::Open);
    let cancel = unknown(only(&ledger, Action::Authorize), Action::Cancel, 1000);
    let mut ledger = with(&ledger, [cancel.clone()]);
    let seen = verdict(true, None, false);
    assert_eq!(resolve(&mut ledger, cancel.id, &seen), "begun");
    assert_eq!(ledger.amounts().canceled, 400);
    assert_eq!(ledger.status(), Status::Invoiced);
}

#[test]
fn an_order_that_a_person_speaks_of_is_bound_or_ends_the_attempt() {
    let mut searched = transaction(Action::Authorize, State::Unknown, 1000);
    searched.search = Search::begin(at(0));
    let mut ledger = with(&begun(1000), [searched.clone()]);
    let never = verdict(false, None, false);
    assert_eq!(resolve(&mut ledger, searched.id, &never), "begun");
    assert_eq!(ledger.status(), Status::Declined);
    assert_eq!(only(&ledger, Action::Purchase).state, State::Failed);
    let mut ledger = with(&begun(1000), [searched.clone()]);
    let seen = verdict(true, Some("order9"), false);
    assert_eq!(resolve(&mut ledger, searched.id, &seen), "begun");
    assert_eq!(ledger.status(), Status::Authorized);
    let provider_order = ledger.payment.provider_order.as_ref().expect("a place");
    assert_eq!(provider_order.id, Some(provider_id("order9")));
}

#[test]
fn only_an_open_invoice_of_a_shop_that_finances_itself_is_closed() {
    use crate::integrations::Financing::{Own, Provider};
    let input = |outcome| close::NewClosing {
        outcome,
        reason: None,
    };
    let paid = input(close::ClosingOutcome::Paid);
    for (status, financing, expected) in [
        (InvoiceStatus::Open, Own, "begun"),
        (InvoiceStatus::Open, Provider, "wrong state"),
        (InvoiceStatus::Pending, Own, "wrong state"),
        (InvoiceStatus::Closed, Own, "wrong state"),
        (InvoiceStatus::Canceled, Own, "wrong state"),
    ] {
        let (mut ledger, made) = invoiced(status);
        let outcome = close::begin(&mut ledger, made.id, &paid, financing, start());
        assert_eq!(refusal_word(outcome), expected, "{status:?} {financing:?}");
    }
    let (ledger, made) = invoiced(InvoiceStatus::Open);
    for (action, state, amount, expected) in [
        (Action::Refund, State::Unknown, 100, "wrong state"),
        (Action::Cancel, State::Pending, 600, "wrong state"),
        (Action::Capture, State::Unknown, 600, "wrong state"),
        (Action::Capture, State::Succeeded, 600, "wrong state"),
        (Action::Refund, State::Succeeded, 600, "wrong state"),
        (Action::Capture, State::Succeeded, 250, "begun"),
        (Action::Refund, State::Failed, 100, "begun"),
    ] {
        for outcome in [
            close::ClosingOutcome::Paid,
            close::ClosingOutcome::WrittenOff,
        ] {
            let mut ledger = with(&ledger, [child(&made, action, state, amount)]);
            let begun = close::begin(&mut ledger, made.id, &input(outcome), Own, start());
            assert_eq!(
                refusal_word(begun),
                expected,
                "{action:?} {state:?} {amount}"
            );
        }
    }
    // While it is being closed nothing else is begun on it.
    let mut closing = with(&ledger, []);
    refusal_word(close::begin(&mut closing, made.id, &paid, Own, start()));
    assert_eq!(
        refusal_word(invoice::cancel(&mut closing, made.id, None, start())),
        "wrong state"
    );
    let refund = refund(&mut closing, Some(made.id), 1);
    assert_eq!(refund, "wrong state");
}
