//! One test for each rule of the sums.

use super::*;
use crate::payments::sample::{child, transaction};
use State::{Failed, Pending, Succeeded, Unknown};

/// A payment over 1000 that is authorized, with an invoice over 600.
struct Story(Vec<Transaction>);

impl Story {
    fn new() -> Self {
        let authorization = transaction(Action::Authorize, Succeeded, 1000);
        let invoice = child(&authorization, Action::Invoice, Succeeded, 600);
        Story(vec![authorization, invoice])
    }

    fn and(mut self, parent: usize, action: Action, state: State, amount: i64) -> Self {
        let new = child(&self.0[parent], action, state, amount);
        self.0.push(new);
        self
    }

    fn amounts(&self) -> Amounts {
        Amounts::of(1000, &self.0)
    }

    fn part(&self) -> PartAmounts {
        part_of(&self.0, &self.0[1])
    }
}

const ORDER: usize = 0;
const INVOICE: usize = 1;

#[test]
fn only_what_succeeded_counts() {
    for state in [Pending, Failed, Unknown] {
        let story = Story::new()
            .and(ORDER, Action::Invoice, state, 400)
            .and(ORDER, Action::Cancel, state, 400)
            .and(INVOICE, Action::Capture, state, 600)
            .and(INVOICE, Action::Refund, state, 600)
            .and(INVOICE, Action::Cancel, state, 600);
        let expected = Amounts {
            authorized: 1000,
            open_authorized: 400,
            invoiced: 600,
            due: 1000,
            ..Amounts::default()
        };
        assert_eq!(story.amounts(), expected, "{state:?}");
        let authorization = transaction(Action::Authorize, state, 1000);
        let expected = Amounts {
            due: 1000,
            ..Amounts::default()
        };
        assert_eq!(Amounts::of(1000, &[authorization]), expected, "{state:?}");
    }
}

#[test]
fn what_is_not_asked_for_money_moves_no_amount() {
    let story = Story::new();
    let before = story.amounts();
    let story = story
        .and(INVOICE, Action::Issue, Succeeded, 600)
        .and(INVOICE, Action::Shipment, Succeeded, 600)
        .and(ORDER, Action::Purchase, Succeeded, 1000);
    assert_eq!(story.amounts(), before);
}

#[test]
fn giving_up_the_rest_leaves_what_is_invoiced_to_be_paid() {
    let story = Story::new().and(ORDER, Action::Cancel, Succeeded, 400);
    let sums = story.amounts();
    assert_eq!(
        (sums.canceled, sums.open_authorized, sums.due),
        (400, 0, 600)
    );
}

#[test]
fn a_canceled_invoice_may_be_invoiced_again_and_takes_its_returns_with_it() {
    let story = Story::new()
        .and(INVOICE, Action::Refund, Succeeded, 100)
        .and(INVOICE, Action::Cancel, Succeeded, 600);
    let expected = Amounts {
        authorized: 1000,
        open_authorized: 1000,
        due: 1000,
        ..Amounts::default()
    };
    assert_eq!(story.amounts(), expected);
    let part = story.part();
    assert!(part.canceled);
    assert_eq!((part.billed, part.due(), part.returnable()), (0, 0, 0));
}

#[test]
fn what_is_taken_off_an_open_invoice_lowers_what_is_due_and_is_no_refund() {
    let story = Story::new().and(INVOICE, Action::Refund, Succeeded, 150);
    let sums = story.amounts();
    assert_eq!((sums.returned, sums.refunded, sums.due), (150, 0, 850));
    assert_eq!(sums.invoiced, 600, "what was invoiced stays invoiced");
    let part = story.part();
    assert_eq!((part.due(), part.returnable()), (450, 450));
    let paid = story.and(INVOICE, Action::Capture, Succeeded, 450);
    let sums = paid.amounts();
    assert_eq!((sums.captured, sums.refunded, sums.due), (450, 0, 400));
    assert_eq!(paid.part().due(), 0);
}

