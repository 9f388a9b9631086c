//! Descriptions of differences, and whether a snapshot is complete.

use super::*;
use crate::payments::{sample::authorized, sample::begun, status::Ended};
use OrderState::{Accepted, Canceled, Unclear, Waiting};

/// Code, reference, and what should be there and is.
fn reported(applied: &Applied) -> Vec<(&str, &str, &str, &str)> {
    let noticed = applied.noticed.iter();
    noticed
        .map(|it| {
            let (reference, expected) = (text(&it.reference), text(&it.expected));
            (it.code.as_str(), reference, expected, text(&it.observed))
        })
        .collect()
}

fn text(it: &Option<String>) -> &str {
    it.as_deref().unwrap_or("-")
}

fn bound_among(orders: Vec<OrderSnapshot>) -> ProviderSnapshot {
    ProviderSnapshot {
        same_number: Some(whole(orders)),
        ..accepted(Vec::new())
    }
}

#[test]
fn a_second_order_beside_the_one_that_is_bound_is_reported_unless_it_is_canceled() {
    for (status, word) in [
        (Accepted, Some("accepted")),
        (Waiting, Some("waiting")),
        (Unclear, Some("unclear")),
        (Canceled, None),
    ] {
        let orders = vec![order("order1", Accepted), order("order2", status)];
        let applied = apply_at(&authorized(1000), &bound_among(orders), 5);
        let expected = word.map(|word| ("second_order", "order2", "canceled", word));
        assert_eq!(reported(&applied), expected.into_iter().collect::<Vec<_>>());
        assert!(!applied.ledger.has_moved(), "{status:?}");
    }
}

#[test]
fn a_second_order_is_reported_whatever_it_is_over() {
    let theirs = OrderSnapshot {
        amount: Some(1200),
        ..order("order2", Accepted)
    };
    let applied = apply_at(&authorized(1000), &bound_among(vec![theirs]), 5);
    assert_eq!(applied.codes, ["second_order"]);
    assert!(applied.noticed[0].message.contains("12.00 USD"));
}

#[test]
fn every_order_of_an_attempt_that_is_over_is_reported_as_that() {
    let mut ledger = begun(1000);
    ledger.payment.ended = Some(Ended::Superseded);
    let orders = vec![
        order("order1", Accepted),
        order("order2", Waiting),
        order("order3", Canceled),
    ];
    let applied = apply_at(&ledger, &candidates(orders), 5);
    let expected = [
        ("order_after_end", "order2", "canceled", "waiting"),
        ("order_after_end", "order1", "canceled", "accepted"),
    ];
    assert_eq!(reported(&applied), expected);
}

#[test]
fn an_order_that_is_not_ours_is_reported_with_what_differs_unless_it_is_canceled() {
    type Change = fn(&mut OrderSnapshot);
    let table: [(Change, &str, &str); 7] = [
        (|it| it.amount = Some(1200), "10.00", "12.00"),
        (|it| it.amount = None, "10.00", "-"),
        (|it| it.currency = Some("CAD".to_owned()), "USD", "CAD"),
        (|it| it.currency = None, "USD", "-"),
        (
            |it| it.merchant_order_id = Some("SO-8".to_owned()),
            ORDER_NUMBER,
            "SO-8",
        ),
        (|it| it.merchant_order_id = None, ORDER_NUMBER, "-"),
        (|it| it.merchant_id = Some("another".to_owned()), "-", "-"),
    ];
    for (change, expected, observed) in table {
        let mut theirs = order("order1", Accepted);
        change(&mut theirs);
        let applied = apply_at(&begun(1000), &candidates(vec![theirs.clone()]), 5);
        assert_eq!(
            reported(&applied),
            [("order_not_ours", "order1", expected, observed)]
        );
        theirs.state = Canceled;
        let applied = apply_at(&begun(1000), &candidates(vec![theirs]), 5);
        assert_eq!(reported(&applied), []);
    }
}

#[test]
fn an_order_that_changed_is_reported_with_what_differs() {
    type Change = fn(&mut OrderSnapshot);
    let table: [(Change, &str, &str); 3] = [
        (|it| it.amount = Some(999), "10.00", "9.99"),
        (|it| it.currency = Some("CAD".to_owned()), "USD", "CAD"),
        (
            |it| (it.amount, it.currency) = (Some(5), Some("EUR".to_owned())),
            "USD",
            "EUR",
        ),
    ];
    for (change, expected, observed) in table {
        let mut theirs = order("order1", Accepted);
        change(&mut theirs);
        let snapshot = ProviderSnapshot {
            order: OrderView::Bound(theirs),
            ..accepted(Vec::new())
        };
        let applied = apply_at(&authorized(1000), &snapshot, 5);
        assert_eq!(
            reported(&applied),
            [("order_differs", "order1", expected, observed)]
        );
    }
}

#[test]
fn a_return_over_more_than_is_left_is_reported_with_both_amounts() {
    let (ledger, _) = invoiced(&authorized(1000), "invoice1", 600);
    let seen = invoice("invoice1", 600, InvoiceStatus::Open);
    let seen = returning(seen, vec![a_return("return1", 601, at(20), None)]);
    let applied = apply_at(&ledger, &accepted(vec![seen]), 30);
    assert_eq!(
        reported(&applied),
        [("return_unexplained", "return1", "6.00", "6.01")]
    );
}

#[test]
fn a_snapshot_is_complete_when_each_of_its_lists_is() {
    let open = || invoice("invoice1", 600, InvoiceStatus::Open);
    let unread = InvoiceSnapshot {
        returns: None,
        ..open()
    };
    let half_read = InvoiceSnapshot {
        returns: Some(half(Vec::new())),
        ..open()
    };
    let with = |change: &dyn Fn(&mut ProviderSnapshot)| {
        let mut snapshot = accepted(vec![open()]);
        change(&mut snapshot);
        snapshot
    };
    let table = [
        (with(&|_| {}), true),
        (accepted(Vec::new()), true),
        (accepted(vec![open(), unread]), false),
        (accepted(vec![half_read, open()]), false),
        (with(&|it| it.invoices = None), false),
        (with(&|it| it.invoices = Some(half(vec![open()]))), false),
        (with(&|it| it.same_number = None), false),
        (with(&|it| it.same_number = Some(half(Vec::new()))), false),
        (with(&|it| it.order = OrderView::Gone), false),
        (with(&|it| it.order = OrderView::NotRead), false),
        (ProviderSnapshot::default(), false),
        (candidates(Vec::new()), true),
        (candidates(vec![order("order1", Canceled)]), true),
        (
            with(&|it| it.order = OrderView::Candidates(half(Vec::new()))),
            false,
        ),
        (
            with(&|it| {
                it.order = OrderView::Candidates(whole(Vec::new()));
                it.invoices = Some(half(Vec::new()));
            }),
            false,
        ),
    ];
    for (snapshot, complete) in table {
        assert_eq!(snapshot.is_complete(), complete, "{snapshot:?}");
    }
}
