//! Begins runs when payments are due, and works all runs off.
//!
//! Every replica has one; among them only one at a time looks at payments, a few at a time. When it is killed over them,
//! another one looks at the same few again once its lease is over, which does no harm.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use metrics::Counter;
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    batch,
    run::{Kind, Trigger},
    store::{self, Claimed, Turn},
};
use crate::{config, error_chain, payments::PaymentService, store::StoreError};

/// After so long somebody else takes a run over.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// So many rounds of looks make a turn, after which its outcome is kept and another run may have one.
const ROUNDS: usize = 4;
/// Who asks for a scheduled run.
const NOBODY: &str = "onterms:schedule";

/// Wakes the worker of this process when somebody asked for a run.
#[derive(Clone, Default)]
pub struct Wakeup(Arc<Notify>);

impl Wakeup {
    /// Wakes it.
    pub fn ring(&self) {
        self.0.notify_one();
    }
}

/// The worker; [`Worker::run`] it.
pub struct Worker {
    service: PaymentService,
    bell: Wakeup,
    every: TimeDelta,
    poll: Duration,
    lookers: usize,
}

impl Worker {
    /// `bell` wakes it.
    pub fn new(service: PaymentService, bell: Wakeup, settings: &config::Reconciliation) -> Self {
        Worker {
            service,
            bell,
            every: TimeDelta::from_std(settings.every).unwrap_or(TimeDelta::MAX),
            poll: settings.poll,
            lookers: settings.lookers,
        }
    }

    /// Works until the store is closed or the task is dropped.
    pub async fn run(self) {
        loop {
            match self.turn().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(StoreError::Closed) => return,
                Err(error) => {
                    let error = error_chain::chain(&error);
                    tracing::warn!(error, "payments cannot be compared right now");
                }
            }
            tokio::select! {
                () = self.bell.0.notified() => {}
                () = tokio::time::sleep(self.poll) => {}
            }
        }
    }

    /// Does what is next. False when there was nothing to do.
    async fn turn(&self) -> Result<bool, StoreError> {
        self.begin_if_due().await?;
        let (store, now) = (self.service.store(), self.service.clock().now());
        if !store
            .read(move |conn| store::has_claimable(conn, now))
            .await?
        {
            return Ok(false);
        }
        let most = i64::try_from(self.lookers.saturating_mul(ROUNDS)).unwrap_or(i64::MAX);
        let lease = Uuid::now_v7().to_string();
        let turn = store
            .write(move |tx| store::claim(tx, lease, now, now + LEASE, most))
            .await?;
        match turn {
            Turn::Nothing => Ok(false),
            Turn::Ended(id, state) => {
                tracing::info!(run = %id, state = state.as_str(), "a reconciliation run ended");
                Ok(true)
            }
            Turn::Look(claimed) => {
                self.sync(claimed).await?;
                Ok(true)
            }
        }
    }

    async fn begin_if_due(&self) -> Result<(), StoreError> {
        let (store, now, every) = (self.service.store(), self.service.clock().now(), self.every);
        if store
            .read(move |conn| store::is_due(conn, now, every))
            .await?
        {
            store
                .write(move |tx| store::begin(tx, Trigger::Scheduled, NOBODY, now))
                .await?;
        }
        Ok(())
    }

    async fn sync(&self, claimed: Claimed) -> Result<(), StoreError> {
        let seen = batch::look_at(&self.service, &claimed.payments, self.lookers).await;
        for seen in &seen {
            compared(seen.found.first().map(|it| it.kind)).increment(1);
        }
        let (store, now) = (self.service.store(), self.service.clock().now());
        let id = claimed.run.id;
        let kept = store
            .write(move |tx| store::keep(tx, &claimed, &seen, now))
            .await?;
        if !kept {
            tracing::debug!(run = %id, "another worker has the reconciliation run by now");
        }
        Ok(())
    }
}

/// Payments by what comparing them came upon, if anything.
fn compared(found: Option<Kind>) -> Counter {
    let outcome = found.map_or("as_expected", Kind::as_str);
    metrics::counter!("onterms_reconciled_payments_total", "outcome" => outcome)
}

/// Makes every outcome appear before it is counted.
pub fn register_metrics() {
    compared(None).increment(0);
    Kind::ALL
        .iter()
        .for_each(|it| compared(Some(*it)).increment(0));
}
