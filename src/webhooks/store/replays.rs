//! Looking at events again: one, or all of a time.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::{
    ids::{EventId, IntegrationId, ReplayId},
    store::{
        Conn, StoreError, Tx, on_each,
        schema::{webhook_events, webhook_replays},
        timestamp,
    },
    webhooks::state::State,
};

/// Which events are to be looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Received from this moment on.
    pub since: DateTime<Utc>,
    /// Received before this moment.
    pub until: Option<DateTime<Utc>>,
    pub state: Option<State>,
    pub integration: Option<IntegrationId>,
}

/// An order to look at many events again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    pub id: ReplayId,
    pub wanted: Wanted,
    /// How many events it took up.
    pub total: i64,
    pub requested_by: String,
    pub requested_at: DateTime<Utc>,
}

/// Makes one event due as if it had just come, whoever works on it now. False when there is none with a body.
pub fn replay_one(tx: &mut Tx<'_>, id: EventId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let event = webhook_events::table
        .find(id.to_string())
        .filter(webhook_events::body_sealed.is_not_null());
    Ok(diesel::update(event)
        .set(afresh(None, now))
        .execute(tx.conn())?
        == 1)
}

/// Makes every event that is wanted due, and keeps the order. `replay.total` is not read: it is counted here.
pub fn replay_many(tx: &mut Tx<'_>, mut replay: Replay) -> Result<Replay, StoreError> {
    let wanted = &replay.wanted;
    let rows = on_each!(tx.conn(), conn => {
        let mut events = diesel::update(webhook_events::table)
            .set(afresh(Some(replay.id), replay.requested_at))
            .filter(webhook_events::received_at.ge(timestamp::to_stored(wanted.since)))
            .filter(webhook_events::body_sealed.is_not_null())
            .into_boxed();
        if let Some(until) = wanted.until {
            events = events.filter(webhook_events::received_at.lt(timestamp::to_stored(until)));
        }
        if let Some(state) = wanted.state {
            events = events.filter(webhook_events::state.eq(state.as_str()));
        }
        if let Some(integration) = wanted.integration {
            events = events.filter(webhook_events::integration_id.eq(integration.to_string()));
        }
        events.execute(conn)
    })?;
    replay.total = i64::try_from(rows).unwrap_or(i64::MAX);
    diesel::insert_into(webhook_replays::table)
        .values((
            webhook_replays::id.eq(replay.id.to_string()),
            webhook_replays::since.eq(timestamp::to_stored(replay.wanted.since)),
            webhook_replays::until.eq(replay.wanted.until.map(timestamp::to_stored)),
            webhook_replays::state.eq(replay.wanted.state.map(State::as_str)),
            webhook_replays::integration_id.eq(replay.wanted.integration.map(|id| id.to_string())),
            webhook_replays::total.eq(replay.total),
            webhook_replays::requested_by.eq(&replay.requested_by),
            webhook_replays::requested_at.eq(timestamp::to_stored(replay.requested_at)),
        ))
        .execute(tx.conn())?;
    Ok(replay)
}

/// Whatever the state was, replay leads to received.
#[diesel::dsl::auto_type]
fn afresh(replay: Option<ReplayId>, now: DateTime<Utc>) -> _ {
    let replay: Option<String> = replay.map(|id| id.to_string());
    let due_at: NaiveDateTime = timestamp::to_stored(now);
    let state: &'static str = State::Received.as_str();
    let nobody: Option<String> = None;
    let unsettled: Option<NaiveDateTime> = None;
    (
        webhook_events::state.eq(state),
        webhook_events::attempts.eq(0_i32),
        webhook_events::replay_id.eq(replay),
        webhook_events::settled_at.eq(unsettled),
        webhook_events::due_at.eq(due_at),
        webhook_events::lease.eq(nobody),
        webhook_events::version.eq(webhook_events::version + 1_i64),
    )
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_replays)]
struct ReplayRow {
    id: String,
    since: NaiveDateTime,
    until: Option<NaiveDateTime>,
    state: Option<String>,
    integration_id: Option<String>,
    total: i64,
    requested_by: String,
    requested_at: NaiveDateTime,
}

/// The order with this id.
pub fn find_replay(conn: &mut Conn, id: ReplayId) -> Result<Option<Replay>, StoreError> {
    let row: Option<ReplayRow> = webhook_replays::table
        .find(id.to_string())
        .select(ReplayRow::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| {
        let unreadable = || StoreError::unreadable(format!("the replay {}", row.id));
        let state = row.state.as_deref();
        let integration = row.integration_id.as_deref();
        Ok(Replay {
            id,
            wanted: Wanted {
                since: timestamp::from_stored(row.since),
                until: row.until.map(timestamp::from_stored),
                state: state
                    .map(|word| State::parse(word).ok_or_else(unreadable))
                    .transpose()?,
                integration: integration
                    .map(|id| id.parse().map_err(|_| unreadable()))
                    .transpose()?,
            },
            total: row.total,
            requested_by: row.requested_by.clone(),
            requested_at: timestamp::from_stored(row.requested_at),
        })
    })
    .transpose()
}

/// How many of its events still wait. What a later replay took up is that one's.
pub fn count_remaining(conn: &mut Conn, id: ReplayId) -> Result<i64, StoreError> {
    Ok(webhook_events::table
        .filter(webhook_events::replay_id.eq(id.to_string()))
        .filter(webhook_events::state.eq(State::Received.as_str()))
        .count()
        .get_result(conn)?)
}
