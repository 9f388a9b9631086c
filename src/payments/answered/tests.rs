//! The effect of every answer to every call.

use super::*;
use crate::payments::{
    sample::{self, at, authorized, begun, by, child, only, provider_id, with},
    status::Status,
    transaction::Transaction,
};
use crate::providers::{InvoiceStatus, Later, OrderSnapshot, OrderState};

fn order() -> OrderSnapshot {
    sample::order("order1", OrderState::Accepted)
}

fn invoice(status: InvoiceStatus) -> CommandOutcome {
    done_with(Created::Invoice(sample::invoice("invoice1", 600, status)))
}

fn done_with(made: Created) -> CommandOutcome {
    CommandOutcome::Done(Box::new(made))
}

fn refused() -> CommandOutcome {
    no(400)
}

/// Every answer after which nothing was done and nothing was refused either, and its failure code.
fn nothing_done() -> [(CommandOutcome, &'static str); 6] {
    [
        (
            CommandOutcome::NotSent("no connection".to_owned()),
            "not_sent",
        ),
        (
            CommandOutcome::Later(Later::HeldBack { seconds: 7 }),
            "not_sent",
        ),
        (CommandOutcome::Later(Later::TooManyCalls(None)), "not_sent"),
        (CommandOutcome::KeyRefused { status: 401 }, "key_refused"),
        (CommandOutcome::KeyRefused { status: 403 }, "key_refused"),
        (no(404), "provider_refused"),
    ]
}

/// A refusal with this status.
fn no(status: u16) -> CommandOutcome {
    let message = "Not enough credit".to_owned();
    CommandOutcome::Refused { status, message }
}

fn calling(parent: &Transaction, action: Action, amount: i64) -> Transaction {
    sample::calling(child(parent, action, State::Pending, amount))
}

/// A ledger with one call under way, after its answer.
fn after(ledger: &Ledger, call: &Transaction, outcome: &CommandOutcome) -> Ledger {
    let mut ledger = with(ledger, [call.clone()]);
    answered(&mut ledger, call.id, outcome, by(5));
    let it = ledger.find(call.id).expect("the call");
    assert_eq!(it.call_until, None, "no call is under way any more");
    ledger
}

fn state(ledger: &Ledger, of: &Transaction) -> State {
    ledger.find(of.id).expect("a transaction").state
}

/// An authorized payment with an open invoice over 600.
fn invoiced() -> (Ledger, Transaction) {
    sample::invoiced(&authorized(1000), "invoice1", 600)
}

#[test]
fn whatever_was_asked_a_lost_answer_is_unknown_and_what_was_not_sent_or_refused_has_failed() {
    let (ledger, made) = invoiced();
    let authorization = only(&ledger, Action::Authorize).clone();
    let calls = [
        calling(&authorization, Action::Invoice, 100),
        calling(&made, Action::Issue, 0),
        calling(&made, Action::Cancel, 600),
        calling(&made, Action::Shipment, 600),
        calling(&made, Action::Refund, 100),
    ];
    for call in calls {
        let lost = after(&ledger, &call, &CommandOutcome::Lost("timeout".to_owned()));
        let it = lost.find(call.id).expect("the call");
        assert_eq!(it.state, State::Unknown, "{:?}", call.action);
        assert_eq!(it.search.next_at, Some(at(10)), "it is looked for");
        for (outcome, code) in nothing_done() {
            let failed = after(&ledger, &call, &outcome);
            let it = failed.find(call.id).expect("the call");
            assert_eq!(it.state, State::Failed, "{outcome:?}");
            assert_eq!(
                it.failure.as_ref().map(|it| it.code.as_str()),
                Some(code),
                "{outcome:?}"
            );
            assert_eq!(failed.payment.ended, None);
        }
        let refused = after(&ledger, &call, &refused());
        let it = refused.find(call.id).expect("the call");
        let failure = it.failure.as_ref().expect("a failure");
        assert_eq!(
            (failure.code.as_str(), &*failure.message),
            ("provider_refused", "Not enough credit")
        );
        assert_eq!(refused.payment.ended, None);
    }
}

#[test]
fn an_order_that_was_made_is_bound_and_not_believed_to_be_accepted() {
    let ledger = begun(1000);
    let call = calling(only(&ledger, Action::Purchase), Action::Authorize, 1000);
    let made = after(&ledger, &call, &done_with(Created::Order(order())));
    assert_eq!(state(&made, &call), State::Pending);
    let place = made.payment.provider_order.as_ref().expect("a place");
    assert_eq!(place.id, Some(provider_id("order1")));
    assert_eq!(
        only(&made, Action::Authorize).reference,
        Some(provider_id("order1"))
    );
    assert_eq!(made.status(), Status::Pending);
}

#[test]
fn only_a_no_to_the_buyers_order_ends_the_attempt() {
    let ledger = begun(1000);
    let call = calling(only(&ledger, Action::Purchase), Action::Authorize, 1000);
    for status in [400, 402, 409, 418, 422, 451] {
        let ended = after(&ledger, &call, &no(status));
        assert_eq!(state(&ended, &call), State::Failed);
        assert_eq!(only(&ended, Action::Purchase).state, State::Failed);
        assert_eq!(ended.status(), Status::Declined, "{status}");
    }
    let how = [404, 405, 406, 410, 411, 413, 414, 415].map(|status| (no(status), ""));
    for (outcome, _) in nothing_done().into_iter().chain(how) {
        let open = after(&ledger, &call, &outcome);
        assert_eq!(state(&open, &call), State::Failed);
        assert_eq!(only(&open, Action::Purchase).state, State::Pending);
        assert_eq!(
            (open.status(), open.payment.ended),
            (Status::Pending, None),
            "{outcome:?}"
        );
    }
    let open = after(&ledger, &call, &CommandOutcome::Lost("timeout".to_owned()));
    assert_eq!(open.payment.ended, None);
}

#[test]
fn an_invoice_that_was_made_is_known_by_its_id_and_has_the_reported_state() {
    let ledger = authorized(1000);
    let call = calling(only(&ledger, Action::Authorize), Action::Invoice, 600);
    let made = after(&ledger, &call, &invoice(InvoiceStatus::Open));
    let it = only(&made, Action::Invoice);
    assert_eq!(
        (it.state, &it.reference),
        (State::Succeeded, &Some(provider_id("invoice1")))
    );
    assert_eq!(made.invoice_status(it), InvoiceStatus::Open);
}

#[test]
fn issuing_and_canceling_an_invoice_change_how_it_stands() {
    let (ledger, made) = invoiced();
    let call = calling(&made, Action::Issue, 0);
    let issued = after(&ledger, &call, &invoice(InvoiceStatus::Open));
    assert_eq!(state(&issued, &call), State::Succeeded);
    assert_eq!(
        issued.invoice_status(only(&issued, Action::Invoice)),
        InvoiceStatus::Open
    );
    let call = calling(&made, Action::Cancel, 600);
    let canceled = after(&ledger, &call, &invoice(InvoiceStatus::Canceled));
    assert_eq!(state(&canceled, &call), State::Succeeded);
    assert_eq!(canceled.amounts().invoiced, 0);
}

#[test]
fn shipments_and_returns_that_were_made_are_known_by_their_ids() {
    let (ledger, made) = invoiced();
    for action in [Action::Shipment, Action::Refund] {
        let call = calling(&made, action, 100);
        let done = after(
            &ledger,
            &call,
            &done_with(Created::Other(provider_id("it1"))),
        );
        let it = only(&done, action);
        assert_eq!(
            (it.state, &it.reference),
            (State::Succeeded, &Some(provider_id("it1")))
        );
    }
}

#[test]
fn an_answer_about_something_else_proves_nothing() {
    let (ledger, made) = invoiced();
    let authorization = only(&ledger, Action::Authorize).clone();
    let wrong = [
        (
            calling(&authorization, Action::Invoice, 100),
            done_with(Created::Order(order())),
        ),
        (
            calling(&authorization, Action::Cancel, 400),
            done_with(Created::Other(provider_id("it1"))),
        ),
        (
            calling(&made, Action::Refund, 100),
            invoice(InvoiceStatus::Open),
        ),
    ];
    for (call, outcome) in wrong {
        let after = after(&ledger, &call, &outcome);
        assert_eq!(state(&after, &call), State::Unknown, "{:?}", call.action);
    }
}

#[test]
fn an_answer_that_comes_after_reading_changes_nothing() {
    let (mut ledger, made) = invoiced();
    ledger.edit(made.id, at(1), |it| {
        it.details.invoice.get_or_insert_default().status = InvoiceStatus::Closed;
    });
    let mut read = with(&ledger, []);
    answered(&mut read, made.id, &invoice(InvoiceStatus::Open), by(5));
    assert!(!read.has_moved());
    assert_eq!(
        read.invoice_status(only(&read, Action::Invoice)),
        InvoiceStatus::Closed
    );
    for outcome in [refused(), CommandOutcome::Lost("timeout".to_owned())] {
        answered(&mut read, made.id, &outcome, by(5));
        assert!(!read.has_moved());
    }
    assert!(
        read.happened().iter().all(|it| !it.changed),
        "it is noted as late"
    );
}

#[test]
fn an_order_that_was_canceled_gives_up_what_is_left_by_then() {
    let ledger = authorized(1000);
    let authorization = only(&ledger, Action::Authorize).clone();
    let call = calling(&authorization, Action::Cancel, 1000);
    let meanwhile = child(&authorization, Action::Invoice, State::Succeeded, 300);
    let ledger = with(&ledger, [meanwhile]);
    let canceled = after(&ledger, &call, &done_with(Created::Order(order())));
    assert_eq!(only(&canceled, Action::Cancel).amount, 700);
    let sums = canceled.amounts();
    assert_eq!(
        (sums.invoiced, sums.canceled, sums.open_authorized),
        (300, 700, 0)
    );
}

#[test]
fn an_order_that_was_canceled_before_it_was_accepted_fails_its_authorization() {
    let ledger = begun(1000);
    let waiting = child(
        only(&ledger, Action::Purchase),
        Action::Authorize,
        State::Pending,
        1000,
    );
    let ledger = with(&ledger, [waiting.clone()]);
    let call = calling(&waiting, Action::Cancel, 1000);
    let canceled = after(&ledger, &call, &done_with(Created::Order(order())));
    assert_eq!(state(&canceled, &waiting), State::Failed);
    assert_eq!(only(&canceled, Action::Purchase).state, State::Failed);
    assert_eq!(canceled.status(), Status::Canceled);
}

#[test]
fn an_order_that_the_provider_keeps_open_because_of_its_invoices_is_closed_on_our_side() {
    let (ledger, made) = invoiced();
    let call = calling(only(&ledger, Action::Authorize), Action::Cancel, 400);
    let closed = after(&ledger, &call, &refused());
    let it = only(&closed, Action::Cancel);
    assert_eq!((it.state, it.amount), (State::Succeeded, 400));
    let note = it.details.note.as_deref().expect("a note");
    assert!(
        note.contains("our side only") && note.contains("Not enough credit"),
        "{note}"
    );
    assert_eq!(closed.status(), Status::Invoiced);
    // What says nothing about the order closes nothing.
    for (outcome, code) in nothing_done() {
        let failed = after(&ledger, &call, &outcome);
        let it = only(&failed, Action::Cancel);
        assert_eq!(
            it.failure.as_ref().map(|it| it.code.as_str()),
            Some(code),
            "{outcome:?}"
        );
        assert_eq!(failed.amounts().canceled, 0);
    }
    // With its only invoice canceled, the provider has no such reason.
    let gone = child(&made, Action::Cancel, State::Succeeded, 600);
    let ledger = with(&ledger, [gone]);
    let failed = after(&ledger, &call, &refused());
    assert_eq!(state(&failed, &call), State::Failed);
}

#[test]
fn an_invoice_that_was_paid_while_it_was_canceled_is_read_again() {
    let (ledger, made) = invoiced();
    let paid = child(&made, Action::Capture, State::Succeeded, 600);
    let call = calling(&made, Action::Cancel, 600);
    let after = after(
        &with(&ledger, [paid]),
        &call,
        &invoice(InvoiceStatus::Canceled),
    );
    assert_eq!(state(&after, &call), State::Unknown);
    assert_eq!(after.amounts().captured, 600);
}
