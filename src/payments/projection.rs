//! The columns that lists and workers query, always computed from the transactions.

use chrono::{DateTime, Utc};

use crate::payments::{
    amounts::Amounts,
    ledger::Ledger,
    status::Status,
    transaction::{Action, State, Transaction},
};
use crate::providers::InvoiceStatus;

/// The projection of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Projection {
    pub status: Status,
    /// Whether the payment counts as live by itself. Of several such payments of one order, only the first is live.
    pub active: bool,
    pub unsettled: bool,
    pub amounts: Amounts,
    pub rests_since: Option<DateTime<Utc>>,
    pub unfunded_since: Option<DateTime<Utc>>,
    pub unfunded_shipped_since: Option<DateTime<Utc>>,
    pub next_look_at: Option<DateTime<Utc>>,
}

impl Projection {
    /// Computes the projection. The same ledger always gives the same result.
    pub fn of(ledger: &Ledger) -> Self {
        let (status, amounts) = (ledger.status(), ledger.amounts());
        let unsettled = ledger.is_unsettled();
        let invoices = ledger.of_action(Action::Invoice);
        let unfunded: Vec<_> = invoices.filter_map(|it| Unfunded::of(ledger, it)).collect();
        let active = is_active(ledger, status, &amounts);
        let rests = !unsettled && (amounts.due == 0 || !active) && unfunded.is_empty();
        Projection {
            status,
            active,
            unsettled,
            amounts,
            rests_since: rests.then(|| last_move(ledger)),
            unfunded_since: unfunded.iter().map(|it| it.issued_at).min(),
            unfunded_shipped_since: unfunded.iter().filter_map(|it| it.shipped_at).min(),
            next_look_at: next_sync(ledger, status),
        }
    }
}

/// Whether no other payment may replace this one: it holds money, may still receive some, or is not decided.
fn is_active(ledger: &Ledger, status: Status, sums: &Amounts) -> bool {
    let waits = |it: &Transaction| !it.state.is_settled();
    sums.captured > sums.refunded
        || sums.open_authorized > 0
        || sums.due > 0
        || status == Status::Pending
        || ledger.transactions().iter().any(waits)
}

/// An invoice that waits for the provider's money.
struct Unfunded {
    issued_at: DateTime<Utc>,
    /// When it was both issued and shipped.
    shipped_at: Option<DateTime<Utc>>,
}

impl Unfunded {
    fn of(ledger: &Ledger, invoice: &Transaction) -> Option<Self> {
        let details = invoice.details.invoice.as_ref()?;
        let part = ledger.part(invoice);
        let status = ledger.invoice_status(invoice);
        // An invoice that is funded in part still waits for the rest.
        let funded = details.funding.map_or(0, |funding| funding.amount);
        let waits = invoice.state == State::Succeeded
            && matches!(status, InvoiceStatus::Open | InvoiceStatus::Closed)
            && part.due() > 0
            && funded < part.billed;
        let issued_at = details.issued_at.unwrap_or(invoice.created_at);
        let shipped = ledger.first_shipped(invoice.id);
        waits.then(|| Unfunded {
            issued_at,
            shipped_at: shipped.map(|at| at.max(issued_at)),
        })
    }
}

fn last_move(ledger: &Ledger) -> DateTime<Utc> {
    let transactions = ledger.transactions().iter().map(|it| it.updated_at);
    transactions.max().unwrap_or(ledger.payment.created_at)
}

/// The first time at which a search is due, a call is certainly over, or the attempt expires.
fn next_sync(ledger: &Ledger, status: Status) -> Option<DateTime<Utc>> {
    let transactions = ledger.transactions().iter();
    let searches = transactions.filter_map(|it| it.call_until.or(it.search.next_at));
    // While an order is searched for, the attempt does not expire.
    let expires = status == Status::Pending && ledger.open_authorization().is_none();
    let expiry = ledger.payment.expires_at.filter(|_| expires);
    searches.chain(expiry).min()
}

#[cfg(test)]
mod tests;
