//! The loop of one kind of background work.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::{
    task::{JoinError, JoinSet},
    time::MissedTickBehavior,
};

use super::{Job, Lease, Wakeup};
use crate::{
    clock::Clock,
    error_chain,
    store::{Store, StoreError},
    trace,
};

/// Claims and works on what is due; [`Runner::run`] it.
pub struct Runner<J> {
    pub job: Arc<J>,
    pub store: Store,
    pub clock: Clock,
    pub wakeup: Wakeup<J>,
    /// The maximum number of items in work at the same time in this process.
    pub concurrency: usize,
    /// The polling interval for items that become due without a wake-up, such as those of another or a killed replica.
    pub poll: Duration,
    /// The time after which another worker may claim an item whose worker has not reported.
    pub lease: TimeDelta,
}

impl<J: Job> Runner<J> {
    /// Works until the store is closed or the task is dropped.
    pub async fn run(self) {
        let mut at_work = JoinSet::new();
        let mut poll = tokio::time::interval(self.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut outcomes = Vec::new();
            tokio::select! {
                () = self.wakeup.rung() => {}
                Some(joined) = at_work.join_next() => outcomes.extend(outcome::<J>(joined)),
                _ = poll.tick() => {}
            }
            while let Some(joined) = at_work.try_join_next() {
                outcomes.extend(outcome::<J>(joined));
            }
            let free = self.concurrency.saturating_sub(at_work.len());
            match self.settle_and_claim(outcomes, free).await {
                Ok(items) => {
                    for item in items {
                        at_work.spawn(trace::unit(None, Arc::clone(&self.job).work(item)));
                    }
                }
                Err(StoreError::Closed) => return,
                // Unwritten outcomes are lost; the work is done again after its lease.
                Err(error) => {
                    let error = error_chain::chain(&error);
                    tracing::warn!(
                        job = J::NAME,
                        error,
                        "due work cannot be taken on right now"
                    );
                }
            }
        }
    }

    /// Writes outcomes and claims up to `free` more items in one write, because under load the number of writes is the
    /// main cost of a runner.
    async fn settle_and_claim(
        &self,
        outcomes: Vec<J::Outcome>,
        free: usize,
    ) -> Result<Vec<J::Item>, StoreError> {
        let (job, now) = (Arc::clone(&self.job), self.clock.now());
        if outcomes.is_empty() {
            let is_due = free > 0 && self.store.read(move |conn| job.has_due(conn, now)).await?;
            if !is_due {
                return Ok(Vec::new());
            }
        }
        let (job, lease) = (Arc::clone(&self.job), Lease::new(now, self.lease));
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let (settled, items) = self
            .store
            .write(move |tx| {
                let were_ours = job.settle_all(tx, &outcomes)?;
                let items = job.claim(tx, &lease, limit)?;
                let settled: Vec<_> = outcomes.into_iter().zip(were_ours).collect();
                Ok::<_, StoreError>((settled, items))
            })
            .await?;
        for (outcome, was_ours) in settled {
            self.job.settled(outcome, was_ours);
        }
        Ok(items)
    }
}

fn outcome<J: Job>(joined: Result<Option<J::Outcome>, JoinError>) -> Option<J::Outcome> {
    joined.unwrap_or_else(|error| {
        tracing::error!(job = J::NAME, %error, "an item of work failed and is taken on again after its lease");
        None
    })
}
