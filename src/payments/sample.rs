//! Sample ledgers for the tests of payments.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    buyer::BuyerIdentity,
    event::Source,
    ledger::{Cause, Ledger},
    payment::{Payment, ProviderOrderRef},
    transaction::{Action, Search, State, Transaction},
};
use crate::{
    ids::{self, TransactionId},
    money::Currency,
    payment_methods::MethodType,
    providers::{
        AccountKey, InvoiceSnapshot, InvoiceStatus, List, OrderSnapshot, OrderState, ProviderId,
    },
};

/// Our number for the order at the provider.
pub const ORDER_NUMBER: &str = "SO-7";
/// The id of the merchant.
pub const MERCHANT: &str = "merchant1";

/// A time in seconds after the start of the test.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(seconds)
}

/// The cause of a change at this time.
pub fn by(seconds: i64) -> Cause {
    Cause {
        source: Source::Sync,
        at: at(seconds),
    }
}

pub fn provider_id(text: &str) -> ProviderId {
    ProviderId::parse(text).expect("an id")
}

/// A payment at the provider over `amount` cents, without a bound order.
pub fn payment(amount: i64) -> Payment {
    Payment {
        id: ids::fresh(at(0)),
        integration_id: ids::fresh(at(0)),
        method_type: MethodType::Apruve,
        method_label: "Pay on terms".to_owned(),
        method_short_label: Some("Terms".to_owned()),
        payment_term: None,
        buyer: BuyerIdentity::default(),
        due_at: None,
        website: None,
        order_id: ORDER_NUMBER.to_owned(),
        po_number: None,
        currency: Currency::parse("USD").expect("a currency"),
        amount,
        provider_order: Some(ProviderOrderRef {
            account: AccountKey::new("https://test.apruve.com", MERCHANT),
            number: ORDER_NUMBER.to_owned(),
            id: None,
            order_status: None,
        }),
        ended: None,
        live: true,
        expires_at: None,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

/// A transaction by a caller.
pub fn transaction(action: Action, state: State, amount: i64) -> Transaction {
    Transaction {
        state,
        ..Transaction::new(action, amount, None, at(0))
    }
}

/// A child of another transaction.
pub fn child(parent: &Transaction, action: Action, state: State, amount: i64) -> Transaction {
    Transaction {
        parent_id: Some(parent.id),
        ..transaction(action, state, amount)
    }
}

/// A child of the payment's authorization.
pub fn of_order(ledger: &Ledger, action: Action, state: State, amount: i64) -> Transaction {
    child(only(ledger, Action::Authorize), action, state, amount)
}

/// A payment that began with a purchase, as it is read from the store.
pub fn begun(amount: i64) -> Ledger {
    let purchase = transaction(Action::Purchase, State::Pending, amount);
    Ledger::of(payment(amount), vec![purchase])
}

/// A payment whose order is bound and accepted.
pub fn authorized(amount: i64) -> Ledger {
    let mut payment = payment(amount);
    if let Some(provider_order) = &mut payment.provider_order {
        provider_order.id = Some(provider_id("order1"));
        provider_order.order_status = Some("accepted".to_owned());
    }
    let purchase = transaction(Action::Purchase, State::Succeeded, amount);
    let mut authorization = child(&purchase, Action::Authorize, State::Succeeded, amount);
    authorization.reference = Some(provider_id("order1"));
    Ledger::of(payment, vec![purchase, authorization])
}

/// The same ledger as it is read from the store, with more transactions.
pub fn with(ledger: &Ledger, more: impl IntoIterator<Item = Transaction>) -> Ledger {
    let known = ledger.transactions().iter().cloned();
    Ledger::of(ledger.payment.clone(), known.chain(more).collect())
}

/// The only transaction with this action.
pub fn only(ledger: &Ledger, action: Action) -> &Transaction {
    let mut all = ledger.of_action(action);
    let found = all.next().expect("one of this action");
    assert!(all.next().is_none(), "only one {action:?}");
    found
}

/// The id of the only transaction with this action.
pub fn id_of(ledger: &Ledger, action: Action) -> TransactionId {
    only(ledger, action).id
}

/// An order like the one that the sample payments wait for.
pub fn order(id: &str, state: OrderState) -> OrderSnapshot {
    OrderSnapshot {
        id: provider_id(id),
        state,
        status: format!("{state:?}").to_lowercase(),
        merchant_id: Some(MERCHANT.to_owned()),
        merchant_order_id: Some(ORDER_NUMBER.to_owned()),
        amount: Some(1000),
        currency: Some("USD".to_owned()),
        secure_hash: None,
        expire_at: Some(at(10_000)),
        created_at: Some(at(1)),
        final_at: None,
    }
}

/// A complete list.
pub fn whole<T>(items: Vec<T>) -> List<T> {
    List {
        items,
        complete: true,
    }
}

/// An invoice at the provider with no shipments and no returns.
pub fn invoice(id: &str, amount: i64, status: InvoiceStatus) -> InvoiceSnapshot {
    let is_final = matches!(status, InvoiceStatus::Closed | InvoiceStatus::Canceled);
    InvoiceSnapshot {
        id: provider_id(id),
        order: None,
        number: None,
        status: Some(status),
        amount: Some(amount),
        currency: None,
        tax: 0,
        shipping: 0,
        issued_at: (status != InvoiceStatus::Pending).then(|| at(10)),
        due_at: None,
        final_at: is_final.then(|| at(50)),
        amount_due: None,
        funding: None,
        lines: Vec::new(),
        shipments: Some(whole(Vec::new())),
        returns: Some(whole(Vec::new())),
    }
}

/// The transaction with a lost answer.
pub fn lost(transaction: Transaction) -> Transaction {
    Transaction {
        state: State::Unknown,
        search: Search::begin(at(0)),
        ..transaction
    }
}

/// The transaction with a call under way.
pub fn calling(transaction: Transaction) -> Transaction {
    Transaction {
        state: State::Pending,
        call_until: Some(at(20)),
        ..transaction
    }
}

/// An invoice of ours that the provider has.
pub fn invoiced(ledger: &Ledger, id: &str, amount: i64) -> (Ledger, Transaction) {
    let authorization = only(ledger, Action::Authorize);
    let mut made = child(authorization, Action::Invoice, State::Succeeded, amount);
    made.number = Some(format!("number-of-{id}"));
    made.reference = Some(provider_id(id));
    (with(ledger, [made.clone()]), made)
}