#[test]
fn what_is_taken_off_a_paid_invoice_is_money_back() {
    let story = Story::new()
        .and(INVOICE, Action::Capture, Succeeded, 600)
        .and(INVOICE, Action::Refund, Succeeded, 150);
    let sums = story.amounts();
    assert_eq!((sums.returned, sums.refunded, sums.due), (150, 150, 400));
    assert_eq!((story.part().due(), story.part().returnable()), (0, 450));
}

#[test]
fn of_what_is_taken_off_before_and_after_the_payment_only_the_latter_is_money_back() {
    let story = Story::new()
        .and(INVOICE, Action::Refund, Succeeded, 100)
        .and(INVOICE, Action::Capture, Succeeded, 500)
        .and(INVOICE, Action::Refund, Succeeded, 200);
    let sums = story.amounts();
    assert_eq!(
        (sums.returned, sums.refunded, sums.forgiven()),
        (300, 200, 100)
    );
}

#[test]
fn what_is_written_off_is_asked_for_no_more_and_may_not_be_invoiced_again() {
    let written_off = |mut story: Story, amount| {
        let mut cancel = child(&story.0[INVOICE], Action::Cancel, Succeeded, amount);
        cancel.details.write_off = true;
        story.0.push(cancel);
        story
    };
    let partly = Story::new().and(INVOICE, Action::Capture, Succeeded, 250);
    let partly = written_off(partly, 350);
    let sums = partly.amounts();
    assert_eq!(
        (sums.invoiced, sums.captured, sums.canceled),
        (250, 250, 350)
    );
    assert_eq!((sums.open_authorized, sums.due), (400, 400));
    let part = partly.part();
    assert_eq!(
        (part.due(), part.returnable(), part.canceled),
        (0, 250, false)
    );
    let back = partly.and(INVOICE, Action::Refund, Succeeded, 100);
    assert_eq!((back.amounts().refunded, back.part().due()), (100, 0));
    let whole = written_off(Story::new(), 600);
    let sums = whole.amounts();
    assert_eq!((sums.invoiced, sums.canceled, sums.due), (0, 600, 400));
}

#[test]
fn of_more_money_than_was_asked_for_nothing_is_a_refund() {
    let story = Story::new().and(INVOICE, Action::Capture, Succeeded, 700);
    let sums = story.amounts();
    assert_eq!((sums.captured, sums.refunded, sums.due), (700, 0, 300));
    let back = story.and(INVOICE, Action::Refund, Succeeded, 100);
    let sums = back.amounts();
    assert_eq!(
        (sums.captured, sums.returned, sums.refunded),
        (700, 100, 100)
    );
}

#[test]
fn an_attempt_that_came_to_nothing_asks_for_nothing() {
    let purchase = transaction(Action::Purchase, Failed, 1000);
    assert_eq!(Amounts::of(1000, &[purchase]).due, 0);
}

#[test]
fn a_return_that_is_under_way_is_reserved_and_counts_nowhere_else() {
    for state in [Pending, Unknown] {
        let story = Story::new().and(INVOICE, Action::Refund, state, 150);
        assert_eq!(
            (story.part().returning, story.part().returnable()),
            (150, 450)
        );
        assert_eq!(story.amounts().returned, 0);
    }
    let story = Story::new().and(INVOICE, Action::Refund, Failed, 150);
    assert_eq!(story.part().returnable(), 600);
}

#[test]
fn a_reversal_takes_back_what_it_hangs_from_and_makes_it_due_again() {
    let story = Story::new().and(INVOICE, Action::Capture, Succeeded, 600);
    let capture = story.0.len() - 1;
    let story = story.and(capture, Action::Reversal, Succeeded, 600);
    let sums = story.amounts();
    assert_eq!(
        (sums.captured, sums.due, story.part().due()),
        (0, 1000, 600)
    );
}

