//! Writes the invoice rows of payments that an older version wrote. Replicas may run it at once, and repeat it.

use chrono::{DateTime, Utc};

use super::store;
use crate::store::{Store, StoreError};

/// Payments per write transaction, so that other writes do not wait long.
const BATCH: i64 = 200;

/// Writes the invoice rows of all payments whose rows are out of date, and returns how many payments there were.
pub async fn fill_invoices(from: &Store, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let (mut after, mut filled) = (String::new(), 0);
    loop {
        let beyond = after.clone();
        let batch = from
            .read(move |conn| store::list_unlisted(conn, &beyond, BATCH))
            .await?;
        let Some(last) = batch.last else {
            return Ok(filled);
        };
        after = last.to_string();
        filled += batch.ledgers.len() as u64;
        from.write(move |tx| {
            batch
                .ledgers
                .iter()
                .try_for_each(|ledger| store::list_again(tx, ledger, now))
        })
        .await?;
    }
}
