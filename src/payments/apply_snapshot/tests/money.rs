//! Money received for invoices, booked once, and money taken back.

use super::*;
use crate::payments::{sample::authorized, status::Status, transaction::Origin};
use InvoiceStatus::{Canceled, Closed, Open};

/// An authorized payment over 1000, all of it invoiced.
pub(super) fn all_invoiced() -> (Ledger, Transaction) {
    invoiced(&authorized(1000), "invoice1", 1000)
}

pub(super) fn seen(status: InvoiceStatus) -> InvoiceSnapshot {
    invoice("invoice1", 1000, status)
}

#[test]
fn an_open_invoice_brings_nothing() {
    let (ledger, _) = all_invoiced();
    seeing(&ledger, [seen(Open)]).none(Action::Capture);
}

#[test]
fn funding_and_closing_each_capture_and_whichever_comes_second_changes_nothing() {
    let snapshots = [
        accepted(vec![seen(Closed)]),
        accepted(vec![funded(seen(Open), Some(1000))]),
        accepted(vec![funded(seen(Closed), Some(1000))]),
    ];
    for first in &snapshots {
        let (ledger, made) = all_invoiced();
        let applied = apply_at(&ledger, first, 5);
        let capture = applied.only(Action::Capture);
        assert_eq!((capture.amount, capture.parent_id), (1000, Some(made.id)));
        assert_eq!(capture.origin, Origin::Provider);
        assert_eq!(applied.ledger.status(), Status::Paid);
        for second in &snapshots {
            let again = apply_at(&applied.ledger, second, 6);
            assert_eq!(again.only(Action::Capture).amount, 1000);
            assert!(again.codes.is_empty());
        }
    }
}

#[test]
fn funding_keeps_when_it_came_and_its_fee() {
    let (ledger, made) = all_invoiced();
    let snapshot = accepted(vec![funded(seen(Open), None)]);
    let funding = |applied: &Applied| {
        let invoice = applied.ledger.find(made.id).expect("the invoice");
        let details = invoice.details.invoice.as_ref().expect("details");
        details.funding.expect("a funding")
    };
    let read = apply_at(&ledger, &snapshot, 100);
    assert_eq!((funding(&read).amount, funding(&read).fee), (1000, 12));
    assert_eq!(funding(&read).funded_at, at(100), "when it was read");
    let told: FundedAt = [(provider_id("invoice1"), at(40))].into_iter().collect();
    let after_webhook = apply_knowing(&read.ledger, &snapshot, &told, &[], 200);
    assert_eq!(
        funding(&after_webhook).funded_at,
        at(40),
        "when the webhook says"
    );
    let read_again = apply_at(&after_webhook.ledger, &snapshot, 300);
    assert_eq!(funding(&read_again).funded_at, at(40));
}

#[test]
fn a_time_of_funding_counts_from_the_issue_to_the_reading() {
    let time = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
    let (begun, never) = (time("1970-01-01T00:00:00Z"), time("9999-12-31T00:00:00Z"));
    // The invoice is issued at 10 and read at 100; clocks may differ by five minutes.
    for (known, told, expected) in [
        (None, None, at(100)),
        (None, Some(at(40)), at(40)),
        (None, Some(at(10)), at(10)),
        (None, Some(at(-290)), at(-290)),
        (None, Some(at(-291)), at(100)),
        (None, Some(begun), at(100)),
        (None, Some(at(101)), at(100)),
        (None, Some(never), at(100)),
        (Some(40), Some(at(30)), at(30)),
        (Some(40), Some(at(50)), at(40)),
        (Some(40), Some(begun), at(40)),
        (Some(40), Some(never), at(40)),
    ] {
        let (mut ledger, made) = all_invoiced();
        let snapshot = accepted(vec![funded(seen(Open), None)]);
        if let Some(seconds) = known {
            ledger = apply_at(&ledger, &snapshot, seconds).ledger;
        }
        let told: FundedAt = told
            .map(|at| (provider_id("invoice1"), at))
            .into_iter()
            .collect();
        let applied = apply_knowing(&ledger, &snapshot, &told, &[], 100);
        let invoice = applied.ledger.find(made.id).expect("the invoice");
        let funding = invoice.details.invoice.as_ref().and_then(|it| it.funding);
        assert_eq!(
            funding.map(|it| it.funded_at),
            Some(expected),
            "{known:?} {told:?}"
        );
    }
}

