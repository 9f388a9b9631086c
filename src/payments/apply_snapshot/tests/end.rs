//! Orders that are canceled, by us or there.

use super::*;
use crate::payments::{
    sample::{authorized, id_of, of_order, only},
    status::Status,
    transaction::Origin,
};
use OrderState::{Accepted, Canceled, Waiting};

/// Our cancellation of the order, begun over all of it.
fn canceling(ledger: &Ledger, amount: i64) -> Transaction {
    of_order(ledger, Action::Cancel, State::Pending, amount)
}

#[test]
fn an_accepted_order_canceled_at_the_provider_gives_up_what_is_not_invoiced() {
    let (ledger, _) = invoiced(&authorized(1000), "invoice1", 600);
    let snapshot = bound(
        Canceled,
        vec![invoice("invoice1", 600, InvoiceStatus::Open)],
    );
    let applied = apply_at(&ledger, &snapshot, 5);
    let cancel = applied.only(Action::Cancel);
    assert_eq!((cancel.amount, cancel.origin), (400, Origin::Provider));
    assert_eq!(
        cancel.parent_id,
        Some(id_of(&applied.ledger, Action::Authorize))
    );
    assert_eq!(applied.ledger.status(), Status::Invoiced);
}

#[test]
fn the_end_of_an_order_waits_until_every_invoice_is_known() {
    let ledger = authorized(1000);
    for invoices in [None, Some(half(Vec::new()))] {
        let snapshot = ProviderSnapshot {
            invoices,
            ..bound(Canceled, Vec::new())
        };
        apply_at(&ledger, &snapshot, 5).none(Action::Cancel);
    }
    let made = of_order(&ledger, Action::Invoice, State::Unknown, 600);
    let searching = with(&ledger, [lost(made)]);
    let applied = apply_until_certain(&searching, &bound(Canceled, Vec::new()));
    assert_eq!(applied.only(Action::Invoice).state, State::Failed);
    assert_eq!(applied.only(Action::Cancel).amount, 1000);
}

#[test]
fn an_invoice_found_together_with_the_end_of_its_order_is_kept() {
    let snapshot = bound(
        Canceled,
        vec![invoice("invoice1", 600, InvoiceStatus::Open)],
    );
    let applied = apply_at(&authorized(1000), &snapshot, 5);
    let sums = applied.ledger.amounts();
    assert_eq!(
        (sums.invoiced, sums.canceled, sums.open_authorized),
        (600, 400, 0)
    );
}

#[test]
fn a_cancellation_of_ours_whose_answer_was_lost_is_settled_by_reading() {
    let ledger = authorized(1000);
    for cancel in [
        lost(canceling(&ledger, 1000)),
        calling(canceling(&ledger, 1000)),
    ] {
        let ledger = with(&ledger, [cancel]);
        let applied = apply_at(&ledger, &bound(Canceled, Vec::new()), 5);
        let cancel = applied.only(Action::Cancel);
        assert_eq!((cancel.state, cancel.amount), (State::Succeeded, 1000));
        assert_eq!(cancel.origin, Origin::Caller);
        assert_eq!(applied.ledger.status(), Status::Canceled);
    }
}

#[test]
fn a_cancellation_gives_up_what_is_left_when_it_is_done() {
    let ledger = authorized(1000);
    let ledger = with(&ledger, [lost(canceling(&ledger, 1000))]);
    let snapshot = bound(
        Canceled,
        vec![invoice("invoice1", 600, InvoiceStatus::Open)],
    );
    let applied = apply_at(&ledger, &snapshot, 5);
    assert_eq!(applied.only(Action::Cancel).amount, 400);
    assert_eq!(applied.ledger.amounts().invoiced, 600);
    assert_eq!(applied.ledger.status(), Status::Invoiced);
}

#[test]
fn a_cancellation_that_was_never_done_is_missed_and_fails() {
    let ledger = authorized(1000);
    let ledger = with(&ledger, [lost(canceling(&ledger, 1000))]);
    for status in [Accepted, Waiting] {
        let applied = apply_until_certain(&ledger, &bound(status, Vec::new()));
        assert_eq!(applied.only(Action::Cancel).state, State::Failed);
        assert_eq!(applied.ledger.amounts().open_authorized, 1000);
    }
}

#[test]
fn a_cancellation_under_way_is_never_missed() {
    let ledger = authorized(1000);
    let ledger = with(&ledger, [calling(canceling(&ledger, 1000))]);
    let applied = apply_until_certain(&ledger, &bound(Accepted, Vec::new()));
    assert_eq!(applied.only(Action::Cancel).state, State::Pending);
}

#[test]
fn an_order_canceled_by_us_before_it_was_accepted_is_canceled_and_not_declined() {
    let mut ledger = authorized(1000);
    let authorization = only(&ledger, Action::Authorize).id;
    ledger.edit(authorization, at(0), |it| it.state = State::Pending);
    let purchase = only(&ledger, Action::Purchase).id;
    ledger.edit(purchase, at(0), |it| it.state = State::Pending);
    let ledger = with(&ledger, []);
    let ledger = with(&ledger, [lost(canceling(&ledger, 1000))]);
    let applied = apply_at(&ledger, &bound(Canceled, Vec::new()), 5);
    assert_eq!(applied.only(Action::Cancel).state, State::Succeeded);
    assert_eq!(applied.only(Action::Authorize).state, State::Failed);
    assert_eq!(applied.only(Action::Purchase).state, State::Failed);
    assert_eq!(applied.ledger.payment.ended, None);
    assert_eq!(applied.ledger.status(), Status::Canceled);
}
