//! One test for each column of the projection that lists and workers query.

use super::*;
use crate::payments::{
    details::{Details, InvoiceDetails, ShipmentDetails},
    sample::{at, authorized, begun, child, of_order, only, transaction, with},
    status::Ended,
    transaction::Search,
};
use crate::providers::Funding;
use chrono::TimeDelta;

/// An authorized payment with an open invoice, issued at the tenth second.
fn open_invoice(amount: i64) -> (Ledger, Transaction) {
    let ledger = authorized(1000);
    let mut invoice = of_order(&ledger, Action::Invoice, State::Succeeded, amount);
    invoice.details = Details {
        invoice: Some(InvoiceDetails {
            status: InvoiceStatus::Open,
            issued_at: Some(at(10)),
            ..InvoiceDetails::default()
        }),
        ..Details::default()
    };
    (with(&ledger, [invoice.clone()]), invoice)
}

fn shipped(invoice: &Transaction, seconds: i64) -> Transaction {
    let mut shipment = child(invoice, Action::Shipment, State::Succeeded, invoice.amount);
    shipment.details.shipment = Some(ShipmentDetails {
        shipped_at: Some(at(seconds)),
        ..ShipmentDetails::default()
    });
    shipment
}

fn of(ledger: &Ledger, more: impl IntoIterator<Item = Transaction>) -> Projection {
    Projection::of(&with(ledger, more))
}

#[test]
fn a_payment_rests_when_nothing_is_due_nothing_is_open_and_no_money_is_awaited() {
    let (ledger, invoice) = open_invoice(1000);
    let paid = child(&invoice, Action::Capture, State::Succeeded, 1000);
    assert_eq!(of(&ledger, []).rests_since, None, "money is due");
    let resting = of(&ledger, [paid.clone()]);
    assert_eq!(resting.rests_since, Some(at(0)), "since the last move");
    let mut refund = child(&invoice, Action::Refund, State::Pending, 10);
    refund.call_until = Some(at(20));
    let open = of(&ledger, [paid, refund]);
    assert!(open.unsettled);
    assert_eq!(open.rests_since, None);
}

#[test]
fn a_payment_that_came_to_nothing_rests() {
    for ended in [Ended::Declined, Ended::Expired, Ended::Superseded] {
        let mut payment = begun(1000).payment;
        payment.ended = Some(ended);
        let purchase = transaction(Action::Purchase, State::Failed, 1000);
        let resting = Projection::of(&Ledger::of(payment, vec![purchase]));
        assert!(!resting.active);
        assert_eq!(resting.amounts.due, 0);
        assert!(resting.rests_since.is_some(), "{ended:?}");
    }
    let begun = of(&begun(1000), []);
    assert!(begun.active && begun.rests_since.is_none());
}

#[test]
fn a_payment_whose_money_went_back_stays_live_while_more_may_be_invoiced() {
    let (ledger, invoice) = open_invoice(400);
    let paid = child(&invoice, Action::Capture, State::Succeeded, 400);
    let back = child(&invoice, Action::Refund, State::Succeeded, 400);
    let open = of(&ledger, [paid.clone(), back.clone()]);
    assert_eq!(open.status, Status::PartiallyRefunded);
    assert!(open.active && open.rests_since.is_none());
    let rest = of_order(&ledger, Action::Cancel, State::Succeeded, 600);
    let over = of(&ledger, [paid, back, rest]);
    assert_eq!(over.status, Status::Refunded);
    assert!(!over.active && over.rests_since.is_some());
}

#[test]
fn the_provider_owes_for_an_issued_invoice_since_its_issue_and_since_its_shipment() {
    let (ledger, invoice) = open_invoice(1000);
    let issued = of(&ledger, []);
    assert_eq!(issued.unfunded_since, Some(at(10)));
    assert_eq!(issued.unfunded_shipped_since, None);
    let sent = of(&ledger, [shipped(&invoice, 90), shipped(&invoice, 80)]);
    assert_eq!(
        sent.unfunded_shipped_since,
        Some(at(80)),
        "the first one counts"
    );
    let early = of(&ledger, [shipped(&invoice, 5)]);
    assert_eq!(
        early.unfunded_shipped_since,
        Some(at(10)),
        "not before the issue"
    );
    let mut failed = shipped(&invoice, 80);
    failed.state = State::Failed;
    assert_eq!(of(&ledger, [failed]).unfunded_shipped_since, None);
}

