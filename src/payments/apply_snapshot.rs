//! The single entry point for the provider's state: a snapshot is compared with the ledger, and the ledger follows it.
//!
//! Webhooks, the search for unknown outcomes, `sync` and reconciliation all end here, so that they cannot disagree. It is
//! pure: the same ledger and the same snapshot always give the same result. What fits is adopted; what contradicts the ledger is
//! reported and changes nothing.

mod candidates;
mod end;
mod invoice;
mod invoice_status;
mod money;
mod order;
mod parts;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use self::prelude::*;
use crate::{integrations::Financing, providers::ProviderSnapshot};

pub use candidates::{OrderMismatch, ours, verify};
pub use end::{finish_purchase, fix_canceled_amount};
pub use invoice_status::{fix_closed_amount, is_closing};
pub use order::{bind, bound};

/// The names that most parts of this use.
mod prelude {
    pub(super) use super::reading::Reading;
    pub(super) use crate::{
        findings::{FindingCode, Observation},
        ids::TransactionId,
        payments::{
            ledger::{Cause, Ledger},
            transaction::{Action, Event, Failure, FailureCode, Origin, State, Transaction},
        },
        providers::{InvoiceSnapshot, InvoiceStatus, List, OrderSnapshot, OrderState, ProviderId},
    };
}

/// When each invoice was funded, the only fact that is taken from webhooks. It moves no money.
pub type FundedAt = HashMap<ProviderId, DateTime<Utc>>;

/// What is known besides the ledger and the snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    pub funded_at: &'k FundedAt,
    /// The secure hashes that the buyer's popup was given.
    pub secure_hashes: &'k [String],
    pub financing: Financing,
}

/// Applies a snapshot to a ledger. The snapshot must have been begun on this version of the ledger, so that everything
/// in the ledger is older than the snapshot.
pub fn apply_snapshot(
    ledger: &mut Ledger,
    snapshot: &ProviderSnapshot,
    known: Known<'_>,
    by: Cause,
) -> Vec<Observation> {
    let unknown = ledger.transactions().iter();
    let unknown = unknown.filter(|it| it.state == State::Unknown);
    let searched: Vec<_> = unknown.map(|it| (it.id, it.search.reads)).collect();
    let mut reading = Reading::new(ledger, by);
    let order = reading.order(snapshot, known.secure_hashes);
    let is_bound = reading.ledger.payment.provider_order_id().is_some();
    if let Some(invoices) = snapshot.invoices.as_ref().filter(|_| is_bound) {
        reading.invoices(invoices, known);
    }
    // After the invoices, because only the amount without an invoice ends with the order.
    if let Some(order) = order {
        let invoices_known = snapshot.invoices.as_ref().is_some_and(|it| it.complete);
        reading.end(order, invoices_known);
    }
    // Schedules the next search for each outcome that this snapshot did not decide.
    for (id, reads) in searched {
        reading.edit(id, |it| {
            if it.state == State::Unknown && it.search.reads == reads {
                it.search.synced(by.at);
            }
        });
    }
    reading.findings
}
