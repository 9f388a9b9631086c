//! Deletes events after their retention period.

use chrono::{DateTime, Utc};

use super::store;
use crate::store::{StoreError, Tx};

/// Deletes events from the beginning of the feed, up to the last of the first `most` events before the first one that
/// happened at or after `oldest`, and returns their number. Events are deleted only from the beginning, so that a
/// cursor either has all later events or is expired.
pub fn forget_before(
    tx: &mut Tx<'_>,
    oldest: DateTime<Utc>,
    most: i64,
) -> Result<usize, StoreError> {
    let first = store::list_first(tx, most)?;
    let old = first.iter().take_while(|(_, at)| *at < oldest).last();
    match old {
        Some((last, _)) => store::delete_through(tx, *last),
        None => Ok(0),
    }
}
