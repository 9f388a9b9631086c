//! Looking at events again: one, or all of a time.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{dsl::sql, prelude::*, sql_types::Text};

use crate::{
    ids::{EventId, IntegrationId, ReplayId},
    store::{
        Conn, MultiBackend, StoreError, Tx, load_unlocked, on_each,
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

/// Keeps the order; its events are taken up later, a few at a time. `replay.total` is not read: it is counted here.
pub fn begin_replay(tx: &mut Tx<'_>, mut replay: Replay) -> Result<Replay, StoreError> {
    // What comes later was not there when it was asked for.
    let until = replay.wanted.until.unwrap_or(replay.requested_at);
    replay.wanted.until = replay.wanted.until.map(|_| until);
    replay.total = wanted(&replay).count().get_result(tx.conn())?;
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
            webhook_replays::finished.eq(replay.total == 0),
            webhook_replays::taken_up.eq(0_i64),
        ))
        .execute(tx.conn())?;
    Ok(replay)
}

/// Which events a replay is about.
fn wanted(replay: &Replay) -> webhook_events::BoxedQuery<'static, MultiBackend> {
    let wanted = &replay.wanted;
    let mut events = webhook_events::table
        .filter(webhook_events::received_at.ge(timestamp::to_stored(wanted.since)))
        .filter(webhook_events::body_sealed.is_not_null())
        .into_boxed();
    events = match wanted.until {
        Some(until) => events.filter(webhook_events::received_at.lt(timestamp::to_stored(until))),
        None => {
            let asked = timestamp::to_stored(replay.requested_at);
            events.filter(webhook_events::received_at.le(asked))
        }
    };
    if let Some(state) = wanted.state {
        events = events.filter(webhook_events::state.eq(state.as_str()));
    }
    if let Some(integration) = wanted.integration {
        events = events.filter(webhook_events::integration_id.eq(integration.to_string()));
    }
    events
}

/// A replay that has events left to take up, if there is any; the oldest.
pub fn find_unfinished(conn: &mut Conn) -> Result<Option<ReplayId>, StoreError> {
    let id: Option<String> = webhook_replays::table
        .filter(diesel::dsl::not(webhook_replays::finished))
        .order(webhook_replays::id.asc())
        .select(webhook_replays::id)
        .first(conn)
        .optional()?;
    let unreadable = |id: &String| StoreError::unreadable(format!("the replay {id}"));
    id.map(|id| id.parse().map_err(|_| unreadable(&id)))
        .transpose()
}

/// Makes the next few events of a replay due, or finishes it when it has no more. False when somebody else is at it.
pub fn continue_replay(tx: &mut Tx<'_>, id: ReplayId, most: i64) -> Result<bool, StoreError> {
    let unfinished = webhook_replays::table
        .find(id.to_string())
        .filter(diesel::dsl::not(webhook_replays::finished))
        .select((
            webhook_replays::position_at,
            webhook_replays::position_id,
            webhook_replays::taken_up,
        ));
    type ReplayPosition = (Option<NaiveDateTime>, Option<String>, i64);
    let position: Vec<ReplayPosition> = load_unlocked!(tx.conn(), unfinished)?;
    let (Some(position), Some(replay)) = (position.into_iter().next(), find_replay(tx.conn(), id)?)
    else {
        return Ok(false);
    };
    let (position_at, position_id, taken_up) = position;
    let mut events = wanted(&replay);
    if let (Some(at), Some(id)) = (position_at, position_id) {
        let later = webhook_events::received_at
            .gt(at)
            .or(webhook_events::id.gt(id));
        events = events
            .filter(webhook_events::received_at.ge(at))
            .filter(later);
    }
    let events: Vec<(String, NaiveDateTime)> = events
        .order((webhook_events::received_at.asc(), webhook_events::id.asc()))
        .limit(most)
        .select((webhook_events::id, webhook_events::received_at))
        .load(tx.conn())?;
    let row = webhook_replays::table.find(id.to_string());
    let taken_up = taken_up + i64::try_from(events.len()).unwrap_or(i64::MAX);
    let Some((last, received_at)) = events.last() else {
        // Some may have come to another state, or gone, since they were counted.
        diesel::update(row)
            .set((
                webhook_replays::finished.eq(true),
                webhook_replays::total.eq(taken_up),
            ))
            .execute(tx.conn())?;
        return Ok(true);
    };
    let ids: Vec<&str> = events.iter().map(|(id, _)| id.as_str()).collect();
    on_each!(tx.conn(), conn => diesel::update(webhook_events::table)
        .filter(webhook_events::id.eq_any(&ids))
        .set(afresh(Some(id), replay.requested_at))
        .execute(conn))?;
    diesel::update(row)
        .set((
            webhook_replays::position_at.eq(received_at),
            webhook_replays::position_id.eq(last),
            webhook_replays::taken_up.eq(taken_up),
        ))
        .execute(tx.conn())?;
    Ok(true)
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

/// How many of its events still wait, to be taken up or for their attempt. What a later replay took up is that one's.
pub fn count_remaining(conn: &mut Conn, id: ReplayId) -> Result<i64, StoreError> {
    let left: Option<(i64, i64)> = webhook_replays::table
        .find(id.to_string())
        .filter(diesel::dsl::not(webhook_replays::finished))
        .select((webhook_replays::total, webhook_replays::taken_up))
        .first(conn)
        .optional()?;
    let left = left.map_or(0, |(total, taken_up)| (total - taken_up).max(0));
    let waiting: i64 = webhook_events::table
        .filter(webhook_events::replay_id.eq(id.to_string()))
        // Not as a parameter: an index holds only those.
        .filter(webhook_events::state.eq(sql::<Text>("'received'")))
        .count()
        .get_result(conn)?;
    Ok(left + waiting)
}