#[test]
fn a_webhook_alone_captures_nothing() {
    let (ledger, _) = all_invoiced();
    let told: FundedAt = [(provider_id("invoice1"), at(40))].into_iter().collect();
    let applied = apply_knowing(&ledger, &accepted(vec![seen(Open)]), &told, &[], 50);
    applied.none(Action::Capture);
}

#[test]
fn more_than_was_asked_for_is_booked_and_reported() {
    for (told, captured) in [(Some(2000), Some(2000)), (Some(0), None), (Some(-5), None)] {
        let (ledger, _) = all_invoiced();
        let applied = seeing(&ledger, [funded(seen(Open), told)]);
        let capture = applied.ledger.of_action(Action::Capture).next();
        assert_eq!(capture.map(|it| it.amount), captured, "{told:?}");
        let codes: &[&str] = if captured.is_some() {
            &["paid_too_much"]
        } else {
            &[]
        };
        assert_eq!(applied.codes, codes);
        let sums = applied.ledger.amounts();
        assert_eq!(
            (sums.refunded, sums.due),
            (0, if captured.is_some() { 0 } else { 1000 })
        );
    }
    // No order is over so much; what the provider says that it paid is booked all the same.
    for huge in [1_000_000_000_001, i64::MAX - 1, i64::MAX] {
        let (ledger, _) = all_invoiced();
        let applied = seeing(&ledger, [funded(seen(Open), Some(huge))]);
        assert_eq!(applied.only(Action::Capture).amount, huge);
        assert_eq!(applied.codes, ["paid_too_much"]);
        let sums = applied.ledger.amounts();
        assert_eq!((sums.captured, sums.refunded, sums.due), (huge, 0, 0));
    }
}

#[test]
fn money_on_an_invoice_that_is_canceled_here_is_booked() {
    let (ledger, made) = all_invoiced();
    let cancel = crate::payments::sample::child(&made, Action::Cancel, State::Succeeded, 1000);
    let ledger = with(&ledger, [cancel]);
    let applied = seeing(&ledger, [funded(seen(Open), Some(1000))]);
    assert_eq!(applied.codes, ["invoice_not_canceled", "paid_too_much"]);
    assert_eq!(applied.ledger.amounts().captured, 1000);
    let open = seeing(&ledger, [seen(Open)]);
    assert_eq!(open.codes, ["invoice_not_canceled"]);
    open.none(Action::Capture);
}

#[test]
fn what_was_paid_of_an_invoice_that_was_changed_at_the_provider_is_booked() {
    // The provider's amount, the result, and the amount due then.
    for (amount, status, funding, captured, due) in [
        (500, Open, None, 0, 600),
        (500, Open, Some(500), 500, 100),
        (500, Closed, None, 500, 100),
        (700, Open, Some(600), 600, 0),
        (700, Open, Some(700), 700, 0),
    ] {
        let (ledger, _) = invoiced(&authorized(1000), "invoice1", 600);
        let mut shown = invoice("invoice1", amount, status);
        if funding.is_some() {
            shown = funded(shown, funding);
        }
        let applied = apply_at(&ledger, &accepted(vec![shown]), 100);
        let mut codes = vec!["invoice_differs"];
        if captured > 600 {
            codes.push("paid_too_much");
        }
        assert_eq!(applied.codes, codes, "{amount} {funding:?}");
        let sums = applied.ledger.amounts();
        assert_eq!(
            (sums.captured, sums.invoiced),
            (captured, 600),
            "{amount} {funding:?}"
        );
        let (_, made) = invoiced(&authorized(1000), "invoice1", 600);
        let part = applied.ledger.part(applied.only(Action::Invoice));
        assert_eq!(
            (part.due(), made.amount),
            (due, 600),
            "{amount} {funding:?}"
        );
    }
}

