//! Applies new events, retries, and parked events whose payment has appeared.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use metrics::Counter;

use super::{
    TOPIC,
    apply::Applier,
    settlement::settlement,
    state::WebhookState,
    store::{self, ClaimedEvent, EventSettlement},
};
use crate::{
    config,
    ids::ReplayId,
    jobs::{self, Job, Lease, Runner, Wakeup},
    store::{Conn, Store, StoreError, Tx},
};

/// The number of events that a replay makes due in one write, so that other writes need not wait for long.
const REPLAYED_AT_ONCE: i64 = 500;
/// How much earlier the search for changed payments starts, because `updatedAt` is set before the commit.
const OVERLAP: TimeDelta = TimeDelta::seconds(30);

/// The handles that wake the workers of this process.
#[derive(Clone, Default)]
pub struct Wakeups {
    /// An event has become due.
    pub events: Wakeup<Applier>,
    /// A replay was requested.
    pub replays: Wakeup<Replays>,
}

/// Works until the store is closed or the future is dropped.
pub async fn work(applier: Applier, wakeups: Wakeups, settings: config::WebhookSettings) {
    let store = applier.payments.store().clone();
    let clock = applier.payments.clock().clone();
    let lease = TimeDelta::from_std(settings.lease).unwrap_or(TimeDelta::minutes(2));
    let events = Runner {
        job: Arc::new(applier),
        store: store.clone(),
        clock: clock.clone(),
        wakeup: wakeups.events.clone(),
        concurrency: settings.appliers,
        poll: settings.poll,
        lease,
    };
    let replays = Runner {
        job: Arc::new(Replays(wakeups.events.clone())),
        store: store.clone(),
        clock: clock.clone(),
        wakeup: wakeups.replays,
        concurrency: 1,
        poll: settings.poll,
        lease,
    };
    let mut seen = clock.now() - TimeDelta::hours(1);
    let complaint = "parked webhook events cannot be matched with payments right now";
    let matching = jobs::every(settings.poll, complaint, async || {
        let now = clock.now();
        if requeue_matched(&store, seen, now).await? {
            wakeups.events.ring();
        }
        seen = now;
        Ok(())
    });
    tokio::join!(events.run(), replays.run(), matching);
}

impl Job for Applier {
    const NAME: &'static str = TOPIC;
    type Item = ClaimedEvent;
    type Outcome = (ClaimedEvent, EventSettlement);

    fn has_due(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
        store::has_due(conn, now)
    }

    fn claim(
        &self,
        tx: &mut Tx<'_>,
        lease: &Lease,
        limit: i64,
    ) -> Result<Vec<ClaimedEvent>, StoreError> {
        store::claim(tx, lease, limit)
    }

    async fn work(self: Arc<Self>, event: ClaimedEvent) -> Option<Self::Outcome> {
        let found = self.apply(&event).await;
        let settlement = settlement(&event, found, self.payments.clock().now());
        Some((event, settlement))
    }

    fn settle(&self, tx: &mut Tx<'_>, (event, to): &Self::Outcome) -> Result<bool, StoreError> {
        store::settle(tx, event, to)
    }

    fn settled(&self, (event, settlement): Self::Outcome, was_ours: bool) {
        if !was_ours {
            tracing::debug!(event = %event.id, "another worker has the webhook event by now");
            return;
        }
        attempts(settlement.state).increment(1);
        if settlement.state == WebhookState::Failed {
            tracing::error!(event = %event.id, outcome = settlement.outcome, "gave a webhook event up");
        }
    }
}

/// The job that makes the events of replays due, in batches.
pub struct Replays(Wakeup<Applier>);

impl Job for Replays {
    const NAME: &'static str = "webhook_replays";
    /// The events are due as soon as the claim is committed.
    type Item = ();
    type Outcome = ();

    fn has_due(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(continuable(conn, now)?.is_some())
    }

    fn claim(&self, tx: &mut Tx<'_>, lease: &Lease, _limit: i64) -> Result<Vec<()>, StoreError> {
        let Some(id) = continuable(tx.conn(), lease.now)? else {
            return Ok(Vec::new());
        };
        let is_ours = store::continue_replay(tx, id, REPLAYED_AT_ONCE, lease.now)?;
        Ok(is_ours.then_some(()).into_iter().collect())
    }

    async fn work(self: Arc<Self>, (): ()) -> Option<()> {
        self.0.ring();
        None
    }

    fn settle(&self, _: &mut Tx<'_>, (): &()) -> Result<bool, StoreError> {
        Ok(true)
    }
}

/// The replay whose next events may be made due: none while a batch is due already, so that a new webhook waits behind
/// two batches at most.
fn continuable(conn: &mut Conn, now: DateTime<Utc>) -> Result<Option<ReplayId>, StoreError> {
    match store::find_unfinished(conn)? {
        Some(id) if !store::are_due(conn, now, REPLAYED_AT_ONCE)? => Ok(Some(id)),
        _ => Ok(None),
    }
}

/// Makes parked events due whose payment has appeared or changed. False if there are none.
async fn requeue_matched(
    store: &Store,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let since = since - OVERLAP;
    let events = store
        .read(move |conn| store::list_matched(conn, since))
        .await?;
    if events.is_empty() {
        return Ok(false);
    }
    store
        .write(move |tx| store::requeue_matched(tx, &events, now))
        .await?;
    Ok(true)
}

fn attempts(state: WebhookState) -> Counter {
    metrics::counter!("onterms_webhook_attempts_total", "state" => state.as_str())
}

/// Registers every series at zero, so that it exists before its first event.
pub fn register_metrics() {
    WebhookState::ALL
        .iter()
        .for_each(|it| attempts(*it).increment(0));
}

#[cfg(test)]
mod tests;
