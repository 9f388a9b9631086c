//! Computes again what is stored beside the transactions of every payment, and checks what must hold for each.
//!
//! Reads only, a few payments in a snapshot at a time, so that it may run beside a service at work.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{
    ledger::Ledger,
    projection::Projection,
    receivable::Receivable,
    store::{self, ProjectionRow, WithStored},
    transaction::{Action, Origin, State, Transaction},
};
use crate::{
    ids::{PaymentId, TransactionId},
    store::{Conn, Store, StoreError},
};

const BATCH: i64 = 100;

/// Something that does not hold for a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedCheck {
    pub payment: PaymentId,
    /// What does not hold, as a sentence.
    pub what: String,
}

impl fmt::Display for FailedCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.payment, self.what)
    }
}

/// How many payments there are to verify.
pub async fn count(store: &Store) -> Result<u64, StoreError> {
    let count = store.read(store::count_all).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Goes through all payments once. `report` gets each batch: its size, and the failed checks.
pub async fn verify(
    store: &Store,
    mut report: impl FnMut(u64, Vec<FailedCheck>),
) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let from = after.clone();
        let list = move |conn: &mut Conn| store::list_with_stored(conn, &from, BATCH);
        let batch = store.snapshot(list).await?;
        let Some(last) = batch.last() else {
            return Ok(());
        };
        after = last.ledger.payment.id.to_string();
        let differences = batch.iter().flat_map(differences).collect();
        report(batch.len() as u64, differences);
    }
}

/// What does not hold for one payment.
fn differences(
    WithStored {
        ledger,
        stored,
        other_is_live,
        receivables,
    }: &WithStored,
) -> Vec<FailedCheck> {
    projected(ledger, stored, *other_is_live)
        .into_iter()
        .chain(listed(ledger, receivables.as_deref()))
        .chain(broken(ledger))
        .map(|what| FailedCheck {
            payment: ledger.payment.id,
            what,
        })
        .collect()
}

/// Columns that differ from the sums of the transactions.
fn projected(ledger: &Ledger, stored: &ProjectionRow, other_is_live: bool) -> Vec<String> {
    let computed = Projection::of(ledger);
    let computed = ProjectionRow::of(&computed, computed.active && !other_is_live);
    let columns = stored.columns().into_iter().zip(computed.columns());
    columns
        .filter(|(is, comes)| is != comes)
        .map(|((column, is), (_, comes))| {
            format!("`{column}` is stored as {is} and comes to {comes}.")
        })
        .collect()
}

/// Rows of invoices that differ from the sums of the transactions.
fn listed(ledger: &Ledger, stored: Option<&[Receivable]>) -> Vec<String> {
    let Some(stored) = stored else {
        return Vec::new();
    };
    let computed = Receivable::all(ledger);
    let shown = |rows: &[Receivable]| {
        let row = |it: &Receivable| (it.id, format!("{it:?}"));
        rows.iter().map(row).collect::<BTreeMap<_, _>>()
    };
    let (stored, computed) = (shown(stored), shown(&computed));
    let ids: BTreeSet<TransactionId> = stored.keys().chain(computed.keys()).copied().collect();
    let text = |row: Option<&String>| row.cloned().unwrap_or_else(|| "nothing".to_owned());
    ids.into_iter()
        .filter(|id| stored.get(id) != computed.get(id))
        .map(|id| {
            let (stored, computed) = (text(stored.get(&id)), text(computed.get(&id)));
            format!("The invoice {id} is listed as {stored} and comes to {computed}.")
        })
        .collect()
}

/// Impossible amounts of a payment. Minor units of its currency.
///
/// What the provider does of its own is booked also where it is too much, with a finding; so only what we did has limits.
pub(super) fn broken(ledger: &Ledger) -> Vec<String> {
    let (sums, amount) = (ledger.amounts(), ledger.payment.amount);
    let at_provider = ledger.payment.provider_order.is_some();
    let ours = |action| {
        let all = ledger.of_action(action);
        all.filter(|it| it.origin == Origin::Caller && it.state == State::Succeeded)
    };
    let invoices = ours(Action::Invoice);
    let invoiced: i64 = invoices.map(|it| ledger.part(it).billed).sum();
    let captured: i64 = ours(Action::Capture).map(|it| it.amount).sum();
    let given_up = invoiced + sums.canceled;
    let limits = [
        ("authorized", sums.authorized, "the amount", amount),
        ("captured", captured, "the amount", amount),
        ("canceled", sums.canceled, "the amount", amount),
        ("refunded", sums.refunded, "captured", sums.captured),
        ("refunded", sums.refunded, "returned", sums.returned),
        ("nothing", 0, "captured", sums.captured),
    ];
    // An order that is canceled before it is authorized gives up the whole amount.
    let authorized = [
        ("invoiced", invoiced, "authorized", sums.authorized),
        (
            "invoiced and canceled",
            given_up,
            "authorized",
            sums.authorized,
        ),
    ];
    let is_authorized = at_provider && (sums.authorized > 0 || invoiced > 0);
    let more = limits
        .into_iter()
        .chain(authorized.into_iter().filter(|_| is_authorized))
        .filter(|(_, is, _, most)| is > most)
        .map(|(what, is, than, most)| format!("{what} is {is}, more than {than}, {most}."));
    let orphans = ledger
        .transactions()
        .iter()
        .filter(|it| it.parent_id.is_some_and(|id| ledger.find(id).is_none()))
        .map(|it| it.id)
        .map(|id| format!("{id} hangs under a transaction that is not its payment's."));
    more.chain(orphans)
        .chain(without_invoice(ledger))
        .chain(ordinals(ledger))
        .collect()
}

/// Captures and reversals without an invoice, of a payment at a provider.
fn without_invoice(ledger: &Ledger) -> Vec<String> {
    let money = |it: &&Transaction| {
        matches!(it.action, Action::Capture | Action::Reversal) && it.state == State::Succeeded
    };
    let at_provider = ledger.payment.provider_order.is_some();
    ledger
        .transactions()
        .iter()
        .filter(|_| at_provider)
        .filter(money)
        .filter(|it| ledger.invoice_of(it).is_none())
        .map(|it| format!("{} is money without an invoice.", it.id))
        .collect()
}

/// Invoices whose captures and reversals by the provider are not numbered from 1 without a gap.
fn ordinals(ledger: &Ledger) -> Vec<String> {
    ledger
        .of_action(Action::Invoice)
        .filter_map(|invoice| {
            let mut found: Vec<u32> = ledger.booked(invoice.id).map(|it| it.ordinal).collect();
            found.sort_unstable();
            let through = found.iter().zip(1..).all(|(is, expected)| *is == expected);
            (!through).then(|| format!("The money of {} is not numbered through.", invoice.id))
        })
        .collect()
}
