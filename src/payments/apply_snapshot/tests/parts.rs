//! Shipments and returns.

use super::*;
use crate::payments::{
    sample::{authorized, child},
    transaction::Origin,
};
use InvoiceStatus::{Canceled, Open};

/// An authorized payment over 1000 with an open invoice over 600.
fn ledger() -> (Ledger, Transaction) {
    invoiced(&authorized(1000), "invoice1", 600)
}

fn open() -> InvoiceSnapshot {
    invoice("invoice1", 600, Open)
}

/// Our return of 100 on an invoice, under the number `return-7`.
fn our_return(made: &Transaction) -> Transaction {
    let mut refund = child(made, Action::Refund, State::Pending, 100);
    refund.number = Some("return-7".to_owned());
    refund
}

fn our_shipment(made: &Transaction) -> Transaction {
    let mut shipment = child(made, Action::Shipment, State::Pending, 600);
    shipment.number = Some("shipment-7".to_owned());
    shipment
}

#[test]
fn our_shipment_is_found_by_its_number() {
    let (ledger, made) = ledger();
    for shipment in [lost(our_shipment(&made)), calling(our_shipment(&made))] {
        let ledger = with(&ledger, [shipment]);
        let seen = shipping(open(), vec![a_shipment("s1", Some("shipment-7"))]);
        let applied = seeing(&ledger, [seen]);
        let shipment = applied.only(Action::Shipment);
        assert_eq!(
            (shipment.state, shipment.origin),
            (State::Succeeded, Origin::Caller)
        );
        assert_eq!(shipment.reference, Some(provider_id("s1")));
    }
}

#[test]
fn a_shipment_reported_to_the_provider_by_others_is_adopted_once() {
    let (ledger, made) = ledger();
    let seen = shipping(open(), vec![a_shipment("s1", None)]);
    let applied = seeing(&ledger, [seen]);
    let shipment = applied.only(Action::Shipment);
    assert_eq!(
        (shipment.origin, shipment.parent_id),
        (Origin::Provider, Some(made.id))
    );
    let details = shipment.details.shipment.as_ref().expect("details");
    assert_eq!(details.shipper.as_deref(), Some("UPS"));
    assert_eq!(details.shipped_at, Some(at(20)));
}

#[test]
fn our_return_is_found_by_the_number_in_its_notes() {
    let (ledger, made) = ledger();
    for notes in ["return-7", "return-7 RMA 12", "  return-7"] {
        for refund in [lost(our_return(&made)), calling(our_return(&made))] {
            let ledger = with(&ledger, [refund]);
            let seen = returning(open(), vec![a_return("r1", 100, at(40), Some(notes))]);
            let applied = seeing(&ledger, [seen]);
            let refund = applied.only(Action::Refund);
            assert_eq!(
                (refund.state, refund.origin),
                (State::Succeeded, Origin::Caller)
            );
            assert_eq!(refund.reference, Some(provider_id("r1")));
        }
    }
}

#[test]
fn a_return_with_other_notes_is_another_one() {
    let (ledger, made) = ledger();
    for notes in [None, Some("return-70"), Some("RMA 12")] {
        let ledger = with(&ledger, [lost(our_return(&made))]);
        let seen = returning(open(), vec![a_return("r1", 100, at(40), notes)]);
        let applied = seeing(&ledger, [seen]);
        let states: Vec<_> = applied
            .ledger
            .of_action(Action::Refund)
            .map(|it| (it.state, it.origin))
            .collect();
        let expected = [
            (State::Unknown, Origin::Caller),
            (State::Succeeded, Origin::Provider),
        ];
        assert_eq!(states, expected, "{notes:?}");
    }
}

#[test]
fn a_return_with_our_number_over_another_amount_is_reported_and_settles_nothing() {
    let (ledger, made) = ledger();
    let ledger = with(&ledger, [lost(our_return(&made))]);
    let seen = returning(open(), vec![a_return("r1", 90, at(40), Some("return-7"))]);
    let applied = apply_until_certain(&ledger, &accepted(vec![seen]));
    assert_eq!(applied.only(Action::Refund).state, State::Unknown);
    assert_eq!(applied.codes, ["return_differs"]);
}

#[test]
fn a_return_made_at_the_provider_is_adopted_as_far_as_the_invoice_has_something_left() {
    let (ledger, made) = ledger();
    let seen = returning(
        open(),
        vec![
            a_return("r1", 500, at(40), None),
            a_return("r2", 101, at(41), None),
            a_return("r3", 100, at(42), None),
            a_return("r4", 0, at(43), None),
        ],
    );
    let applied = apply_at(&ledger, &accepted(vec![seen]), 50);
    assert_eq!(applied.ledger.part(&made).returned, 600);
    assert_eq!(applied.codes, ["return_unexplained", "return_unexplained"]);
}

#[test]
fn what_our_return_of_unknown_outcome_may_have_taken_is_not_given_to_another() {
    let (ledger, made) = ledger();
    let ledger = with(&ledger, [lost(our_return(&made))]);
    let seen = returning(open(), vec![a_return("r1", 600, at(40), None)]);
    let snapshot = accepted(vec![seen]);
    assert_eq!(
        apply_at(&ledger, &snapshot, 50).codes,
        ["return_unexplained"]
    );
    // As soon as ours is certainly not there, theirs is covered, in the same read.
    let applied = apply_until_certain(&ledger, &snapshot);
    assert_eq!(applied.ledger.part(&made).returned, 600);
    assert!(applied.codes.is_empty());
}

