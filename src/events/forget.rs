//! Deletes events after their retention period.

use chrono::{DateTime, Utc};

use super::store;
use crate::store::{StoreError, Tx};

/// Deletes events from the beginning of the feed, up to the last of the first `most` events before the first one that
/// happened at or after `oldest`, and returns their number. Events are deleted only from the beginning, so that a
/// cursor either has all later events or is expired.
pub fn forget_before(
    tx: &mut Tx<'_>,
    now: DateTime<Utc>,
    oldest: DateTime<Utc>,
    most: i64,
) -> Result<usize, StoreError> {
    let first = store::list_first(tx, most)?;
    match last_old(&first, now, oldest) {
        Some(last) => store::delete_through(tx, last),
        None => Ok(0),
    }
}

/// The place of the last event to delete. An event dated after `now`, as older versions stored them from webhooks, does
/// not keep the events behind it.
fn last_old(
    first: &[(i64, DateTime<Utc>)],
    now: DateTime<Utc>,
    oldest: DateTime<Utc>,
) -> Option<i64> {
    let passed = first.iter().take_while(|(_, at)| *at < oldest || *at > now);
    let old = passed.filter(|(_, at)| *at < oldest);
    old.last().map(|(place, _)| *place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_events_are_deleted_up_to_the_first_that_is_kept() {
        let day = |day: i64| DateTime::UNIX_EPOCH + chrono::TimeDelta::days(day);
        for (days, last) in [
            (&[][..], None),
            (&[50], None),
            (&[9], Some(1)),
            (&[9, 10, 9], Some(1)),
            // Dated in the future.
            (&[8, 500_000, 9], Some(3)),
            (&[8, 500_000, 50], Some(1)),
            (&[500_000], None),
        ] {
            let first: Vec<_> = (1..).zip(days.iter().map(|it| day(*it))).collect();
            assert_eq!(last_old(&first, day(100), day(10)), last, "{days:?}");
        }
    }
}
