//! When each operation is refused, and what it leaves for later ones.

mod on_invoice;
mod verdicts;

use super::*;
use crate::payments::{
    details::InvoiceDetails,
    order::{InvoiceRequest, Prices},
    sample::{
        self, at, authorized, begun, by, calling, child, id_of, lost, of_order, only, payment,
        provider_id, transaction, with,
    },
    status::{Ended, Status},
    transaction::Search,
};

fn start() -> OperationStart {
    OperationStart {
        by: by(5),
        call_until: at(25),
    }
}

/// An invoice over so many cents, or over all that is left.
fn input(cents: Option<i64>) -> invoice::NewInvoice {
    let body = cents.map_or("{}".to_owned(), |cents| {
        format!("{{\"amount\":\"{}.{:02}\"}}", cents / 100, cents % 100)
    });
    let currency = payment(1).currency;
    let request = InvoiceRequest::read(&body, currency, Prices::WithoutTax);
    invoice::NewInvoice {
        request: request.expect("an amount"),
        number: None,
        key: None,
        due_at: None,
        issue: true,
        notes: None,
        terms_of_delivery: None,
        bill_to: None,
        ship_to: None,
    }
}

fn begin_invoice(
    ledger: &mut Ledger,
    input: &invoice::NewInvoice,
    start: OperationStart,
) -> Result<Intent, PaymentError> {
    let own = invoice::own_numbers(ledger).next().expect("a number");
    invoice::begin(ledger, input, None, &own, start)
}

fn back(invoice: Option<TransactionId>, amount: i64) -> refund::NewRefund {
    refund::NewRefund {
        invoice,
        amount,
        reason: None,
        refund_reference: None,
        key: None,
    }
}

/// An authorized payment over 1000 with an invoice over 600 that the provider has.
fn invoiced(status: InvoiceStatus) -> (Ledger, Transaction) {
    let ledger = authorized(1000);
    let (_, mut made) = sample::invoiced(&ledger, "invoice1", 600);
    made.details.invoice = Some(InvoiceDetails {
        status,
        ..InvoiceDetails::default()
    });
    (with(&ledger, [made.clone()]), made)
}

/// The transaction in both ways of being unsettled.
fn open(transaction: &Transaction) -> [Transaction; 2] {
    [calling(transaction.clone()), lost(transaction.clone())]
}

/// The outcome of an operation as a word.
fn refusal_word<T>(outcome: Result<T, PaymentError>) -> &'static str {
    match outcome {
        Ok(_) => "begun",
        Err(PaymentError::WrongState { .. }) => "wrong state",
        Err(PaymentError::ExceedsRemaining(_)) => "exceeds",
        Err(PaymentError::UseRefund(_)) => "use refund",
        Err(PaymentError::NoTransaction) => "no transaction",
        Err(PaymentError::NotUnknown(_)) => "not unknown",
        Err(PaymentError::Invalid(_)) => "invalid",
        Err(PaymentError::AnotherIsLive(_)) => "another is live",
        Err(other) => panic!("{other}"),
    }
}

fn capture(ledger: &mut Ledger, amount: Option<i64>) -> &'static str {
    let money = capture::ReceivedMoney {
        amount,
        ..Default::default()
    };
    refusal_word(capture::capture(ledger, &money, by(5)))
}

fn invoice(ledger: &mut Ledger, cents: Option<i64>) -> &'static str {
    refusal_word(begin_invoice(ledger, &input(cents), start()))
}

fn cancel(ledger: &mut Ledger) -> &'static str {
    refusal_word(cancel::begin(ledger, start()))
}

fn supersede(ledger: &mut Ledger) -> &'static str {
    refusal_word(cancel::supersede(ledger, by(5)))
}

fn refund(ledger: &mut Ledger, invoice: Option<TransactionId>, amount: i64) -> &'static str {
    refusal_word(back(invoice, amount).begin(ledger, start()))
}

#[test]
fn an_intent_is_a_pending_transaction_whose_call_ends_in_time() {
    let mut ledger = authorized(1000);
    let begun = begin_invoice(&mut ledger, &input(Some(600)), start()).expect("an intent");
    let new = ledger.find(begun.transaction).expect("the intent");
    assert_eq!((new.state, new.amount), (State::Pending, 600));
    assert_eq!(new.call_until, Some(at(25)));
    assert_eq!(new.parent_id, Some(id_of(&ledger, Action::Authorize)));
    let Some(Command::CreateInvoice { order, draft }) = begun.command else {
        panic!("an invoice is asked for");
    };
    assert_eq!(order, provider_id("order1"));
    assert_eq!(draft.amount.minor(), 600);
    assert_eq!(Some(&draft.number), new.number.as_ref());
}

