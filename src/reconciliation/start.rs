//! Starts a run on request.

use serde_json::json;

use super::{
    run::{Run, Trigger},
    store,
};
use crate::{
    audit::{self, Actor, Change},
    idempotency::{self, Key, KeyReused, Once},
    store::{Store, StoreError, Tx},
};

/// Why no run can be started or read.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    #[error("the run is not kept any more")]
    Forgotten,
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Starts a run over all open payments. While a requested run is under way, that run is returned.
pub async fn start(store: &Store, actor: Actor, key: Option<Key>) -> Result<Once<Run>, NotStarted> {
    store
        .write(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    let run = begin(tx, &actor)?;
                    Ok((run.id.to_string(), run))
                },
                |tx, id| {
                    let id = id.parse().map_err(|_| NotStarted::Forgotten)?;
                    store::find(tx, id)?.ok_or(NotStarted::Forgotten)
                },
            )
        })
        .await
}

fn begin(tx: &mut Tx<'_>, actor: &Actor) -> Result<Run, NotStarted> {
    let run = store::begin(tx, Trigger::Caller, &actor.subject, actor.at)?;
    // No run is returned if the running one ended during the insert; the caller may try again.
    let run = run.ok_or(StoreError::Busy)?;
    let fields = json!({ "payments": { "from": null, "to": run.total } });
    let change = Change::of("start", "reconciliation_run", run.id, fields);
    audit::record(tx, actor, &change)?;
    Ok(run)
}
