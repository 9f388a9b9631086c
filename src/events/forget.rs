//! Forgets events that were kept long enough.

use chrono::{DateTime, Utc};

use super::store;
use crate::store::{StoreError, Tx};

/// Forgets the oldest events, as far as they happened before a moment, at most so many; and says how many. The feed only
/// gets shorter at its beginning, so that a cursor either has everything behind it or is expired.
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
