//! What came of invoices, once, and what was taken back.

use super::*;
use crate::payments::{sample::authorized, status::Status, transaction::Origin};
use Standing::{Canceled, Closed, Open};

/// An authorized payment over 1000, all of it invoiced.
fn all_invoiced() -> (Ledger, Transaction) {
    invoiced(&authorized(1000), "invoice1", 1000)
}

fn seen(standing: Standing) -> InvoiceSeen {
    invoice("invoice1", 1000, standing)
}

#[test]
fn an_open_invoice_brings_nothing() {
    let (ledger, _) = all_invoiced();
    look(&ledger, &accepted(vec![seen(Open)]), 5).none(Action::Capture);
}

#[test]
fn funding_and_closing_each_capture_and_whichever_comes_second_changes_nothing() {
    let pictures = [
        accepted(vec![seen(Closed)]),
        accepted(vec![funded(seen(Open), Some(1000))]),
        accepted(vec![funded(seen(Closed), Some(1000))]),
    ];
    for first in &pictures {
        let (ledger, made) = all_invoiced();
        let heeded = look(&ledger, first, 5);
        let capture = heeded.only(Action::Capture);
        assert_eq!((capture.amount, capture.parent_id), (1000, Some(made.id)));
        assert_eq!(capture.origin, Origin::Provider);
        assert_eq!(heeded.ledger.status(), Status::Paid);
        for second in &pictures {
            let again = look(&heeded.ledger, second, 6);
            assert_eq!(again.only(Action::Capture).amount, 1000);
            assert!(again.codes.is_empty());
        }
    }
}

#[test]
fn funding_keeps_when_it_came_and_its_fee() {
    let (ledger, made) = all_invoiced();
    let picture = accepted(vec![funded(seen(Open), None)]);
    let funding = |heeded: &Heeded| {
        let invoice = heeded.ledger.find(made.id).expect("the invoice");
        let details = invoice.details.invoice.as_ref().expect("details");
        details.funding.expect("a funding")
    };
    let read = look(&ledger, &picture, 100);
    assert_eq!((funding(&read).amount, funding(&read).fee), (1000, 12));
    assert_eq!(funding(&read).funded_at, at(100), "when it was read");
    let told: FundedAt = [(apruve_id("invoice1"), at(40))].into_iter().collect();
    let heard = look_knowing(&read.ledger, &picture, &told, &[], 200);
    assert_eq!(funding(&heard).funded_at, at(40), "when the webhook says");
    let read_again = look(&heard.ledger, &picture, 300);
    assert_eq!(funding(&read_again).funded_at, at(40));
}

#[test]
fn a_webhook_alone_captures_nothing() {
    let (ledger, _) = all_invoiced();
    let told: FundedAt = [(apruve_id("invoice1"), at(40))].into_iter().collect();
    let heeded = look_knowing(&ledger, &accepted(vec![seen(Open)]), &told, &[], 50);
    heeded.none(Action::Capture);
}

#[test]
fn no_more_is_captured_than_was_asked_for() {
    for (told, captured) in [(Some(2000), Some(1000)), (Some(0), None), (Some(-5), None)] {
        let (ledger, _) = all_invoiced();
        let heeded = look(&ledger, &accepted(vec![funded(seen(Open), told)]), 5);
        let capture = heeded.ledger.of_action(Action::Capture).next();
        assert_eq!(capture.map(|it| it.amount), captured, "{told:?}");
    }
}

#[test]
fn what_was_taken_off_before_the_payment_was_not_paid_and_what_came_after_is_money_back() {
    let before = a_return("return1", 200, at(40), None);
    let after = a_return("return2", 300, at(60), None);
    let (ledger, _) = all_invoiced();
    let picture = accepted(vec![returning(seen(Closed), vec![before, after])]);
    let heeded = look(&ledger, &picture, 100);
    assert_eq!(heeded.only(Action::Capture).amount, 800);
    let sums = heeded.ledger.amounts();
    assert_eq!((sums.returned, sums.refunded, sums.due), (500, 300, 0));
    assert_eq!(heeded.ledger.status(), Status::PartiallyRefunded);
}

