//! Takes up what is due: outcomes that are to be read back, calls that a killed process left behind, and attempts that
//! nobody took up in time.
//!
//! Every replica runs one. A payment is handed to one of them at a time by moving its next look ahead, so that a replica
//! that is killed over one has it taken up by another a little later. A look only reads at Apruve, so that two at once
//! would do no harm.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use metrics::Counter;
use tokio::task::JoinSet;

use super::{
    apply_snapshot::FundedAt, event::Source, projection::Projection, service::PaymentService,
    store, sync::SyncOutcome,
};
use crate::{
    config, error_chain,
    ids::PaymentId,
    store::{Store, StoreError},
    string_enum::string_enum,
    trace,
};

/// After so long somebody else takes up a payment whose look was not heard of again.
const LEASE: TimeDelta = TimeDelta::minutes(1);
/// When to come back after a look that left everything as due as it was, such as over a list that was not complete.
const UNTOLD: TimeDelta = TimeDelta::minutes(5);

/// The worker; [`PendingWorker::run`] it.
pub struct PendingWorker {
    service: PaymentService,
    poll: Duration,
    lookers: usize,
}

impl PendingWorker {
    /// Works at the desk as often as the settings say.
    pub fn new(service: PaymentService, settings: &config::Payments) -> Self {
        PendingWorker {
            service,
            poll: settings.sweep,
            lookers: settings.lookers,
        }
    }

    /// Works until the store is closed or the task is dropped.
    pub async fn run(self) {
        if let Err(error) = self.service.note_waiting().await {
            complain(&error);
        }
        let mut at_work = JoinSet::new();
        loop {
            let free = self.lookers - at_work.len();
            if free > 0 {
                match self.claim(free).await {
                    Ok(claimed) if claimed.is_empty() => {}
                    Ok(claimed) => {
                        for id in claimed {
                            at_work.spawn(trace::unit(None, sync(self.service.clone(), id)));
                        }
                        continue;
                    }
                    Err(StoreError::Closed) => return,
                    Err(error) => complain(&error),
                }
            }
            tokio::select! {
                Some(_) = at_work.join_next() => {}
                () = tokio::time::sleep(self.poll) => {}
            }
        }
    }

    async fn claim(&self, most: usize) -> Result<Vec<PaymentId>, StoreError> {
        let (store, now) = (self.service.store(), self.service.clock().now());
        // A look costs the writer nothing.
        if !store.read(move |conn| store::has_due(conn, now)).await? {
            return Ok(Vec::new());
        }
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        store
            .write(move |tx| store::claim_due(tx, now, now + LEASE, most))
            .await
    }
}

async fn sync(service: PaymentService, id: PaymentId) {
    let outcome = match service.sync(id, Source::Recovery, &FundedAt::new()).await {
        Ok(synced) => {
            let now = service.clock().now();
            if let Err(error) = come_back(service.store(), id, &synced, now).await {
                complain(&error);
            }
            if synced.changed {
                Read::Changed
            } else {
                Read::Unchanged
            }
        }
        Err(error) => {
            // The look itself has put the payment off, or its lease runs out.
            tracing::warn!(payment = %id, %error, "a payment could not be read back");
            Read::Failed
        }
    };
    reads(outcome).increment(1);
}

string_enum! {
    /// What reading a payment back came to.
    Read as "PaymentRead" {
        Changed = "changed",
        Unchanged = "unchanged",
        Failed = "failed",
    }
}

fn reads(outcome: Read) -> Counter {
    metrics::counter!("onterms_payment_looks_total", "outcome" => outcome.as_str())
}

/// Makes every outcome appear before it is counted.
pub fn register_metrics() {
    Read::ALL.iter().for_each(|it| reads(*it).increment(0));
}

/// Moves the next look away where the look did not.
async fn come_back(
    store: &Store,
    id: PaymentId,
    synced: &SyncOutcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let next = Projection::of(&synced.ledger).next_look_at;
    if next.is_none_or(|next| next > now) {
        return Ok(());
    }
    let version = synced.ledger.payment.version;
    store
        .write_one(move |tx| store::postpone(tx, id, version, now + UNTOLD))
        .await
}

fn complain(error: &StoreError) {
    let error = error_chain::chain(error);
    tracing::warn!(error, "payments that are due cannot be taken up right now");
}
