//! The rows of the inbox.

mod findings;
mod insert;
mod listing;
mod parked;
mod queue;
mod replays;
mod row;
mod watched;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::store::{
    StoreError, Tx, on_each,
    schema::{webhook_event_findings, webhook_events},
    timestamp,
};

pub use insert::{NewEvent, insert};
pub use listing::{WebhookFilter, count, list};
pub use parked::{list_matched, requeue_matched};
pub use queue::{ClaimedEvent, EventSettlement, claim, has_due, settle};
pub use replays::{
    Replay, ReplayFilter, begin_replay, continue_replay, count_remaining, find_replay,
    find_unfinished, replay_one,
};
pub use row::{BODIES, SEALED, erase_body, find, find_with_body};
pub use watched::{are_due, count_events_in, oldest_due_event, oldest_pending_event};

/// Deletes up to `limit` events that were received before `moment`, and returns their number.
pub fn forget_before(
    tx: &mut Tx<'_>,
    moment: DateTime<Utc>,
    limit: i64,
) -> Result<usize, StoreError> {
    let old: Vec<String> = webhook_events::table
        .filter(webhook_events::received_at.lt(timestamp::to_stored(moment)))
        .order(webhook_events::received_at)
        .select(webhook_events::id)
        .limit(limit)
        .load(tx.conn())?;
    on_each!(tx.conn(), conn => diesel::delete(webhook_event_findings::table)
        .filter(webhook_event_findings::event_id.eq_any(&old))
        .execute(conn))?;
    let deleted = on_each!(tx.conn(), conn => diesel::delete(webhook_events::table)
        .filter(webhook_events::id.eq_any(&old))
        .execute(conn))?;
    Ok(deleted)
}
