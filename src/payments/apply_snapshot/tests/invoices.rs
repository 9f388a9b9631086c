//! Invoices: ours settled, others adopted, and what does not fit reported.

use super::*;
use crate::payments::{
    sample::{authorized, begun, child, of_order},
    transaction::Origin,
};
use InvoiceStatus::{Canceled, Closed, Open, Pending};

/// Ours, over 600, under the number `ours`.
fn numbered(ledger: &Ledger) -> Transaction {
    let mut made = of_order(ledger, Action::Invoice, State::Pending, 600);
    made.number = Some("ours".to_owned());
    made
}

fn carrying(number: &str, seen: InvoiceSnapshot) -> InvoiceSnapshot {
    InvoiceSnapshot {
        number: Some(number.to_owned()),
        ..seen
    }
}

#[test]
fn ours_is_found_by_its_number_whether_the_answer_was_lost_or_is_still_to_come() {
    let ledger = authorized(1000);
    for made in [lost(numbered(&ledger)), calling(numbered(&ledger))] {
        let ledger = with(&ledger, [made]);
        let seen = carrying("ours", invoice("invoice1", 600, Open));
        let applied = seeing(&ledger, [seen]);
        let invoice = applied.only(Action::Invoice);
        assert_eq!(
            (invoice.state, invoice.origin),
            (State::Succeeded, Origin::Caller)
        );
        assert_eq!(invoice.reference, Some(provider_id("invoice1")));
        assert_eq!(invoice.call_until, None);
        assert_eq!(invoice.search.next_at, None);
        assert_eq!(applied.ledger.invoice_status(invoice), Open);
        assert!(applied.codes.is_empty());
    }
}

#[test]
fn one_that_is_not_ours_is_adopted_with_all_that_is_known_of_it() {
    let seen = InvoiceSnapshot {
        tax: 7,
        shipping: 5,
        due_at: Some(at(99)),
        ..carrying("theirs", invoice("invoice1", 600, Open))
    };
    let applied = seeing(&authorized(1000), [seen]);
    let invoice = applied.only(Action::Invoice);
    assert_eq!(
        (invoice.state, invoice.origin),
        (State::Succeeded, Origin::Provider)
    );
    assert_eq!(invoice.number.as_deref(), Some("theirs"));
    let details = invoice.details.invoice.as_ref().expect("details");
    assert_eq!((details.tax, details.shipping), (7, 5));
    assert_eq!(
        (details.due_at, details.issued_at),
        (Some(at(99)), Some(at(10)))
    );
    assert_eq!(applied.ledger.amounts().invoiced, 600);
}

#[test]
fn an_adopted_invoice_whose_number_is_taken_or_missing_goes_by_its_id() {
    let ledger = authorized(1000);
    let (ledger, made) = invoiced(&ledger, "invoice1", 300);
    let taken = made.number.as_deref().expect("a number");
    let seen = vec![
        invoice("invoice1", 300, Open),
        carrying(taken, invoice("invoice2", 300, Open)),
        carrying("", invoice("invoice3", 300, Open)),
    ];
    let applied = apply_at(&ledger, &accepted(seen), 5);
    let numbers: Vec<_> = applied
        .ledger
        .of_action(Action::Invoice)
        .map(|it| it.number.as_deref())
        .collect();
    assert_eq!(numbers, [Some(taken), Some("invoice2"), Some("invoice3")]);
}

#[test]
fn what_the_authorization_does_not_cover_is_reported_and_not_adopted() {
    let foreign = InvoiceSnapshot {
        currency: Some("CAD".to_owned()),
        ..invoice("invoice1", 600, Open)
    };
    let untold = InvoiceSnapshot {
        amount: None,
        ..invoice("invoice1", 600, Open)
    };
    let too_much = invoice("invoice1", 1001, Open);
    let nothing = invoice("invoice1", 0, Open);
    for seen in [foreign, untold, too_much, nothing] {
        let applied = seeing(&authorized(1000), [seen]);
        applied.none(Action::Invoice);
        assert_eq!(applied.codes, ["invoice_unexplained"]);
    }
}

#[test]
fn what_an_invoice_of_unknown_outcome_may_have_taken_is_not_given_to_another() {
    let ledger = authorized(1000);
    let ledger = with(&ledger, [lost(numbered(&ledger))]);
    let snapshot = accepted(vec![invoice("theirs", 600, Open)]);
    let applied = apply_at(&ledger, &snapshot, 5);
    assert_eq!(applied.codes, ["invoice_unexplained"]);
    // As soon as ours is certainly not there, theirs is covered, in the same read.
    let applied = apply_until_certain(&ledger, &snapshot);
    let states: Vec<_> = applied
        .ledger
        .of_action(Action::Invoice)
        .map(|it| (it.state, it.origin))
        .collect();
    let expected = [
        (State::Failed, Origin::Caller),
        (State::Succeeded, Origin::Provider),
    ];
    assert_eq!(states, expected);
    assert!(applied.codes.is_empty());
}

