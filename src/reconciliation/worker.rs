//! Begins scheduled runs when payments are due, and processes all runs.
//!
//! Every replica has a worker, but only one of them compares payments at a time, in batches. If it is killed, another
//! one repeats the same batch after the lease, which is harmless.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use metrics::Counter;

use super::{
    batch::{self, BatchTime},
    run::{ComparedPayment, RunFindingKind},
    store::{self, ClaimedPayments, ComparisonTurn},
};
use crate::{
    config,
    jobs::{Job, Lease, Runner, Wakeup},
    payments::PaymentService,
    store::{Conn, StoreError, Tx},
};

/// The lease on a run, after which another worker may claim it.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// The time of a batch. It ends before the lease, so that its results are kept however slow the provider is; the next
/// claim goes on with what is left.
const TIME: BatchTime = BatchTime {
    begins: Duration::from_secs(60),
    ends: Duration::from_secs(90),
};
/// The number of payments per claim, as a multiple of the payments that are compared at once.
const BATCHES: usize = 4;

/// The job that processes runs, one claim at a time.
pub struct Comparison {
    service: PaymentService,
    every: TimeDelta,
    lookers: usize,
}

/// Works until the store is closed or the future is dropped. `wakeup` signals that a run was requested.
pub async fn work(
    service: PaymentService,
    wakeup: Wakeup<Comparison>,
    settings: config::ReconciliationSettings,
) {
    let runner = Runner {
        store: service.store().clone(),
        clock: service.clock().clone(),
        job: Arc::new(Comparison {
            service,
            every: TimeDelta::from_std(settings.every).unwrap_or(TimeDelta::MAX),
            lookers: settings.lookers,
        }),
        wakeup,
        concurrency: 1,
        poll: settings.poll,
        lease: LEASE,
    };
    runner.run().await;
}

impl Job for Comparison {
    const NAME: &'static str = "reconciliation";
    type Item = ComparisonTurn;
    type Outcome = (ClaimedPayments, Vec<ComparedPayment>);

    fn has_due(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
        store::has_due(conn, now, self.every)
    }

    fn claim(
        &self,
        tx: &mut Tx<'_>,
        lease: &Lease,
        _limit: i64,
    ) -> Result<Vec<ComparisonTurn>, StoreError> {
        let most = i64::try_from(self.lookers.saturating_mul(BATCHES)).unwrap_or(i64::MAX);
        let turn = store::claim(tx, lease, self.every, most)?;
        Ok(turn.into_iter().collect())
    }

    async fn work(self: Arc<Self>, turn: ComparisonTurn) -> Option<Self::Outcome> {
        match turn {
            ComparisonTurn::Ended(id, state) => {
                tracing::info!(run = %id, state = state.as_str(), "a reconciliation run ended");
                None
            }
            ComparisonTurn::Compare(claimed) => {
                let seen =
                    batch::compare(&self.service, &claimed.payments, self.lookers, TIME).await;
                for seen in &seen {
                    compared(seen.found.first().map(|it| it.kind)).increment(1);
                }
                Some((claimed, seen))
            }
        }
    }

    fn settle(&self, tx: &mut Tx<'_>, (claimed, seen): &Self::Outcome) -> Result<bool, StoreError> {
        store::keep(tx, claimed, seen, self.service.clock().now())
    }

    fn settled(&self, (claimed, _): Self::Outcome, was_ours: bool) {
        if !was_ours {
            tracing::debug!(run = %claimed.run.id, "another worker has the reconciliation run by now");
        }
    }
}

/// The counter of compared payments by result; `None` is a payment without difference.
fn compared(found: Option<RunFindingKind>) -> Counter {
    let outcome = found.map_or("as_expected", RunFindingKind::as_str);
    metrics::counter!("onterms_reconciled_payments_total", "outcome" => outcome)
}

/// Registers every series at zero, so that it exists before its first event.
pub fn register_metrics() {
    compared(None).increment(0);
    RunFindingKind::ALL
        .iter()
        .for_each(|it| compared(Some(*it)).increment(0));
}
