//! The events of a change, one test for each rule.

use serde_json::{Value, json};

use super::*;
use crate::{
    events::EventType::*,
    payments::{
        details::{Details, InvoiceDetails},
        sample::{at, authorized, begun, by, child, id_of, of_order, payment, transaction, with},
        status::Ended,
        transaction::{Event, Failure, FailureCode},
    },
    providers::Funding,
};

fn kinds(ledger: &Ledger) -> Vec<EventType> {
    announcements(ledger).iter().map(EventDraft::kind).collect()
}

fn data(draft: &EventDraft) -> Value {
    serde_json::from_str(draft.payload()).expect("JSON")
}

/// An open invoice over `amount`.
fn invoice(ledger: &Ledger, amount: i64) -> Transaction {
    let mut invoice = of_order(ledger, Action::Invoice, State::Succeeded, amount);
    invoice.number = Some("SO-7-1".to_owned());
    invoice.details = Details {
        invoice: Some(InvoiceDetails {
            status: InvoiceStatus::Open,
            issued_at: Some(at(10)),
            ..InvoiceDetails::default()
        }),
        ..Details::default()
    };
    invoice
}

fn edit_invoice(ledger: &mut Ledger, change: impl FnOnce(&mut InvoiceDetails)) {
    let id = id_of(ledger, Action::Invoice);
    ledger.edit(id, at(30), |it| {
        change(it.details.invoice.as_mut().expect("an invoice"));
    });
}

fn funding(amount: i64) -> Funding {
    Funding {
        funded_at: at(25),
        amount,
        fee: 30,
    }
}

#[test]
fn a_payment_that_begins_is_reported_with_its_first_version() {
    let mut new = payment(1000);
    new.version = 0;
    new.website = Some("us".to_owned());
    let mut ledger = Ledger::of(new, Vec::new());
    let purchase = transaction(Action::Purchase, State::Pending, 1000);
    ledger.add(purchase, by(1), "The buyer chose the method.");
    let drafts = announcements(&ledger);
    assert_eq!(kinds(&ledger), [PaymentCreated]);
    let data = data(&drafts[0]);
    assert_eq!(data["version"], 1);
    assert_eq!(data["status"], "pending");
    assert_eq!(data.get("previousStatus"), None, "there was none");
    assert_eq!(data["website"], "us");
    assert_eq!(data["amounts"]["due"], "10.00");
    assert_eq!(data["transaction"]["action"], "purchase");
    assert_eq!(data.get("invoice"), None);
}

#[test]
fn nothing_is_reported_about_what_changed_nothing() {
    let mut ledger = authorized(1000);
    assert_eq!(kinds(&ledger), []);
    let id = id_of(&ledger, Action::Authorize);
    ledger
        .apply(id, Event::Succeeds, by(5), "Again.")
        .expect("a late event");
    ledger.note(None, "order.seen", false, by(5), "Seen.");
    assert_eq!(kinds(&ledger), []);
}

#[test]
fn a_status_is_reported_when_it_becomes_another_word() {
    let mut ledger = authorized(1000);
    let made = invoice(&ledger, 400);
    ledger.add(made, by(10), "An invoice.");
    let drafts = announcements(&ledger);
    assert_eq!(kinds(&ledger), [PaymentPartiallyInvoiced]);
    let told = data(&drafts[0]);
    assert_eq!(
        (&told["previousStatus"], &told["status"]),
        (&json!("authorized"), &json!("partially_invoiced"))
    );
    assert_eq!(told["version"], 2);
    assert_eq!(told["providerOrderId"], "order1");
    assert_eq!(told["transaction"]["id"], told["invoice"]["id"]);
    assert_eq!(
        (
            &told["invoice"]["number"],
            &told["invoice"]["status"],
            &told["invoice"]["amount"]
        ),
        (&json!("SO-7-1"), &json!("open"), &json!("4.00"))
    );

    let mut more = with(&authorized(1000), []);
    let first = invoice(&more, 300);
    more = with(&more, [first]);
    let second = invoice(&more, 300);
    more.add(second, by(11), "Another.");
    assert_eq!(kinds(&more), [], "it stays partially invoiced");
}

#[test]
fn money_and_goods_of_one_change_are_reported_in_order() {
    let ledger = authorized(1000);
    let made = invoice(&ledger, 1000);
    let mut ledger = with(&ledger, [made.clone()]);
    edit_invoice(&mut ledger, |it| {
        it.funding = Some(funding(1000));
        it.status = InvoiceStatus::Closed;
    });
    let shipment = child(&made, Action::Shipment, State::Succeeded, 1000);
    ledger.add(shipment, by(30), "Shipped.");
    let capture = child(&made, Action::Capture, State::Succeeded, 1000);
    ledger.add(capture, by(30), "Paid.");
    assert_eq!(
        kinds(&ledger),
        [
            InvoiceFunded,
            InvoiceClosed,
            PaymentShipped,
            PaymentCaptured,
            PaymentPaid
        ]
    );
    for draft in announcements(&ledger) {
        let told = data(&draft);
        assert_eq!(told["version"], 2, "one change is one version");
        assert_eq!(told["amounts"]["captured"], "10.00");
        assert_eq!(told["previousStatus"], "invoiced");
        assert_eq!(
            told["invoice"]["funding"],
            json!({ "fundedAt": at(25), "feeAmount": "0.30", "netAmount": "9.70" })
        );
    }
}

