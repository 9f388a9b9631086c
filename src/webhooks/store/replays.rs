//! Replays of one event, or of all events of a period.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{dsl::sql, prelude::*, sql_types::Text};

use crate::{
    ids::{EventId, IntegrationId, ReplayId},
    store::{
        Conn, MultiBackend, StoreError, Tx,
        columns::{MaybeMoment, Moment},
        keyset::equal,
        load_unlocked, on_each,
        schema::{webhook_events, webhook_replays},
        timestamp,
    },
    webhooks::state::WebhookState,
};

/// The events to apply again.
#[derive(Clone, Debug, Insertable, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = webhook_replays)]
pub struct ReplayFilter {
    /// Received from this moment on.
    #[diesel(deserialize_as = Moment, serialize_as = Moment)]
    pub since: DateTime<Utc>,
    /// Received before this moment.
    #[diesel(deserialize_as = MaybeMoment, serialize_as = MaybeMoment)]
    pub until: Option<DateTime<Utc>>,
    pub state: Option<WebhookState>,
    #[diesel(column_name = integration_id)]
    pub integration: Option<IntegrationId>,
}

/// A request to apply many events again.
#[derive(Clone, Debug, Insertable, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = webhook_replays)]
pub struct Replay {
    pub id: ReplayId,
    #[diesel(embed)]
    pub wanted: ReplayFilter,
    /// How many events it took up.
    pub total: i64,
    pub requested_by: String,
    #[diesel(deserialize_as = Moment, serialize_as = Moment)]
    pub requested_at: DateTime<Utc>,
}

/// Makes one event due as if it had just arrived, even while a worker has it. False if there is no such event with a
/// body.
pub fn replay_one(tx: &mut Tx<'_>, id: EventId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let event = webhook_events::table
        .find(id)
        .filter(webhook_events::body_sealed.is_not_null());
    Ok(diesel::update(event)
        .set(afresh(None, now))
        .execute(tx.conn())?
        == 1)
}

/// Stores a replay; its events are made due later, in batches. `replay.total` is ignored and counted here.
pub fn begin_replay(tx: &mut Tx<'_>, mut replay: Replay) -> Result<Replay, StoreError> {
    replay.total = wanted(&replay).count().get_result(tx.conn())?;
    diesel::insert_into(webhook_replays::table)
        .values((
            replay.clone(),
            webhook_replays::finished.eq(replay.total == 0),
            webhook_replays::taken_up.eq(0_i64),
        ))
        .execute(tx.conn())?;
    Ok(replay)
}

/// The query for the events of a replay.
fn wanted(replay: &Replay) -> webhook_events::BoxedQuery<'static, MultiBackend> {
    let wanted = &replay.wanted;
    let events = webhook_events::table
        .filter(webhook_events::received_at.ge(timestamp::to_stored(wanted.since)))
        .filter(webhook_events::body_sealed.is_not_null())
        .into_boxed();
    let events = match wanted.until.filter(|until| *until <= replay.requested_at) {
        Some(until) => events.filter(webhook_events::received_at.lt(timestamp::to_stored(until))),
        // Later events did not exist when the replay was requested.
        None => {
            let asked = timestamp::to_stored(replay.requested_at);
            events.filter(webhook_events::received_at.le(asked))
        }
    };
    equal!(events, webhook_events {
        state = wanted.state,
        integration_id = wanted.integration,
    })
}

/// The oldest replay that is not finished, if there is any.
pub fn find_unfinished(conn: &mut Conn) -> Result<Option<ReplayId>, StoreError> {
    Ok(webhook_replays::table
        .filter(diesel::dsl::not(webhook_replays::finished))
        .order(webhook_replays::id.asc())
        .select(webhook_replays::id)
        .first(conn)
        .optional()?)
}

/// Makes the next batch of a replay's events due now, behind the events that are due already, or finishes the replay if
/// there are none. False if another worker does it.
pub fn continue_replay(
    tx: &mut Tx<'_>,
    id: ReplayId,
    most: i64,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let unfinished = webhook_replays::table
        .find(id)
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
    let events: Vec<(EventId, NaiveDateTime)> = events
        .order((webhook_events::received_at.asc(), webhook_events::id.asc()))
        .limit(most)
        .select((webhook_events::id, webhook_events::received_at))
        .load(tx.conn())?;
    let row = webhook_replays::table.find(id);
    let taken_up = taken_up + i64::try_from(events.len()).unwrap_or(i64::MAX);
    let Some((last, received_at)) = events.last() else {
        // The total is corrected, because events may have changed state or been deleted since they were counted.
        diesel::update(row)
            .set((
                webhook_replays::finished.eq(true),
                webhook_replays::total.eq(taken_up),
            ))
            .execute(tx.conn())?;
        return Ok(true);
    };
    let ids: Vec<EventId> = events.iter().map(|(id, _)| *id).collect();
    on_each!(tx.conn(), conn => diesel::update(webhook_events::table)
        .filter(webhook_events::id.eq_any(&ids))
        .set(afresh(Some(id), now))
        .execute(conn))?;
    diesel::update(row)
        .set((
            webhook_replays::position_at.eq(received_at),
            webhook_replays::position_id.eq(last),
            webhook_replays::taken_up.eq(taken_up),
            // More events than were counted may have come into the wanted state.
            webhook_replays::total.eq(replay.total.max(taken_up)),
        ))
        .execute(tx.conn())?;
    Ok(true)
}

/// The column values of a replayed event: state `received`, no attempts, no lease, due at `now`.
#[diesel::dsl::auto_type]
fn afresh(replay: Option<ReplayId>, now: DateTime<Utc>) -> _ {
    let replay: Option<ReplayId> = replay;
    let due_at: NaiveDateTime = timestamp::to_stored(now);
    let state: WebhookState = WebhookState::Received;
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

/// The replay with this id.
pub fn find_replay(conn: &mut Conn, id: ReplayId) -> Result<Option<Replay>, StoreError> {
    let found = webhook_replays::table.find(id);
    Ok(found.select(Replay::as_select()).first(conn).optional()?)
}

/// Counts the events of a replay that were not made due yet or wait for their attempt. An event that a later replay has
/// made due counts for the later one.
pub fn count_remaining(conn: &mut Conn, id: ReplayId) -> Result<i64, StoreError> {
    let left: Option<(i64, i64)> = webhook_replays::table
        .find(id)
        .filter(diesel::dsl::not(webhook_replays::finished))
        .select((webhook_replays::total, webhook_replays::taken_up))
        .first(conn)
        .optional()?;
    let left = left.map_or(0, |(total, taken_up)| (total - taken_up).max(0));
    let waiting: i64 = webhook_events::table
        .filter(webhook_events::replay_id.eq(id))
        // A literal and not a parameter, so that the partial index can be used.
        .filter(webhook_events::state.eq(sql::<Text>("'received'")))
        .count()
        .get_result(conn)?;
    Ok(left + waiting)
}
