//! Makes the rows of invoices for payments that an older version has written. Safe in every replica at once, and to repeat.

use chrono::{DateTime, Utc};

use super::store;
use crate::store::{Store, StoreError};

/// So many payments at a time: other writes need not wait long.
const BATCH: i64 = 200;

/// Goes once through the payments whose invoices are not listed as they are, and says how many those were.
pub async fn fill_invoices(from: &Store, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let (mut after, mut filled) = (String::new(), 0);
    loop {
        let beyond = after.clone();
        let batch = from
            .read(move |conn| store::list_unlisted(conn, &beyond, BATCH))
            .await?;
        let Some(last) = batch.last() else {
            return Ok(filled);
        };
        after = last.payment.id.to_string();
        filled += batch.len() as u64;
        from.write(move |tx| {
            batch
                .iter()
                .try_for_each(|ledger| store::list_again(tx, ledger, now))
        })
        .await?;
    }
}