#[test]
fn the_oldest_unfunded_invoice_sets_the_clock() {
    let (ledger, _) = open_invoice(400);
    let mut older = of_order(&ledger, Action::Invoice, State::Succeeded, 100);
    older.details.invoice = Some(InvoiceDetails {
        status: InvoiceStatus::Open,
        issued_at: Some(at(3)),
        ..InvoiceDetails::default()
    });
    assert_eq!(of(&ledger, [older]).unfunded_since, Some(at(3)));
}

#[test]
fn the_provider_owes_nothing_for_an_invoice_that_is_paid_funded_pending_given_up_or_taken_off() {
    let (ledger, invoice) = open_invoice(1000);
    for settling in [Action::Capture, Action::Cancel, Action::Refund] {
        let done = child(&invoice, settling, State::Succeeded, 1000);
        assert_eq!(of(&ledger, [done]).unfunded_since, None, "{settling:?}");
    }
    let changed = |change: fn(&mut InvoiceDetails)| {
        let mut ledger = with(&ledger, []);
        ledger.edit(invoice.id, at(0), |it| {
            change(it.details.invoice.as_mut().expect("details"))
        });
        of(&ledger, []).unfunded_since
    };
    assert_eq!(changed(|it| it.status = InvoiceStatus::Pending), None);
    assert_eq!(changed(|it| it.status = InvoiceStatus::Canceled), None);
    assert_eq!(
        changed(|it| it.funding = Some(Funding {
            funded_at: at(50),
            amount: 1000,
            fee: 10
        })),
        None
    );
    assert_eq!(changed(|it| it.funding = partly(999)), Some(at(10)));
    assert_eq!(
        changed(|it| it.issued_at = None),
        Some(at(0)),
        "else since it was made"
    );
}

fn partly(amount: i64) -> Option<Funding> {
    Some(Funding {
        funded_at: at(50),
        amount,
        fee: 10,
    })
}

#[test]
fn the_unpaid_rest_of_an_invoice_is_owed_since_it_was_issued() {
    let (ledger, invoice) = open_invoice(1000);
    for (captured, returned, waits) in [
        (600, 0, true),
        (999, 0, true),
        (1000, 0, false),
        (1001, 0, false),
        (600, 300, true),
        (600, 400, false),
    ] {
        let mut ledger = with(&ledger, []);
        ledger.edit(invoice.id, at(0), |it| {
            it.details.invoice.as_mut().expect("details").funding = partly(captured);
        });
        let capture = child(&invoice, Action::Capture, State::Succeeded, captured);
        let refund = child(&invoice, Action::Refund, State::Succeeded, returned);
        let since = of(&ledger, [capture, refund]).unfunded_since;
        assert_eq!(since, waits.then_some(at(10)), "{captured} {returned}");
    }
}

#[test]
fn the_next_look_is_the_first_that_anything_asks_for() {
    let ledger = authorized(1000);
    assert_eq!(of(&ledger, []).next_look_at, None);
    let authorization = only(&ledger, Action::Authorize);
    let mut searched = child(authorization, Action::Invoice, State::Unknown, 100);
    searched.search = Search::begin(at(60));
    let mut called = child(authorization, Action::Invoice, State::Pending, 100);
    called.call_until = Some(at(20));
    let searching = of(&ledger, [searched.clone()]);
    assert!(searching.unsettled);
    assert_eq!(searching.next_look_at, Some(at(65)));
    let calling = of(&ledger, [searched, called]);
    assert_eq!(
        calling.next_look_at,
        Some(at(20)),
        "when the call is certainly over"
    );
}

#[test]
fn an_attempt_that_nobody_takes_up_is_looked_at_when_its_time_is_up() {
    let mut ledger = begun(1000);
    let expiry = at(0) + TimeDelta::hours(1);
    ledger.payment.expires_at = Some(expiry);
    assert_eq!(of(&ledger, []).next_look_at, Some(expiry));
    // An order that may be there is looked for first.
    let mut searched = transaction(Action::Authorize, State::Unknown, 1000);
    searched.search = Search::begin(expiry);
    let next = of(&ledger, [searched]).next_look_at;
    assert_eq!(next, Some(expiry + TimeDelta::seconds(5)));
    ledger.payment.ended = Some(Ended::Superseded);
    assert_eq!(of(&ledger, []).next_look_at, None);
}
