//! Which operations may begin on an invoice: while others are unsettled, and once it is funded, paid or shipped.

use super::*;

#[test]
fn what_is_begun_on_an_invoice_waits_for_what_is_open_on_it() {
    let (ledger, made) = invoiced(InvoiceStatus::Pending);
    let on = |action| child(&made, action, State::Pending, 100);
    let rows = [
        // What is open, and whether an issue, a cancellation, a return may begin.
        (Action::Issue, [false, false, true]),
        (Action::Cancel, [false, false, false]),
        (Action::Refund, [true, false, false]),
    ];
    for (under_way, may) in rows {
        for under_way in open(&on(under_way)) {
            let ledger = || with(&ledger, [under_way.clone()]);
            let begun = [
                refusal_word(invoice::issue(&mut ledger(), made.id, start())),
                refusal_word(invoice::cancel(&mut ledger(), made.id, None, start())),
                refund(&mut ledger(), Some(made.id), 1),
            ];
            let expected = may.map(|may| if may { "begun" } else { "wrong state" });
            assert_eq!(begun, expected, "{:?}", under_way.action);
        }
    }
}

#[test]
fn nothing_is_begun_on_an_invoice_whose_outcome_is_open_or_that_was_never_made() {
    let (ledger, made) = invoiced(InvoiceStatus::Open);
    for state in [State::Pending, State::Unknown, State::Failed] {
        let ledger = || {
            let mut ledger = with(&ledger, []);
            ledger.edit(made.id, at(0), |it| {
                it.state = state;
                it.reference = None;
            });
            ledger
        };
        let shipment = shipment::NewShipment::default();
        assert_eq!(
            refusal_word(invoice::issue(&mut ledger(), made.id, start())),
            "wrong state"
        );
        assert_eq!(
            refusal_word(invoice::cancel(&mut ledger(), made.id, None, start())),
            "wrong state"
        );
        assert_eq!(refund(&mut ledger(), Some(made.id), 1), "wrong state");
        assert_eq!(
            refusal_word(shipment::begin(&mut ledger(), made.id, &shipment, start())),
            "wrong state"
        );
    }
    let stranger = id_of(&ledger, Action::Authorize);
    assert_eq!(
        refusal_word(invoice::cancel(
            &mut with(&ledger, []),
            stranger,
            None,
            start()
        )),
        "no transaction"
    );
}

#[test]
fn no_more_is_given_back_than_is_left_of_the_invoice() {
    let (ledger, made) = invoiced(InvoiceStatus::Open);
    let ledger = with(
        &ledger,
        [child(&made, Action::Refund, State::Succeeded, 200)],
    );
    for (amount, expected) in [(401, "exceeds"), (400, "begun")] {
        let outcome = refund(&mut with(&ledger, []), Some(made.id), amount);
        assert_eq!(outcome, expected);
    }
    let (canceled, made) = invoiced(InvoiceStatus::Canceled);
    let outcome = refund(&mut with(&canceled, []), Some(made.id), 1);
    assert_eq!(outcome, "wrong state");
}

#[test]
fn a_paid_funded_or_shipped_invoice_is_given_back_and_not_canceled() {
    let (open, made) = invoiced(InvoiceStatus::Open);
    let cancel = |ledger: &Ledger, id| {
        refusal_word(invoice::cancel(&mut with(ledger, []), id, None, start()))
    };
    assert_eq!(cancel(&open, made.id), "begun");
    let captured = with(
        &open,
        [child(&made, Action::Capture, State::Succeeded, 600)],
    );
    assert_eq!(cancel(&captured, made.id), "use refund");
    for (state, expected) in [
        (State::Succeeded, "use refund"),
        (State::Pending, "use refund"),
        (State::Unknown, "use refund"),
        (State::Failed, "begun"),
    ] {
        let shipped = with(&open, [child(&made, Action::Shipment, state, 600)]);
        assert_eq!(cancel(&shipped, made.id), expected, "{state:?}");
    }
    let (closed, made) = invoiced(InvoiceStatus::Closed);
    assert_eq!(cancel(&closed, made.id), "use refund");
    let (canceled, made) = invoiced(InvoiceStatus::Canceled);
    assert_eq!(cancel(&canceled, made.id), "wrong state");
}
