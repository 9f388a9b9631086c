//! Applies events again at the request of an operator. This is always safe, because an event is only a hint.

use serde_json::json;

use super::{
    event::WebhookEvent,
    store::{self, Replay, ReplayFilter},
};
use crate::{
    audit::{self, Actor, Change},
    idempotency::{self, Key, KeyReused, Once},
    ids::{self, EventId, ReplayId},
    store::{Conn, Store, StoreError, Tx},
};

/// Why a replay is refused.
#[derive(Debug, thiserror::Error)]
pub enum NotReplayed {
    #[error("there is no such event")]
    NoEvent,
    #[error("there is no such replay")]
    NoReplay,
    #[error("the body of the event was erased")]
    BodyGone,
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The progress of a replay of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub replay: Replay,
    /// Events that still wait for their attempt.
    pub remaining: i64,
}

/// Makes one event due, whatever its state.
pub async fn one(
    store: &Store,
    actor: Actor,
    key: Option<Key>,
    id: EventId,
) -> Result<Once<WebhookEvent>, NotReplayed> {
    store
        .write(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    let before = store::find(tx, id)?.ok_or(NotReplayed::NoEvent)?;
                    if !store::replay_one(tx, id, actor.at)? {
                        return Err(NotReplayed::BodyGone);
                    }
                    let fields = json!({ "state": { "from": before.state, "to": "received" } });
                    let change = Change::of("replay", "webhook_event", id, fields);
                    audit::record(tx, &actor, &change)?;
                    Ok((id.to_string(), found(tx, id)?))
                },
                |tx, _| found(tx, id),
            )
        })
        .await
}

fn found(tx: &mut Tx<'_>, id: EventId) -> Result<WebhookEvent, NotReplayed> {
    store::find(tx, id)?.ok_or(NotReplayed::NoEvent)
}

/// Starts a replay of all matching events; the worker makes them due in batches.
pub async fn many(
    store: &Store,
    actor: Actor,
    key: Option<Key>,
    wanted: ReplayFilter,
) -> Result<Once<Progress>, NotReplayed> {
    let id: ReplayId = ids::fresh(actor.at);
    store
        .write(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    let replay = Replay {
                        id,
                        wanted,
                        total: 0,
                        requested_by: actor.subject.clone(),
                        requested_at: actor.at,
                    };
                    let replay = store::begin_replay(tx, replay)?;
                    let fields = json!({ "events": { "from": null, "to": replay.total } });
                    let change = Change::of("replay", "webhook_replay", id, fields);
                    audit::record(tx, &actor, &change)?;
                    let remaining = replay.total;
                    Ok((id.to_string(), Progress { replay, remaining }))
                },
                |tx, id| progress(tx, id.parse().map_err(|_| NotReplayed::NoReplay)?),
            )
        })
        .await
}

/// The progress of a replay.
pub fn progress(conn: &mut Conn, id: ReplayId) -> Result<Progress, NotReplayed> {
    let replay = store::find_replay(conn, id)?.ok_or(NotReplayed::NoReplay)?;
    let remaining = store::count_remaining(conn, id)?;
    Ok(Progress { replay, remaining })
}
