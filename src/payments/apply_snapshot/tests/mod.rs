//! Every branch of the door, a story each.

mod differences;
mod end;
mod invoices;
mod money;
mod order;
mod parts;
mod readings;
mod search;

use chrono::{DateTime, Utc};

use super::{FundedAt, Known, apply_snapshot};
use crate::{
    findings::Observation,
    integrations::Financing,
    payments::{
        ledger::Ledger,
        sample::{MERCHANT, ORDER_NUMBER, at, by, provider_id, with},
        transaction::{Action, State, Transaction},
    },
    providers::{
        FundingSnapshot, InvoiceSnapshot, InvoiceStatus, List, OrderSnapshot, OrderState,
        OrderView, ProviderSnapshot, ReturnSnapshot, ShipmentSnapshot,
    },
};

/// What applying a snapshot did.
struct Applied {
    ledger: Ledger,
    codes: Vec<&'static str>,
    noticed: Vec<Observation>,
}

impl Applied {
    /// The only one of an action.
    fn only(&self, action: Action) -> &Transaction {
        crate::payments::sample::only(&self.ledger, action)
    }

    fn none(&self, action: Action) {
        assert!(
            self.ledger.of_action(action).next().is_none(),
            "no {action:?}"
        );
    }
}

/// Holds a picture against a ledger as it was read, so many seconds after the story began; a second time it must change
/// nothing, unless something is still looked for.
fn apply_at(ledger: &Ledger, snapshot: &ProviderSnapshot, seconds: i64) -> Applied {
    apply_knowing(ledger, snapshot, &FundedAt::new(), &[], seconds)
}

fn apply_knowing(
    ledger: &Ledger,
    snapshot: &ProviderSnapshot,
    funded_at: &FundedAt,
    secure_hashes: &[String],
    seconds: i64,
) -> Applied {
    let known = Known {
        funded_at,
        secure_hashes,
        financing: Financing::Provider,
    };
    apply_with(ledger, snapshot, known, seconds)
}

fn apply_with(
    ledger: &Ledger,
    snapshot: &ProviderSnapshot,
    known: Known<'_>,
    seconds: i64,
) -> Applied {
    let mut first = with(ledger, []);
    let findings = apply_snapshot(&mut first, snapshot, known, by(seconds));
    let mut again = with(&first, []);
    let repeated = apply_snapshot(&mut again, snapshot, known, by(seconds + 1));
    let searches = |it: &Transaction| it.state == State::Unknown;
    if !first.transactions().iter().any(searches) {
        assert!(!again.has_moved(), "the same snapshot changes nothing");
        assert!(again.happened().is_empty());
        assert_eq!(again.payment.version, first.payment.version);
    }
    assert!(first.payment.version - ledger.payment.version <= 1);
    let codes = |noticed: &[Observation]| noticed.iter().map(|it| it.code.as_str()).collect();
    let codes: Vec<&str> = codes(&findings);
    // What is found once and not taken over is found again.
    assert!(repeated.len() <= codes.len() || !again.has_moved());
    Applied {
        ledger: first,
        codes,
        noticed: findings,
    }
}

/// An order like the one that the sample payments wait for.
fn order(id: &str, state: OrderState) -> OrderSnapshot {
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

fn candidates(items: Vec<OrderSnapshot>) -> ProviderSnapshot {
    ProviderSnapshot {
        order: OrderView::Candidates(whole(items)),
        ..ProviderSnapshot::default()
    }
}

/// The order that is bound, and its invoices.
fn bound(state: OrderState, invoices: Vec<InvoiceSnapshot>) -> ProviderSnapshot {
    ProviderSnapshot {
        order: OrderView::Bound(order("order1", state)),
        same_number: Some(whole(vec![order("order1", state)])),
        invoices: Some(whole(invoices)),
    }
}

fn accepted(invoices: Vec<InvoiceSnapshot>) -> ProviderSnapshot {
    bound(OrderState::Accepted, invoices)
}

fn whole<T>(items: Vec<T>) -> List<T> {
    List {
        items,
        complete: true,
    }
}

fn half<T>(items: Vec<T>) -> List<T> {
    List {
        items,
        complete: false,
    }
}

/// An invoice at the provider with no shipments and no returns.
fn invoice(id: &str, amount: i64, status: InvoiceStatus) -> InvoiceSnapshot {
    let is_final = matches!(status, InvoiceStatus::Closed | InvoiceStatus::Canceled);
    InvoiceSnapshot {
        id: provider_id(id),
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

fn funded(invoice: InvoiceSnapshot, amount: Option<i64>) -> InvoiceSnapshot {
    InvoiceSnapshot {
        funding: Some(FundingSnapshot { amount, fee: 12 }),
        ..invoice
    }
}

fn returning(invoice: InvoiceSnapshot, returns: Vec<ReturnSnapshot>) -> InvoiceSnapshot {
    InvoiceSnapshot {
        returns: Some(whole(returns)),
        ..invoice
    }
}

fn shipping(invoice: InvoiceSnapshot, shipments: Vec<ShipmentSnapshot>) -> InvoiceSnapshot {
    InvoiceSnapshot {
        shipments: Some(whole(shipments)),
        ..invoice
    }
}

fn a_return(id: &str, amount: i64, made: DateTime<Utc>, notes: Option<&str>) -> ReturnSnapshot {
    ReturnSnapshot {
        id: provider_id(id),
        amount: Some(amount),
        reason: Some("DAMAGED".to_owned()),
        notes: notes.map(str::to_owned),
        created_at: Some(made),
    }
}

fn a_shipment(id: &str, number: Option<&str>) -> ShipmentSnapshot {
    ShipmentSnapshot {
        id: provider_id(id),
        number: number.map(str::to_owned),
        amount: Some(600),
        shipped_at: Some(at(20)),
        shipper: Some("UPS".to_owned()),
        tracking_number: None,
        delivered_at: None,
        notes: None,
        partial: false,
    }
}

/// One of ours whose answer was lost.
fn lost(transaction: Transaction) -> Transaction {
    Transaction {
        state: State::Unknown,
        search: crate::payments::transaction::Search::begin(at(0)),
        ..transaction
    }
}

/// One of ours whose call is under way.
fn calling(transaction: Transaction) -> Transaction {
    Transaction {
        state: State::Pending,
        call_until: Some(at(20)),
        ..transaction
    }
}

/// An invoice of ours that the provider has.
fn invoiced(ledger: &Ledger, id: &str, amount: i64) -> (Ledger, Transaction) {
    let authorization = crate::payments::sample::only(ledger, Action::Authorize);
    let mut made =
        crate::payments::sample::child(authorization, Action::Invoice, State::Succeeded, amount);
    made.number = Some(format!("number-of-{id}"));
    made.reference = Some(provider_id(id));
    (with(ledger, [made.clone()]), made)
}

/// Looks at the same often and long enough to be certain of what is not there.
fn apply_until_certain(ledger: &Ledger, snapshot: &ProviderSnapshot) -> Applied {
    let mut applied = apply_at(ledger, snapshot, 60);
    for seconds in [500, 1000] {
        applied = apply_at(&applied.ledger, snapshot, seconds);
    }
    applied
}