#[test]
fn no_more_is_invoiced_than_is_left_whatever_the_outcome_of_the_others() {
    let ledger = authorized(1000);
    let other = of_order(&ledger, Action::Invoice, State::Succeeded, 600);
    let [calling, lost] = open(&other);
    for other in [other.clone(), calling, lost] {
        let ledger = with(&ledger, [other.clone()]);
        for (cents, expected) in [
            (Some(401), "exceeds"),
            (Some(400), "begun"),
            (None, "begun"),
        ] {
            let mut ledger = with(&ledger, []);
            let outcome = invoice(&mut ledger, cents);
            assert_eq!(outcome, expected, "{:?} beside {:?}", cents, other.state);
            assert!(expected != "begun" || ledger.left_to_invoice() == 0);
        }
    }
    let failed = Transaction {
        state: State::Failed,
        ..other
    };
    let mut ledger = with(&ledger, [failed]);
    assert_eq!(invoice(&mut ledger, Some(1000)), "begun");
}

#[test]
fn nothing_is_invoiced_while_the_order_is_being_canceled() {
    let ledger = authorized(1000);
    let cancel = of_order(&ledger, Action::Cancel, State::Succeeded, 1000);
    let [calling, lost] = open(&cancel);
    for cancel in [cancel, calling, lost] {
        let mut ledger = with(&ledger, [cancel]);
        let outcome = invoice(&mut ledger, Some(1));
        assert_eq!(outcome, "wrong state");
    }
}

#[test]
fn nothing_is_invoiced_before_the_order_is_accepted() {
    let ledger = begun(1000);
    assert_eq!(invoice(&mut with(&ledger, []), None), "wrong state");
    for state in [State::Pending, State::Unknown, State::Failed] {
        let mut ledger = authorized(1000);
        let id = id_of(&ledger, Action::Authorize);
        ledger.edit(id, at(0), |it| it.state = state);
        let outcome = invoice(&mut ledger, None);
        assert_eq!(outcome, "wrong state", "{state:?}");
    }
}

#[test]
fn canceling_gives_up_the_remainder_once() {
    let (ledger, _) = invoiced(InvoiceStatus::Open);
    let mut first = with(&ledger, []);
    let begun = cancel::begin(&mut first, start()).expect("an intent");
    assert_eq!(first.find(begun.transaction).map(|it| it.amount), Some(400));
    assert!(matches!(begun.command, Some(Command::CancelOrder(_))));
    assert_eq!(cancel(&mut with(&first, [])), "wrong state");
    let (all, made) = invoiced(InvoiceStatus::Open);
    let rest = of_order(&all, Action::Invoice, State::Unknown, 400);
    assert_eq!(cancel(&mut with(&all, [rest])), "wrong state");
    assert_eq!(made.amount, 600);
}

#[test]
fn a_checkout_that_nobody_took_up_is_canceled_without_asking_the_provider() {
    let mut ledger = begun(1000);
    let done = cancel::begin(&mut ledger, start()).expect("a cancellation");
    assert!(done.command.is_none());
    assert_eq!(ledger.status(), Status::Canceled);
    assert_eq!(only(&ledger, Action::Purchase).state, State::Failed);
    assert_eq!(cancel(&mut with(&ledger, [])), "wrong state");
    // An order that may be there is looked for first.
    let searched = transaction(Action::Authorize, State::Unknown, 1000);
    let mut ledger = with(&begun(1000), [searched]);
    assert_eq!(cancel(&mut ledger), "wrong state");
}

#[test]
fn only_an_attempt_that_nobody_took_up_is_superseded() {
    let mut ledger = begun(1000);
    assert_eq!(supersede(&mut ledger), "begun");
    assert_eq!(ledger.payment.ended, Some(Ended::Superseded));
    assert_eq!(ledger.status(), Status::Canceled);
    assert_eq!(supersede(&mut authorized(1000)), "another is live");
    let searched = transaction(Action::Authorize, State::Unknown, 1000);
    let mut searching = with(&begun(1000), [searched]);
    assert_eq!(supersede(&mut searching), "another is live");
}

#[test]
fn an_offline_payment_is_captured_refunded_and_canceled_within_what_is_left() {
    let mut ledger = begun(1000);
    ledger.payment.provider_order = None;
    assert_eq!(capture(&mut ledger, Some(1001)), "exceeds");
    assert_eq!(capture(&mut ledger, Some(300)), "begun");
    assert_eq!(ledger.status(), Status::PartiallyPaid);
    assert_eq!(refund(&mut ledger, None, 301), "exceeds");
    assert_eq!(refund(&mut ledger, None, 100), "begun");
    assert_eq!(capture(&mut ledger, Some(701)), "exceeds");
    assert_eq!(cancel(&mut ledger), "begun");
    assert_eq!(ledger.amounts().canceled, 700);
    assert_eq!(capture(&mut ledger, None), "wrong state");
    assert_eq!(refund(&mut ledger, None, 201), "exceeds");
    assert_eq!(refund(&mut ledger, None, 200), "begun");
    assert_eq!(ledger.status(), Status::Refunded);
    assert_eq!(capture(&mut authorized(1000), None), "wrong state");
    assert_eq!(invoice(&mut ledger, None), "wrong state");
}
