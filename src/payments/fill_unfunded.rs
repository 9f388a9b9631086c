//! Fills in `unfunded_since` of payments that were funded in part before the service stored it. Replicas may run it at
//! once, and repeat it.

use super::{projection::Projection, store};
use crate::store::{Store, StoreError};

/// Payments per write transaction, so that other writes do not wait long.
const BATCH: i64 = 100;

/// Fills in all payments that received money and have no `unfunded_since`, and returns how many wait for the rest.
pub async fn fill_unfunded(from: &Store) -> Result<u64, StoreError> {
    let (mut after, mut filled) = (String::new(), 0);
    loop {
        let beyond = after.clone();
        // Reading first keeps the writer free.
        let batch = from
            .read(move |conn| store::list_partly_paid(conn, &beyond, BATCH))
            .await?;
        let Some(last) = batch.last else {
            return Ok(filled);
        };
        after = last.to_string();
        let projected = batch.ledgers.into_iter().map(|ledger| {
            let projection = Projection::of(&ledger);
            (ledger, projection)
        });
        let waiting: Vec<_> = projected
            .filter(|(_, projection)| projection.unfunded_since.is_some())
            .collect();
        if waiting.is_empty() {
            continue;
        }
        filled += waiting.len() as u64;
        from.write(move |tx| {
            waiting.iter().try_for_each(|(ledger, projection)| {
                store::note_unfunded(tx, &ledger.payment, projection)
            })
        })
        .await?;
    }
}
