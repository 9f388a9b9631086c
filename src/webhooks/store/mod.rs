//! The rows of the inbox.

mod findings;
mod listing;
mod parked;
mod queue;
mod replays;
mod row;
mod sealed;
mod watched;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::state::State;
use crate::store::{
    StoreError, Tx, on_each,
    schema::{webhook_event_findings, webhook_events},
    timestamp,
};

pub use listing::{Filter, SortField, count, list};
pub use parked::{list_matched, requeue_matched};
pub use queue::{Claimed, Settlement, claim, has_due, settle};
pub use replays::{
    Replay, Wanted, begin_replay, continue_replay, count_remaining, find_replay, find_unfinished,
    replay_one,
};
pub use row::{find, find_with_body};
pub use sealed::{BODIES, erase_body};
pub use watched::{count_events_in, oldest_due_event, oldest_pending_event};

/// An event as it comes in.
#[derive(Debug)]
pub struct NewEvent {
    pub id: String,
    pub integration: String,
    /// What it goes by: the same key is the same event.
    pub dedup_key: String,
    pub event: Option<String>,
    /// Why nothing follows from it, where that is plain; otherwise it is due at once.
    pub ignored: Option<String>,
    pub verified: bool,
    pub body_sealed: String,
    pub occurred_at: Option<DateTime<Utc>>,
    pub received_at: DateTime<Utc>,
}

/// Adds an event; one that was there before is only counted. One statement. True when it is new.
pub fn insert(tx: &mut Tx<'_>, new: &NewEvent) -> Result<bool, StoreError> {
    let received_at = timestamp::to_stored(new.received_at);
    let (state, due_at, settled_at) = match &new.ignored {
        None => (State::Received, Some(received_at), None),
        Some(_) => (State::Ignored, None, Some(received_at)),
    };
    let row = (
        webhook_events::id.eq(&new.id),
        webhook_events::integration_id.eq(&new.integration),
        webhook_events::dedup_key.eq(&new.dedup_key),
        webhook_events::event.eq(&new.event),
        webhook_events::verified.eq(new.verified),
        webhook_events::body_sealed.eq(&new.body_sealed),
        webhook_events::state.eq(state),
        webhook_events::outcome.eq(&new.ignored),
        webhook_events::settled_at.eq(settled_at),
        webhook_events::attempts.eq(0),
        webhook_events::repeats.eq(0_i64),
        webhook_events::version.eq(1_i64),
        webhook_events::received_at.eq(received_at),
        webhook_events::occurred_at.eq(new.occurred_at.map(timestamp::to_stored)),
        webhook_events::due_at.eq(due_at),
    );
    let repeats: i64 = on_each!(tx.conn(), conn => diesel::insert_into(webhook_events::table)
        .values(row)
        .on_conflict((webhook_events::integration_id, webhook_events::dedup_key))
        .do_update()
        .set((
            webhook_events::repeats.eq(webhook_events::repeats + 1),
            webhook_events::version.eq(webhook_events::version + 1),
        ))
        .returning(webhook_events::repeats)
        .get_result(conn))?;
    Ok(repeats == 0)
}

/// Forgets up to `limit` events that came before `moment`, and says how many they were.
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
    Ok(
        on_each!(tx.conn(), conn => diesel::delete(webhook_events::table)
        .filter(webhook_events::id.eq_any(&old))
        .execute(conn))?,
    )
}
