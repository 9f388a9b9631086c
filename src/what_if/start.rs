//! Starts a trial of rules on request.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{
    store,
    tally::Tally,
    trial::{WhatIf, WhatIfStatus},
};
use crate::{
    audit::{self, Actor, Change},
    idempotency::{self, Key, KeyReused, Once},
    ids,
    recording::{self, RecordingWindow},
    store::{Store, StoreError, Tx},
};

/// The rules to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriedRules {
    /// The rules of a revision, with its methods and settings.
    Revision(i64),
    /// These rules, as a JSON list, in the place of the live ones.
    Drafts(String),
}

/// A trial to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTrial {
    pub rules: TriedRules,
    pub window: RecordingWindow,
    pub live_revision: i64,
}

/// The reason why a trial cannot be started or read.
#[derive(Debug, thiserror::Error)]
pub enum NoTrial {
    #[error("the trial is not kept any more")]
    Forgotten,
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Starts a trial, which a worker then processes, some carts at a time.
pub async fn start(
    store: &Store,
    actor: Actor,
    key: Option<Key>,
    new: NewTrial,
) -> Result<Once<WhatIf>, NoTrial> {
    store
        .write(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    let trial = begin(tx, &actor, new)?;
                    Ok((trial.id.to_string(), trial))
                },
                |tx, id| {
                    let id = id.parse().map_err(|_| NoTrial::Forgotten)?;
                    store::find(tx, id)?.ok_or(NoTrial::Forgotten)
                },
            )
        })
        .await
}

fn begin(tx: &mut Tx<'_>, actor: &Actor, new: NewTrial) -> Result<WhatIf, StoreError> {
    let (revision, rules) = match new.rules {
        TriedRules::Revision(number) => (Some(number), None),
        TriedRules::Drafts(rules) => (None, Some(rules)),
    };
    let tally = serde_json::to_string(&Tally::default());
    let mut trial = WhatIf {
        id: ids::fresh(actor.at),
        status: WhatIfStatus::Running,
        requested_by: actor.subject.clone(),
        created_at: actor.at,
        finished_at: None,
        window_from: new.window.from,
        window_until: new.window.until,
        read_until: end_of(new.window, actor.at),
        revision,
        rules,
        live_revision: new.live_revision,
        total: 0,
        evaluated: 0,
        tally: tally.map_err(|_| StoreError::unreadable("an empty count"))?,
        position: String::new(),
    };
    trial.total = recording::count(tx, trial.window())?;
    store::insert(tx, &trial)?;
    let change = Change {
        action: "start",
        resource_type: "what_if",
        resource_id: trial.id.to_string(),
        fields: json!({ "carts": { "from": null, "to": trial.total } }),
    };
    audit::record(tx, actor, &change)?;
    Ok(trial)
}

/// The end of the window. Carts recorded after the request are not read, so that a trial ends.
fn end_of(window: RecordingWindow, now: DateTime<Utc>) -> DateTime<Utc> {
    let behind_now = now + TimeDelta::microseconds(1);
    window
        .until
        .map_or(behind_now, |until| until.min(behind_now))
}
