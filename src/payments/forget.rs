//! Deletes the carts of payments that have been at rest long enough.

use chrono::{DateTime, Utc};

use super::store;
use crate::store::{Conn, Store, StoreError, Tx, timestamp};

/// The number of payments read, and deleted, at a time.
const BATCH: i64 = 500;

/// Deletes the carts of payments that have been at rest since before `moment`, and returns how many. It walks through
/// the stored carts, and not through all payments.
pub async fn forget_checkouts(store: &Store, moment: DateTime<Utc>) -> Result<usize, StoreError> {
    let moment = timestamp::to_stored(moment);
    let (mut after, mut forgotten) = (String::new(), 0);
    loop {
        let from = after.clone();
        let list = move |conn: &mut Conn| store::list_kept(conn, &from, BATCH);
        let kept = store.read(list).await?;
        let Some((last, _)) = kept.last() else {
            return Ok(forgotten);
        };
        after.clone_from(last);
        let kept = kept.into_iter();
        let resting = kept.filter(|(_, since)| since.is_some_and(|since| since < moment));
        let resting: Vec<String> = resting.map(|(id, _)| id).collect();
        if !resting.is_empty() {
            let forget = move |tx: &mut Tx<'_>| store::forget_checkouts(tx, &resting, moment);
            forgotten += store.write(forget).await?;
        }
    }
}