#[test]
fn how_much_the_buyer_paid_is_known_only_with_all_that_was_taken_off() {
    let (ledger, _) = all_invoiced();
    for returns in [None, Some(half(Vec::new()))] {
        let unread = InvoiceSeen {
            returns: returns.clone(),
            ..seen(Closed)
        };
        look(&ledger, &accepted(vec![unread]), 5).none(Action::Capture);
        let untold = InvoiceSeen {
            returns: returns.clone(),
            ..funded(seen(Open), None)
        };
        look(&ledger, &accepted(vec![untold]), 5).none(Action::Capture);
        let told = InvoiceSeen {
            returns,
            ..funded(seen(Open), Some(1000))
        };
        let heeded = look(&ledger, &accepted(vec![told]), 5);
        assert_eq!(heeded.only(Action::Capture).amount, 1000);
    }
}

#[test]
fn a_payment_that_bounced_is_taken_back() {
    let (ledger, _) = all_invoiced();
    let paid = look(&ledger, &accepted(vec![seen(Closed)]), 5);
    let heeded = look(&paid.ledger, &accepted(vec![seen(Open)]), 6);
    let reversal = heeded.only(Action::Reversal);
    assert_eq!(reversal.amount, 1000);
    assert_eq!(reversal.parent_id, Some(paid.only(Action::Capture).id));
    assert_eq!(heeded.ledger.amounts().captured, 0);
    assert_eq!(heeded.ledger.status(), Status::Invoiced);
    let again = look(&heeded.ledger, &accepted(vec![seen(Closed)]), 7);
    assert_eq!(again.codes, ["paid_again"]);
    assert_eq!(
        again.only(Action::Capture).amount,
        1000,
        "it is captured once"
    );
}

#[test]
fn a_funding_that_is_not_told_this_time_is_not_taken_back() {
    let (ledger, _) = all_invoiced();
    let paid = look(&ledger, &accepted(vec![funded(seen(Open), Some(1000))]), 5);
    let heeded = look(&paid.ledger, &accepted(vec![seen(Open)]), 6);
    heeded.none(Action::Reversal);
}

#[test]
fn a_paid_invoice_that_is_canceled_at_apruve_is_taken_back() {
    let (ledger, _) = all_invoiced();
    let paid = look(&ledger, &accepted(vec![funded(seen(Open), Some(1000))]), 5);
    let picture = accepted(vec![funded(seen(Canceled), Some(1000))]);
    let heeded = look(&paid.ledger, &picture, 6);
    assert_eq!(heeded.only(Action::Reversal).amount, 1000);
    let sums = heeded.ledger.amounts();
    assert_eq!((sums.captured, sums.invoiced, sums.refunded), (0, 0, 0));
    assert_eq!(heeded.ledger.status(), Status::Authorized);
}

#[test]
fn a_canceled_invoice_never_brings_anything() {
    let (ledger, _) = all_invoiced();
    let picture = accepted(vec![funded(seen(Canceled), Some(1000))]);
    look(&ledger, &picture, 5).none(Action::Capture);
}

#[test]
fn an_invoice_that_was_made_and_paid_while_nobody_looked_is_known_whole() {
    let shipped = shipping(seen(Closed), vec![a_shipment("shipment1", None)]);
    let returned = returning(shipped, vec![a_return("return1", 100, at(60), None)]);
    let heeded = look(&authorized(1000), &accepted(vec![returned]), 100);
    let sums = heeded.ledger.amounts();
    assert_eq!(
        (sums.invoiced, sums.captured, sums.refunded),
        (1000, 1000, 100)
    );
    assert_eq!(heeded.only(Action::Shipment).origin, Origin::Provider);
}
