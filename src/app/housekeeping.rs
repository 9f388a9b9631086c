//! Periodic cleanup. Safe to run in every replica at once.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Onterms;
use crate::{
    clock, credit, events, idempotency, jobs, notifications, payments, receivables, reconciliation,
    recording,
    store::{Store, StoreError, Tx, replicas},
    tokens, webhooks, what_if,
};

/// What the database's threads know this work by.
pub const TOPIC: &str = "housekeeping";

const EVERY: Duration = Duration::from_secs(600);
const WATCH_EVERY: Duration = Duration::from_secs(60);
/// The maximum number of rows that one write deletes.
const ROWS_AT_ONCE: i64 = 500;
/// The maximum number of runs that one write deletes, each with its entries.
const RUNS_AT_ONCE: i64 = 10;

/// Deletes some rows, of at most a number, that are older than a moment; returns their number.
type Forget = fn(&mut Tx<'_>, DateTime<Utc>, i64) -> Result<usize, StoreError>;

impl Onterms {
    /// Deletes data whose retention time has passed, and returns the number of rows. Each write deletes few rows, so that
    /// other writes do not wait long. Runs automatically in housekeeping.
    pub async fn sweep(&self) -> Result<usize, StoreError> {
        let (store, now) = (self.store.in_background(TOPIC), self.clock.now());
        let mut swept = store
            .write_one(move |tx| replicas::forget_silent(tx, now))
            .await?;
        swept += store
            .write_one(move |tx| tokens::forget_ended(tx, now))
            .await?;
        // Every replica reads a change within seconds, or detects that it has missed some.
        let an_hour_ago = now - TimeDelta::hours(1);
        swept += store
            .write_one(move |tx| credit::forget_changes(tx, an_hour_ago))
            .await?;
        let (retention, keep_carts) = (&self.settings.retention, self.settings.recording.keep);
        let oldest_events = clock::before(now, retention.events);
        swept += repeat(&store, move |tx| {
            events::forget_before(tx, now, oldest_events, ROWS_AT_ONCE)
        })
        .await?;
        let oldest_carts = clock::before(now, retention.carts);
        swept += payments::forget_checkouts(&store, oldest_carts).await?;
        let kept: [(Duration, i64, Forget); 7] = [
            (
                self.settings.credit.keep,
                ROWS_AT_ONCE,
                credit::forget_before,
            ),
            (keep_carts, ROWS_AT_ONCE, recording::forget_before),
            (keep_carts, RUNS_AT_ONCE, what_if::forget_before),
            (
                retention.idempotency_keys,
                ROWS_AT_ONCE,
                idempotency::forget_before,
            ),
            (
                retention.reconciliation_runs,
                RUNS_AT_ONCE,
                reconciliation::forget_before,
            ),
            (
                retention.webhook_events,
                ROWS_AT_ONCE,
                webhooks::forget_before,
            ),
            (retention.events, ROWS_AT_ONCE, notifications::forget_before),
        ];
        for (age, most, forget) in kept {
            let oldest = clock::before(now, age);
            swept += repeat(&store, move |tx| forget(tx, oldest, most)).await?;
        }
        Ok(swept)
    }

    /// Records what providers still owe for partly funded invoices, and returns the number of payments. Runs
    /// automatically in housekeeping.
    pub async fn fill_unfunded(&self) -> Result<u64, StoreError> {
        payments::fill_unfunded(&self.store.in_background(TOPIC)).await
    }

    /// Reads the buyers from carts of earlier payments, and returns the number of carts. Runs automatically in
    /// housekeeping.
    pub async fn fill_buyers(&self) -> Result<u64, StoreError> {
        payments::fill_buyers(self.service.in_background(TOPIC).providers()).await
    }

    /// Lists the invoices of payments that an older version has written, and returns the number of payments. Runs at
    /// the start, and again in housekeeping.
    pub async fn fill_invoices(&self) -> Result<u64, StoreError> {
        let store = self.store.in_background(TOPIC);
        payments::fill_invoices(&store, self.clock.now()).await
    }

    /// Appends events for payments that became overdue, and returns their number. Runs automatically every minute.
    pub async fn note_overdue(&self) -> Result<u64, StoreError> {
        let store = self.store.in_background(TOPIC);
        payments::note_overdue(&store, self.clock.now()).await
    }

    /// Appends events for invoices that became overdue, and returns their number. Runs automatically every minute.
    pub async fn watch_invoices(&self) -> Result<u64, StoreError> {
        let store = self.store.in_background(receivables::TOPIC);
        receivables::watch_invoices(&store, self.clock.now()).await
    }
}

/// Completes data of earlier versions and deletes data after its retention time, until the store is closed or the task
/// is dropped.
pub async fn keep_house(service: Onterms) {
    let complaint = "could not note what providers still owe for earlier payments";
    let unfunded = jobs::every(EVERY, complaint, async || {
        let payments = service.fill_unfunded().await?;
        if payments > 0 {
            tracing::info!(
                payments,
                "noted what providers still owe for earlier payments"
            );
        }
        Ok(())
    });
    let complaint = "could not read the buyers of earlier payments";
    let buyers = jobs::every(EVERY, complaint, async || {
        let carts = service.fill_buyers().await?;
        if carts > 0 {
            tracing::info!(carts, "read the buyers of earlier payments");
        }
        Ok(())
    });
    let complaint = "could not list the invoices of payments that an older version has changed";
    let invoices = jobs::every(EVERY, complaint, async || {
        let payments = service.fill_invoices().await?;
        if payments > 0 {
            tracing::info!(
                payments,
                "listed the invoices of payments that an older version has changed"
            );
        }
        Ok(())
    });
    let sweeping = async {
        // After a start, other work is more urgent.
        tokio::time::sleep(EVERY).await;
        let complaint = "could not forget what was kept long enough";
        jobs::every(EVERY, complaint, async || {
            let rows = service.sweep().await?;
            if rows > 0 {
                tracing::debug!(rows, "forgot what was kept long enough");
            }
            Ok(())
        })
        .await;
    };
    tokio::join!(unfunded, buyers, invoices, sweeping);
}

/// Appends events for payments that became overdue, until the task is dropped.
pub async fn watch_overdue(service: Onterms) {
    let complaint = "could not search for payments that became overdue";
    jobs::every(WATCH_EVERY, complaint, async || {
        service.note_overdue().await.map(drop)
    })
    .await;
}

/// Appends events for invoices that become overdue, until the task is dropped.
pub async fn watch_invoices(service: Onterms) {
    let complaint = "could not search for invoices that became overdue";
    jobs::every(WATCH_EVERY, complaint, async || {
        service.watch_invoices().await.map(drop)
    })
    .await;
}

/// Calls `forget` until no row is left, and returns the number of rows.
async fn repeat(
    store: &Store,
    forget: impl Fn(&mut Tx<'_>) -> Result<usize, StoreError> + Clone + Send + 'static,
) -> Result<usize, StoreError> {
    let mut all = 0;
    loop {
        let forget = forget.clone();
        match store.write(move |tx| forget(tx)).await? {
            0 => return Ok(all),
            rows => all += rows,
        }
    }
}