#[test]
fn a_return_on_a_capture_that_was_taken_back_is_no_refund_any_more() {
    let story = Story::new()
        .and(INVOICE, Action::Capture, Succeeded, 600)
        .and(INVOICE, Action::Refund, Succeeded, 200);
    let story = story.and(2, Action::Reversal, Succeeded, 600);
    let sums = story.amounts();
    assert_eq!((sums.captured, sums.returned, sums.refunded), (0, 200, 0));
    assert_eq!((sums.due, story.part().due()), (800, 400));
}

#[test]
fn an_invoice_canceled_after_it_was_paid_and_taken_back_adds_nothing() {
    let story = Story::new()
        .and(INVOICE, Action::Capture, Succeeded, 600)
        .and(INVOICE, Action::Refund, Succeeded, 200)
        .and(INVOICE, Action::Cancel, Succeeded, 600)
        .and(2, Action::Reversal, Succeeded, 600);
    let sums = story.amounts();
    assert_eq!((sums.invoiced, sums.captured, sums.returned), (0, 0, 0));
    assert_eq!((sums.open_authorized, sums.due), (1000, 1000));
}

#[test]
fn invoices_do_not_pay_for_each_other() {
    let story = Story::new()
        .and(INVOICE, Action::Capture, Succeeded, 600)
        .and(ORDER, Action::Invoice, Succeeded, 400);
    let second = story.0.len() - 1;
    let story = story.and(second, Action::Refund, Succeeded, 100);
    let sums = story.amounts();
    assert_eq!((sums.captured, sums.returned, sums.refunded), (600, 100, 0));
    assert_eq!(sums.due, 300);
    assert_eq!(part_of(&story.0, &story.0[second]).due(), 300);
}

#[test]
fn an_offline_payment_is_captured_in_parts_and_refunded_without_invoices() {
    let purchase = transaction(Action::Purchase, Pending, 1000);
    let first = child(&purchase, Action::Capture, Succeeded, 300);
    let second = child(&purchase, Action::Capture, Succeeded, 200);
    let refund = child(&purchase, Action::Refund, Succeeded, 150);
    let rest = child(&purchase, Action::Cancel, Succeeded, 500);
    let story = [purchase, first, second, refund, rest];
    let sums = Amounts::of(1000, &story[..4]);
    assert_eq!(
        (sums.captured, sums.returned, sums.refunded),
        (500, 150, 150)
    );
    assert_eq!((sums.due, sums.invoiced, sums.open_authorized), (500, 0, 0));
    let sums = Amounts::of(1000, &story);
    assert_eq!((sums.canceled, sums.due, sums.refunded), (500, 0, 150));
}

#[test]
fn what_is_returned_of_a_written_off_invoice_is_not_written_off() {
    // Written off, returned before and after: what is written off in the end, and given back.
    for (paid, written_off, returned, left, given_back) in [
        (0, 600, 0, 600, 0),
        (0, 600, 200, 400, 0),
        (0, 600, 600, 0, 0),
        (0, 400, 200, 400, 0),
        (0, 400, 300, 300, 0),
        (500, 100, 0, 100, 0),
        (500, 100, 50, 100, 50),
        (500, 100, 550, 50, 500),
    ] {
        let mut story = Story::new()
            .and(INVOICE, Action::Capture, Succeeded, paid)
            .and(INVOICE, Action::Cancel, Succeeded, written_off)
            .and(INVOICE, Action::Refund, Succeeded, returned);
        story.0[3].details.write_off = true;
        let (part, sums) = (story.part(), story.amounts());
        let context = (paid, written_off, returned);
        assert_eq!(part.written_off, left, "{context:?}");
        assert_eq!(
            (part.refunded(), part.due()),
            (given_back, 0),
            "{context:?}"
        );
        assert_eq!(part.forgiven() + part.refunded(), returned, "{context:?}");
        assert_eq!(
            (sums.canceled, sums.returned),
            (left, returned),
            "{context:?}"
        );
        assert_eq!(sums.due, 400, "what is not invoiced is left: {context:?}");
    }
}
