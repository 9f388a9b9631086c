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
        let (last, batch) = from
            .write(move |tx| {
                let batch = store::list_partly_paid(tx, &beyond, BATCH)?;
                let mut filled = 0;
                for ledger in &batch.ledgers {
                    let projection = Projection::of(ledger);
                    if projection.unfunded_since.is_some() {
                        store::note_unfunded(tx, &ledger.payment, &projection)?;
                        filled += 1;
                    }
                }
                Ok::<_, StoreError>((batch.last, filled))
            })
            .await?;
        filled += batch;
        match last {
            Some(last) => after = last.to_string(),
            None => return Ok(filled),
        }
    }
}
