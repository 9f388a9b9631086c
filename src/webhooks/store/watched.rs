//! The numbers for monitoring the inbox. Each is one statement over an index.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::{
    ids::EventId,
    store::{Conn, StoreError, schema::webhook_events, timestamp},
    webhooks::state::WebhookState,
};

/// How many events are in a state.
pub fn count_events_in(conn: &mut Conn, state: WebhookState) -> Result<i64, StoreError> {
    let events = webhook_events::table.filter(webhook_events::state.eq(state));
    Ok(events.count().get_result(conn)?)
}

/// When the oldest event in the state `received` arrived.
pub fn oldest_pending_event(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, StoreError> {
    let oldest: Option<NaiveDateTime> = webhook_events::table
        .filter(webhook_events::state.eq(WebhookState::Received))
        .order(webhook_events::received_at.asc())
        .select(webhook_events::received_at)
        .first(conn)
        .optional()?;
    Ok(oldest.map(timestamp::from_stored))
}

/// Whether at least `many` events are due; `many` is 1 or more.
pub fn are_due(conn: &mut Conn, now: DateTime<Utc>, many: i64) -> Result<bool, StoreError> {
    let last: Option<EventId> = webhook_events::table
        .filter(webhook_events::due_at.le(timestamp::to_stored(now)))
        .order((webhook_events::due_at, webhook_events::id))
        .offset(many - 1)
        .limit(1)
        .select(webhook_events::id)
        .first(conn)
        .optional()?;
    Ok(last.is_some())
}

/// The due time of the event that is due longest.
pub fn oldest_due_event(
    conn: &mut Conn,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let oldest: Option<Option<NaiveDateTime>> = webhook_events::table
        .filter(webhook_events::due_at.le(timestamp::to_stored(now)))
        .order(webhook_events::due_at.asc())
        .select(webhook_events::due_at)
        .first(conn)
        .optional()?;
    Ok(oldest.flatten().map(timestamp::from_stored))
}