#[test]
fn a_return_on_an_invoice_that_was_canceled_afterwards_is_known_and_counts_for_nothing() {
    let (ledger, made) = ledger();
    let canceled = invoice("invoice1", 600, Canceled);
    let seen = returning(canceled, vec![a_return("r1", 200, at(40), None)]);
    let applied = apply_at(&ledger, &accepted(vec![seen]), 50);
    assert!(applied.codes.is_empty());
    assert_eq!(applied.ledger.part(&made).returned, 200);
    assert_eq!(applied.ledger.amounts().returned, 0);
}

#[test]
fn what_complete_lists_do_not_have_is_missed() {
    let (ledger, made) = ledger();
    let ledger = with(
        &ledger,
        [lost(our_return(&made)), lost(our_shipment(&made))],
    );
    let applied = apply_until_certain(&ledger, &accepted(vec![open()]));
    for action in [Action::Refund, Action::Shipment] {
        let it = applied.only(action);
        assert_eq!(it.state, State::Failed);
        assert_eq!(
            it.failure.as_ref().map(|it| it.code.as_str()),
            Some("not_found")
        );
    }
}

#[test]
fn lists_that_break_off_or_were_not_read_say_nothing_of_what_they_lack() {
    let (ledger, made) = ledger();
    let ledger = with(
        &ledger,
        [lost(our_return(&made)), lost(our_shipment(&made))],
    );
    let broken = InvoiceSnapshot {
        returns: Some(half(Vec::new())),
        shipments: Some(half(Vec::new())),
        ..open()
    };
    let unread = InvoiceSnapshot {
        returns: None,
        shipments: None,
        ..open()
    };
    for seen in [broken, unread] {
        let applied = apply_until_certain(&ledger, &accepted(vec![seen]));
        for action in [Action::Refund, Action::Shipment] {
            let it = applied.only(action);
            assert_eq!((it.state, it.search.absences), (State::Unknown, 0));
        }
    }
}

#[test]
fn calls_under_way_are_never_missed() {
    let (ledger, made) = ledger();
    let ledger = with(
        &ledger,
        [calling(our_return(&made)), calling(our_shipment(&made))],
    );
    let applied = apply_until_certain(&ledger, &accepted(vec![open()]));
    assert!(!applied.ledger.has_moved());
    for action in [Action::Refund, Action::Shipment] {
        assert_eq!(applied.only(action).state, State::Pending);
    }
}

#[test]
fn what_failed_here_and_shows_up_is_a_transaction_of_its_own() {
    let (ledger, made) = ledger();
    let mut refund = our_return(&made);
    refund.state = State::Failed;
    let ledger = with(&ledger, [refund.clone()]);
    let seen = returning(open(), vec![a_return("r1", 100, at(40), Some("return-7"))]);
    let applied = apply_at(&ledger, &accepted(vec![seen]), 50);
    assert_eq!(
        applied.ledger.find(refund.id).map(|it| it.state),
        Some(State::Failed)
    );
    assert_eq!(applied.ledger.part(&made).returned, 100);
}

#[test]
fn a_lost_closing_settles_over_what_the_returns_left() {
    let (ledger, made) = ledger();
    let closed = || invoice("invoice1", 600, InvoiceStatus::Closed);
    let seen = || returning(closed(), vec![a_return("r1", 100, at(3), None)]);
    let nothing = FundedAt::new();
    let known = || Known {
        funded_at: &nothing,
        secure_hashes: &[],
        financing: Financing::Own,
    };
    for (action, write_off) in [(Action::Capture, false), (Action::Cancel, true)] {
        let mut closing = child(&made, action, State::Pending, 600);
        closing.details.write_off = write_off;
        let ledger = with(&ledger, [lost(closing.clone())]);
        let unread = InvoiceSnapshot {
            returns: None,
            ..closed()
        };
        let first = apply_with(&ledger, &accepted(vec![unread]), known(), 5);
        let waiting = first.ledger.find(closing.id).expect("the closing");
        assert_eq!(waiting.state, State::Unknown, "returns are not read");
        let applied = apply_with(&first.ledger, &accepted(vec![seen()]), known(), 10);
        let settled = applied.ledger.find(closing.id).expect("the closing");
        assert_eq!((settled.state, settled.amount), (State::Succeeded, 500));
        let part = applied.ledger.part(&made);
        assert_eq!((part.returned, part.refunded(), part.due()), (100, 0, 0));
        assert_eq!(applied.codes, Vec::<&str>::new(), "{action:?}");
    }
}

#[test]
fn a_return_that_differs_begins_the_count_of_misses_anew() {
    let (ledger, made) = ledger();
    let mut ledger = with(&ledger, [lost(our_return(&made))]);
    let other = returning(open(), vec![a_return("r1", 99, at(3), Some("return-7"))]);
    for (seen, seconds) in [
        (open(), 5),
        (open(), 6),
        (other, 1000),
        (open(), 2000),
        (open(), 2001),
    ] {
        ledger = apply_at(&ledger, &accepted(vec![seen]), seconds).ledger;
        let refund = crate::payments::sample::only(&ledger, Action::Refund);
        assert_eq!(refund.state, State::Unknown, "{seconds}");
    }
}