#[test]
fn one_that_took_the_place_of_a_canceled_one_is_covered_wherever_it_is_listed() {
    let (ledger, _) = invoiced(&authorized(1000), "invoice1", 1000);
    let mut seen = vec![
        invoice("invoice2", 1000, Open),
        invoice("invoice1", 1000, Canceled),
    ];
    for _ in 0..2 {
        let applied = apply_at(&ledger, &accepted(seen.clone()), 5);
        assert_eq!(applied.ledger.amounts().invoiced, 1000);
        assert!(applied.codes.is_empty());
        seen.reverse();
    }
}

#[test]
fn a_canceled_one_we_never_knew_is_not_worth_a_word() {
    let applied = seeing(&authorized(1000), [invoice("invoice1", 600, Canceled)]);
    applied.none(Action::Invoice);
    assert!(applied.codes.is_empty());
}

#[test]
fn invoices_of_an_order_that_is_not_bound_say_nothing() {
    let snapshot = ProviderSnapshot {
        order: OrderView::Candidates(whole(Vec::new())),
        invoices: Some(whole(vec![invoice("invoice1", 600, Open)])),
        ..ProviderSnapshot::default()
    };
    let applied = apply_at(&begun(1000), &snapshot, 5);
    assert!(!applied.ledger.has_moved() && applied.codes.is_empty());
}

#[test]
fn one_over_another_amount_than_ours_is_reported_and_only_its_money_is_taken_over() {
    let (ledger, _) = invoiced(&authorized(1000), "invoice1", 600);
    let paid = accepted(vec![invoice("invoice1", 500, Closed)]);
    let applied = apply_at(&ledger, &paid, 5);
    assert_eq!(applied.codes, ["invoice_differs"]);
    assert_eq!(applied.only(Action::Capture).amount, 500);
    assert_eq!(applied.only(Action::Invoice).amount, 600);
    let foreign = InvoiceSnapshot {
        currency: Some("EUR".to_owned()),
        ..invoice("invoice1", 600, Closed)
    };
    let applied = seeing(&ledger, [foreign]);
    assert_eq!(applied.codes, ["invoice_differs"]);
    applied.none(Action::Capture);
    // An unknown one that was paid is ours.
    let ledger = authorized(1000);
    let ledger = with(&ledger, [lost(numbered(&ledger))]);
    let seen = carrying("ours", invoice("invoice1", 500, Closed));
    let applied = apply_at(&ledger, &accepted(vec![seen]), 60);
    assert_eq!(applied.only(Action::Invoice).state, State::Succeeded);
    assert_eq!(applied.only(Action::Capture).amount, 500);
    // Otherwise the unknown one is neither settled by it nor missed.
    let ledger = authorized(1000);
    let ledger = with(&ledger, [lost(numbered(&ledger))]);
    let seen = carrying("ours", invoice("invoice1", 500, Open));
    let applied = apply_until_certain(&ledger, &accepted(vec![seen]));
    assert_eq!(applied.only(Action::Invoice).state, State::Unknown);
    assert_eq!(applied.codes, ["invoice_differs"]);
}

#[test]
fn one_that_the_provider_lists_no_more_is_reported() {
    let (ledger, _) = invoiced(&authorized(1000), "invoice1", 600);
    let applied = apply_at(&ledger, &accepted(Vec::new()), 5);
    assert_eq!(applied.codes, ["invoice_gone"]);
    let incomplete = ProviderSnapshot {
        invoices: Some(half(Vec::new())),
        ..accepted(Vec::new())
    };
    assert!(apply_at(&ledger, &incomplete, 5).codes.is_empty());
}

#[test]
fn one_that_is_not_covered_is_taken_over_once_money_was_received_for_it_and_stays_reported() {
    let (ledger, _) = invoiced(&authorized(1000), "invoice1", 600);
    let ours = || invoice("invoice1", 600, Open);
    let paid = [
        invoice("invoice2", 500, Closed),
        funded(invoice("invoice2", 500, Open), Some(500)),
        funded(invoice("invoice2", 500, Open), None),
    ];
    for other in paid {
        let applied = apply_at(&ledger, &accepted(vec![ours(), other.clone()]), 60);
        assert_eq!(applied.codes, ["invoice_unexplained"]);
        assert_eq!(applied.ledger.amounts().captured, 500);
        let again = apply_at(&applied.ledger, &accepted(vec![ours(), other]), 90);
        assert_eq!(again.codes, ["invoice_unexplained"], "still");
    }
    for other in [
        invoice("invoice2", 500, Open),
        funded(invoice("invoice2", 500, Canceled), Some(500)),
    ] {
        let applied = apply_at(&ledger, &accepted(vec![ours(), other]), 60);
        applied.none(Action::Capture);
    }
}