#[test]
fn what_was_taken_off_before_the_payment_was_not_paid_and_what_came_after_is_money_back() {
    let before = a_return("return1", 200, at(40), None);
    let after = a_return("return2", 300, at(60), None);
    let (ledger, _) = all_invoiced();
    let snapshot = accepted(vec![returning(seen(Closed), vec![before, after])]);
    let applied = apply_at(&ledger, &snapshot, 100);
    assert_eq!(applied.only(Action::Capture).amount, 800);
    let sums = applied.ledger.amounts();
    assert_eq!((sums.returned, sums.refunded, sums.due), (500, 300, 0));
    assert_eq!(applied.ledger.status(), Status::PartiallyRefunded);
}

#[test]
fn how_much_the_buyer_paid_is_known_only_with_all_that_was_taken_off() {
    let (ledger, _) = all_invoiced();
    for returns in [None, Some(half(Vec::new()))] {
        let unread = InvoiceSnapshot {
            returns: returns.clone(),
            ..seen(Closed)
        };
        seeing(&ledger, [unread]).none(Action::Capture);
        let untold = InvoiceSnapshot {
            returns: returns.clone(),
            ..funded(seen(Open), None)
        };
        seeing(&ledger, [untold]).none(Action::Capture);
        let told = InvoiceSnapshot {
            returns,
            ..funded(seen(Open), Some(1000))
        };
        let applied = seeing(&ledger, [told]);
        assert_eq!(applied.only(Action::Capture).amount, 1000);
    }
}

#[test]
fn a_payment_that_bounced_is_taken_back() {
    let (ledger, made) = all_invoiced();
    let paid = seeing(&ledger, [seen(Closed)]);
    let applied = apply_at(&paid.ledger, &accepted(vec![seen(Open)]), 6);
    let reversal = applied.only(Action::Reversal);
    assert_eq!(reversal.amount, 1000);
    assert_eq!((reversal.parent_id, reversal.ordinal), (Some(made.id), 2));
    assert_eq!(applied.ledger.amounts().captured, 0);
    assert_eq!(applied.ledger.status(), Status::Invoiced);
    let again = apply_at(&applied.ledger, &accepted(vec![seen(Closed)]), 7);
    assert!(again.codes.is_empty());
    assert_eq!(again.ledger.amounts().captured, 1000, "paid again");
}

#[test]
fn a_funding_that_is_not_reported_this_time_is_not_taken_back() {
    let (ledger, _) = all_invoiced();
    let paid = seeing(&ledger, [funded(seen(Open), Some(1000))]);
    let applied = apply_at(&paid.ledger, &accepted(vec![seen(Open)]), 6);
    applied.none(Action::Reversal);
}

#[test]
fn a_paid_invoice_that_is_canceled_at_the_provider_is_taken_back() {
    let (ledger, _) = all_invoiced();
    let paid = seeing(&ledger, [funded(seen(Open), Some(1000))]);
    let snapshot = accepted(vec![funded(seen(Canceled), Some(1000))]);
    let applied = apply_at(&paid.ledger, &snapshot, 6);
    assert_eq!(applied.only(Action::Reversal).amount, 1000);
    let sums = applied.ledger.amounts();
    assert_eq!((sums.captured, sums.invoiced, sums.refunded), (0, 0, 0));
    assert_eq!(applied.ledger.status(), Status::Authorized);
}

#[test]
fn a_canceled_invoice_never_brings_anything() {
    let (ledger, _) = all_invoiced();
    let snapshot = accepted(vec![funded(seen(Canceled), Some(1000))]);
    apply_at(&ledger, &snapshot, 5).none(Action::Capture);
}

#[test]
fn an_invoice_that_was_made_and_paid_while_nobody_looked_is_known_whole() {
    let shipped = shipping(seen(Closed), vec![a_shipment("shipment1", None)]);
    let returned = returning(shipped, vec![a_return("return1", 100, at(60), None)]);
    let applied = apply_at(&authorized(1000), &accepted(vec![returned]), 100);
    let sums = applied.ledger.amounts();
    assert_eq!(
        (sums.invoiced, sums.captured, sums.refunded),
        (1000, 1000, 100)
    );
    assert_eq!(applied.only(Action::Shipment).origin, Origin::Provider);
}
