//! Records that this service is alive, and refuses to start beside a service of another layout.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::CannotStart;
use crate::{
    clock::Clock,
    jobs,
    store::{Migrator, Store, StoreError, replicas},
};

const EVERY: Duration = Duration::from_secs(5);
/// The interval while writes fail, so that readiness recovers quickly.
const DURING_OUTAGE: Duration = Duration::from_millis(500);
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Refuses while a service of another layout uses the database: it would read and write the same rows differently.
pub fn refuse_others(migrator: &mut Migrator, now: DateTime<Utc>) -> Result<(), CannotStart> {
    match migrator.foreign_replicas(now)?.first() {
        Some(other) => Err(CannotStart::OtherLayout {
            version: other.version.clone(),
            layout: other.layout,
        }),
        None => Ok(()),
    }
}

/// Warns after an upgrade from a version whose services cannot be seen in the database.
pub fn warn_of_unseen(done: &[String]) {
    let is = |name: &String, part: &str| name.contains(part);
    let upgraded = done.iter().any(|name| is(name, "keep_buyers_and_replicas"));
    let made_anew = done.iter().any(|name| is(name, "create_payments"));
    if upgraded && !made_anew {
        tracing::warn!(
            "the database was upgraded from a version whose running services cannot be seen; make sure that all of them are stopped"
        );
    }
}

/// The row of this service.
#[derive(Clone)]
pub struct Heartbeat {
    id: String,
    started_at: DateTime<Utc>,
}

impl Heartbeat {
    /// Makes the row of a service that starts.
    pub fn new(clock: &Clock) -> Self {
        Heartbeat {
            id: uuid::Uuid::now_v7().to_string(),
            started_at: clock.now(),
        }
    }

    /// Beats for the first time, before the store is open, in the transaction that has found the database to fit.
    pub fn announce(self, migrator: &mut Migrator, now: DateTime<Utc>) -> Result<(), CannotStart> {
        Ok(migrator.announce(&self.id, VERSION, self.started_at, now)?)
    }

    /// Beats until the store is closed or the task is dropped.
    pub async fn run(self, store: Store, clock: Clock) {
        let mut last: Option<Instant> = None;
        let complaint = "could not write that this service is alive";
        jobs::every(DURING_OUTAGE, complaint, async || {
            let is_recent = last.is_some_and(|last| last.elapsed() < EVERY);
            if is_recent && store.outage().is_none() {
                return Ok(());
            }
            last = Some(Instant::now());
            match self.beat(&store, clock.now()).await {
                // The log already reported the beginning of the outage.
                Err(error) if !matches!(error, StoreError::Closed) && store.outage().is_some() => {
                    Ok(())
                }
                result => result,
            }
        })
        .await;
    }

    async fn beat(&self, store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
        let it = self.clone();
        store
            .write_one(move |tx| replicas::beat(tx, &it.id, VERSION, it.started_at, now))
            .await
    }

    /// Removes the row, so that a service of another layout may start at once.
    pub async fn leave(&self, store: &Store) {
        let id = self.id.clone();
        // On the one thread of `run`, so that a beat that is under way comes first.
        let control = store.for_control();
        // Without it, the row is silent for half a minute and then counts no more.
        let _ = control.write_one(move |tx| replicas::leave(tx, &id)).await;
    }
}
