//! Syncs payments that are due: unknown outcomes to read back, calls that a killed process left behind, and attempts
//! whose time to confirm is over.
//!
//! Every replica runs one. A payment is claimed by one of them at a time: the claim moves its next sync ahead, so that
//! another replica takes it up a little later when the first one is killed. A sync only reads at the provider, so that two
//! at once do no harm.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use metrics::Counter;

use super::{
    apply_snapshot::FundedAt,
    event::Source,
    projection::Projection,
    rivals,
    service::PaymentService,
    store::{self, Live},
    sync::SyncOutcome,
};
use crate::{
    config,
    ids::PaymentId,
    jobs::{self, Job, Lease, Runner, Wakeup},
    store::{Conn, StoreError, Tx},
    string_enum::string_enum,
};

/// How long a claim holds; then another replica may sync the payment.
const LEASE: TimeDelta = TimeDelta::minutes(1);
/// The pause after a sync that left the payment due, such as one whose list was not complete.
const STILL_DUE_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Reads back the payments that are due.
struct PendingJob(PaymentService);

/// Works until the store is closed or the future is dropped.
pub async fn work_pending(service: PaymentService, settings: config::PaymentSettings) {
    let complaint = "payments that an upgrade left waiting cannot be noted right now";
    jobs::once(complaint, note_waiting(&service)).await;
    let runner = Runner {
        store: service.store().clone(),
        clock: service.clock().clone(),
        job: Arc::new(PendingJob(service)),
        // Nothing wakes it: payments become due by the clock alone.
        wakeup: Wakeup::default(),
        concurrency: settings.lookers,
        poll: settings.sweep,
        lease: LEASE,
    };
    runner.run().await;
}

/// Opens the findings of payments that an upgrade left waiting for the live one of their order.
async fn note_waiting(service: &PaymentService) -> Result<(), StoreError> {
    let now = service.clock().now();
    for payment in service.store().read(store::list_waiting).await? {
        let write = move |tx: &mut Tx<'_>| rivals::note(tx, payment, Live::Waits, now);
        service.store().write(write).await?;
    }
    Ok(())
}

/// A payment that is still due after its sync.
struct StillDue {
    payment: PaymentId,
    version: i64,
    until: DateTime<Utc>,
}

impl Job for PendingJob {
    const NAME: &'static str = "payments";
    type Item = PaymentId;
    type Outcome = StillDue;

    fn has_due(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
        store::has_due(conn, now)
    }

    fn claim(
        &self,
        tx: &mut Tx<'_>,
        lease: &Lease,
        limit: i64,
    ) -> Result<Vec<PaymentId>, StoreError> {
        store::claim_due(tx, lease, limit)
    }

    async fn work(self: Arc<Self>, id: PaymentId) -> Option<StillDue> {
        match self.0.sync(id, Source::Recovery, &FundedAt::new()).await {
            Ok(synced) => {
                reads(match synced.changed {
                    true => ReadResult::Changed,
                    false => ReadResult::Unchanged,
                })
                .increment(1);
                still_due(&synced, self.0.clock().now())
            }
            Err(error) => {
                // The sync itself has postponed the payment, or its lease runs out.
                tracing::warn!(payment = %id, %error, "a payment could not be read back");
                reads(ReadResult::Failed).increment(1);
                None
            }
        }
    }

    fn settle(&self, tx: &mut Tx<'_>, it: &StillDue) -> Result<bool, StoreError> {
        store::postpone(tx, it.payment, it.version, it.until)?;
        Ok(true)
    }
}

/// The payment, if its next sync is already due again.
fn still_due(synced: &SyncOutcome, now: DateTime<Utc>) -> Option<StillDue> {
    let next = Projection::of(&synced.ledger).next_look_at?;
    let payment = &synced.ledger.payment;
    (next <= now).then(|| StillDue {
        payment: payment.id,
        version: payment.version,
        until: now + STILL_DUE_PAUSE,
    })
}

string_enum! {
    /// The result of reading a payment back.
    ReadResult as "PaymentRead" {
        Changed = "changed",
        Unchanged = "unchanged",
        Failed = "failed",
    }
}

fn reads(outcome: ReadResult) -> Counter {
    metrics::counter!("onterms_payment_looks_total", "outcome" => outcome.as_str())
}

/// Registers the counter of every outcome, so that each series exists from the start.
pub fn register_metrics() {
    for result in ReadResult::ALL {
        reads(*result).increment(0);
    }
}
