//! One test for each branch of applying a snapshot.

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
        sample::{
            ORDER_NUMBER, at, by, calling, invoice, invoiced, lost, order, provider_id, whole, with,
        },
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

/// Applies a snapshot to a ledger as it was read, `seconds` after the test began. The second time it must change
/// nothing, unless an outcome is still unknown.
fn apply_at(ledger: &Ledger, snapshot: &ProviderSnapshot, seconds: i64) -> Applied {
    apply_knowing(ledger, snapshot, &FundedAt::new(), &[], seconds)
}

/// The same for an accepted order with these invoices, after five seconds.
fn seeing<const N: usize>(ledger: &Ledger, invoices: [InvoiceSnapshot; N]) -> Applied {
    apply_at(ledger, &accepted(invoices.to_vec()), 5)
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
    // A finding whose cause is not taken over is reported again.
    assert!(repeated.len() <= codes.len() || !again.has_moved());
    Applied {
        ledger: first,
        codes,
        noticed: findings,
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

fn half<T>(items: Vec<T>) -> List<T> {
    List {
        items,
        complete: false,
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

/// Applies the same snapshot often and long enough to be certain of what is not there.
fn apply_until_certain(ledger: &Ledger, snapshot: &ProviderSnapshot) -> Applied {
    let mut applied = apply_at(ledger, snapshot, 60);
    for seconds in [500, 1000] {
        applied = apply_at(&applied.ledger, snapshot, seconds);
    }
    applied
}
