//! Writes again what older versions did not store of a payment's ledger. Replicas may run it at once, and repeat it.

use chrono::{DateTime, Utc};

use super::{
    ledger::Ledger,
    projection::Projection,
    store::{self, LedgerBatch},
};
use crate::store::{Conn, Store, StoreError, Tx};

/// Writes the invoice rows of all payments whose rows are out of date, and returns how many payments there were.
pub async fn fill_invoices(from: &Store, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let list = |conn: &mut Conn, after: &str| store::list_unlisted(conn, after, 200);
    let write = move |tx: &mut Tx<'_>, ledger: &Ledger| store::list_again(tx, ledger, now);
    fill(from, list, Some, write).await
}

/// Fills in `unfunded_since` of all payments that received money and have none, and returns how many wait for the rest.
pub async fn fill_unfunded(from: &Store) -> Result<u64, StoreError> {
    let list = |conn: &mut Conn, after: &str| store::list_partly_paid(conn, after, 100);
    let wanted = |ledger: Ledger| {
        let projection = Projection::of(&ledger);
        let waits = projection.unfunded_since.is_some();
        waits.then_some((ledger, projection))
    };
    fill(from, list, wanted, |tx, (ledger, projection)| {
        store::note_unfunded(tx, &ledger.payment, projection)
    })
    .await
}

/// Goes through payments a batch at a time, small enough that other writes do not wait long. Returns how many were
/// written.
async fn fill<T: Send + 'static>(
    from: &Store,
    list: fn(&mut Conn, &str) -> Result<LedgerBatch, StoreError>,
    wanted: fn(Ledger) -> Option<T>,
    write: impl Fn(&mut Tx<'_>, &T) -> Result<(), StoreError> + Copy + Send + 'static,
) -> Result<u64, StoreError> {
    let (mut after, mut filled) = (String::new(), 0);
    loop {
        let beyond = after.clone();
        // Reading first keeps the writer free.
        let batch = from.read(move |conn| list(conn, &beyond)).await?;
        let Some(last) = batch.last else {
            return Ok(filled);
        };
        after = last.to_string();
        let wanted: Vec<T> = batch.ledgers.into_iter().filter_map(wanted).collect();
        filled += wanted.len() as u64;
        if !wanted.is_empty() {
            from.write(move |tx| wanted.iter().try_for_each(|it| write(tx, it)))
                .await?;
        }
    }
}