#[test]
fn one_over_the_largest_amount_is_reported_beside_what_was_canceled() {
    let ledger = authorized(1000);
    let canceled = of_order(&ledger, Action::Cancel, State::Succeeded, 400);
    let ledger = with(&ledger, [canceled]);
    let paid = || accepted(vec![invoice("invoice1", i64::MAX, Closed)]);
    let applied = apply_at(&ledger, &paid(), 60);
    assert_eq!(applied.codes, ["invoice_unexplained"]);
    assert_eq!(applied.ledger.amounts().captured, i64::MAX);
    let again = apply_at(&applied.ledger, &paid(), 90);
    assert_eq!(again.codes, ["invoice_unexplained"], "still");
}

#[test]
fn an_invoice_canceled_at_the_provider_is_canceled_here() {
    let (ledger, made) = invoiced(&authorized(1000), "invoice1", 600);
    let applied = seeing(&ledger, [invoice("invoice1", 600, Canceled)]);
    let cancel = applied.only(Action::Cancel);
    assert_eq!(
        (cancel.origin, cancel.parent_id),
        (Origin::Provider, Some(made.id))
    );
    assert_eq!(applied.ledger.invoice_status(&made), Canceled);
    assert_eq!(applied.ledger.amounts().open_authorized, 1000);
}

#[test]
fn our_cancellation_of_an_invoice_is_settled_by_reading() {
    let (ledger, made) = invoiced(&authorized(1000), "invoice1", 600);
    let cancel = child(&made, Action::Cancel, State::Pending, 600);
    let searching = with(&ledger, [lost(cancel.clone())]);
    let there = accepted(vec![invoice("invoice1", 600, Canceled)]);
    let applied = apply_at(&searching, &there, 5);
    assert_eq!(applied.only(Action::Cancel).state, State::Succeeded);
    assert_eq!(applied.only(Action::Cancel).origin, Origin::Caller);
    let not_there = accepted(vec![invoice("invoice1", 600, Open)]);
    let applied = apply_until_certain(&searching, &not_there);
    assert_eq!(applied.only(Action::Cancel).state, State::Failed);
    let under_way = with(&ledger, [calling(cancel)]);
    let applied = apply_until_certain(&under_way, &not_there);
    assert_eq!(applied.only(Action::Cancel).state, State::Pending);
}

#[test]
fn an_invoice_canceled_here_and_alive_there_is_reported_and_brings_only_what_was_paid() {
    let (ledger, made) = invoiced(&authorized(1000), "invoice1", 600);
    let ledger = with(
        &ledger,
        [child(&made, Action::Cancel, State::Succeeded, 600)],
    );
    for status in [Pending, Open, Closed] {
        let applied = seeing(&ledger, [invoice("invoice1", 600, status)]);
        assert_eq!(applied.codes[0], "invoice_not_canceled");
        let captured = if status == Closed { 600 } else { 0 };
        assert_eq!(applied.ledger.amounts().captured, captured);
    }
}

#[test]
fn our_issue_is_settled_by_how_the_invoice_stands() {
    let (ledger, made) = invoiced(&authorized(1000), "invoice1", 600);
    let issue = child(&made, Action::Issue, State::Pending, 0);
    let searching = with(&ledger, [lost(issue.clone())]);
    let never_issued = InvoiceSnapshot {
        issued_at: None,
        ..invoice("invoice1", 600, Canceled)
    };
    let table = [
        (invoice("invoice1", 600, Open), State::Succeeded),
        (invoice("invoice1", 600, Closed), State::Succeeded),
        (invoice("invoice1", 600, Canceled), State::Succeeded),
        (never_issued, State::Failed),
        (invoice("invoice1", 600, Pending), State::Failed),
    ];
    for (seen, becomes) in table {
        let applied = apply_until_certain(&searching, &accepted(vec![seen.clone()]));
        assert_eq!(
            applied.only(Action::Issue).state,
            becomes,
            "{:?}",
            seen.status
        );
    }
    let under_way = with(&ledger, [calling(issue)]);
    let pending = accepted(vec![invoice("invoice1", 600, Pending)]);
    let applied = apply_until_certain(&under_way, &pending);
    assert_eq!(applied.only(Action::Issue).state, State::Pending);
}

#[test]
fn a_status_that_we_do_not_know_moves_nothing() {
    let (ledger, made) = invoiced(&authorized(1000), "invoice1", 600);
    let ledger = with(
        &ledger,
        [lost(child(&made, Action::Cancel, State::Unknown, 600))],
    );
    let seen = InvoiceSnapshot {
        status: None,
        ..invoice("invoice1", 600, Open)
    };
    let applied = apply_until_certain(&ledger, &accepted(vec![seen]));
    assert_eq!(applied.only(Action::Cancel).state, State::Unknown);
    assert_eq!(
        applied.ledger.invoice_status(applied.only(Action::Invoice)),
        Pending
    );
}