#[test]
fn funding_is_reported_when_it_grows_and_closing_once() {
    let ledger = authorized(1000);
    let mut made = invoice(&ledger, 1000);
    if let Some(details) = &mut made.details.invoice {
        details.funding = Some(funding(400));
        details.status = InvoiceStatus::Closed;
    }
    let read = with(&ledger, [made]);
    let mut same = read.clone();
    edit_invoice(&mut same, |it| it.notes = Some("Thanks".to_owned()));
    assert_eq!(kinds(&same), []);
    let mut more = read.clone();
    edit_invoice(&mut more, |it| it.funding = Some(funding(900)));
    assert_eq!(kinds(&more), [InvoiceFunded]);
    let mut less = read;
    edit_invoice(&mut less, |it| it.funding = Some(funding(300)));
    assert_eq!(kinds(&less), []);
}

#[test]
fn an_unknown_outcome_is_reported_and_a_call_under_way_is_not() {
    let ledger = authorized(1000);
    let mut pending = invoice(&ledger, 1000);
    pending.state = State::Pending;
    pending.call_until = Some(at(40));
    let id = pending.id;
    let mut called = ledger.clone();
    called.add(pending.clone(), by(10), "Being made.");
    assert!(called.is_unsettled());
    assert_eq!(kinds(&called), []);

    let mut lost = with(&ledger, [pending.clone()]);
    lost.apply(id, Event::Lost, by(20), "No answer.")
        .expect("a move");
    assert_eq!(kinds(&lost), [PaymentUnsettled]);
    let told = data(&announcements(&lost)[0]);
    assert_eq!(told["unsettled"], true);
    assert_eq!(told["transaction"]["state"], "unknown");

    pending.state = State::Unknown;
    pending.call_until = None;
    let unknown = with(&ledger, [pending]);
    let mut found = unknown.clone();
    found
        .apply(id, Event::Succeeds, by(30), "Found.")
        .expect("a move");
    assert_eq!(kinds(&found), [PaymentInvoiced, PaymentSettled]);
    let mut missed = unknown;
    let failure = Failure::new(
        FailureCode::NotFound,
        "Nobody may read this: buyer@example.com",
    );
    missed.fail(id, failure, by(30)).expect("a move");
    let drafts = announcements(&missed);
    assert_eq!(kinds(&missed), [PaymentSettled]);
    assert_eq!(data(&drafts[0])["transaction"]["failureCode"], "not_found");
    assert!(!drafts[0].payload().contains("buyer@"), "no free text");
}

#[test]
fn an_attempt_that_ends_is_reported_by_how_it_ended() {
    for (ended, kind) in [
        (Ended::Declined, PaymentDeclined),
        (Ended::Expired, PaymentExpired),
        (Ended::Superseded, PaymentCanceled),
    ] {
        let mut ledger = begun(1000);
        ledger.edit_payment(at(9), |it| it.ended = Some(ended));
        assert_eq!(kinds(&ledger), [kind]);
        let told = data(&announcements(&ledger)[0]);
        assert_eq!(told["previousStatus"], "pending");
        assert_eq!(told.get("transaction"), None);
    }
}

#[test]
fn the_ledger_before_is_the_one_that_was_read() {
    let ledger = authorized(1000);
    let made = invoice(&ledger, 1000);
    let read = with(&ledger, [made.clone()]);
    let mut changed = read.clone();
    edit_invoice(&mut changed, |it| it.status = InvoiceStatus::Closed);
    edit_invoice(&mut changed, |it| it.funding = Some(funding(1000)));
    let capture = child(&made, Action::Capture, State::Pending, 1000);
    let id = capture.id;
    changed.add(capture, by(30), "Money.");
    changed
        .apply(id, Event::Succeeds, by(31), "It came.")
        .expect("a move");
    changed.edit_payment(at(31), |it| it.order_id = "SO-8".to_owned());
    changed.edit_payment(at(32), |it| it.order_id = "SO-9".to_owned());
    let before = changed.before();
    assert_eq!(before.transactions(), read.transactions());
    assert_eq!(before.payment.order_id, read.payment.order_id);
}

#[test]
fn the_longest_texts_stay_far_below_twenty_thousand_bytes() {
    let mut ledger = authorized(i64::MAX);
    ledger.edit_payment(at(1), |it| {
        it.order_id = "€".repeat(255);
        it.website = Some("€".repeat(255));
    });
    let mut made = invoice(&ledger, i64::MAX);
    made.number = Some("€".repeat(255));
    made.details.invoice.as_mut().expect("an invoice").notes = Some("x".repeat(100_000));
    ledger.add(made, by(2), "x".repeat(100_000));
    let drafts = announcements(&ledger);
    assert!(!drafts.is_empty());
    assert!(drafts.iter().all(|it| it.payload().len() < 10_000));
}
