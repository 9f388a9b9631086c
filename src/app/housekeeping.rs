//! Periodic cleanup. Safe to run in every replica at once.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Onterms;
use crate::{
    config::RetentionSettings,
    credit, events, idempotency, jobs, notifications, payments, receivables, reconciliation,
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

impl Onterms {
    /// Appends events for invoices that became overdue, and returns their number. Runs automatically every minute.
    pub async fn watch_invoices(&self) -> Result<u64, StoreError> {
        let store = self.store.in_background(receivables::TOPIC);
        receivables::watch_invoices(&store, self.clock.now()).await
    }

    /// Lists the invoices of payments that an older version has written, and returns the number of payments. Runs at
    /// the start, and again in housekeeping.
    pub async fn fill_invoices(&self) -> Result<u64, StoreError> {
        let store = self.store.in_background(TOPIC);
        payments::fill_invoices(&store, self.clock.now()).await
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

/// Deletes data whose retention time has passed at `now`, and returns the number of rows. Each write deletes few rows,
/// so that other writes do not wait long.
pub async fn sweep(
    store: &Store,
    now: DateTime<Utc>,
    retention: &RetentionSettings,
    (keep_credit, keep_carts): (Duration, Duration),
) -> Result<usize, StoreError> {
    let before = |kept| now.checked_sub_signed(TimeDelta::from_std(kept).unwrap_or(TimeDelta::MAX));
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
    if let Some(oldest) = before(keep_credit) {
        swept += repeat(store, move |tx| {
            credit::forget_before(tx, oldest, ROWS_AT_ONCE)
        })
        .await?;
    }
    if let Some(oldest) = before(keep_carts) {
        swept += repeat(store, move |tx| {
            recording::forget_before(tx, oldest, ROWS_AT_ONCE)
        })
        .await?;
        swept += repeat(store, move |tx| {
            what_if::forget_before(tx, oldest, RUNS_AT_ONCE)
        })
        .await?;
    }
    if let Some(oldest) = before(retention.idempotency_keys) {
        swept += repeat(store, move |tx| {
            idempotency::forget_before(tx, oldest, ROWS_AT_ONCE)
        })
        .await?;
    }
    if let Some(oldest) = before(retention.carts) {
        swept += payments::forget_checkouts(store, oldest).await?;
    }
    if let Some(oldest) = before(retention.reconciliation_runs) {
        swept += repeat(store, move |tx| {
            reconciliation::forget_before(tx, oldest, RUNS_AT_ONCE)
        })
        .await?;
    }
    if let Some(oldest) = before(retention.webhook_events) {
        swept += repeat(store, move |tx| {
            webhooks::forget_before(tx, oldest, ROWS_AT_ONCE)
        })
        .await?;
    }
    if let Some(oldest) = before(retention.events) {
        swept += repeat(store, move |tx| {
            events::forget_before(tx, now, oldest, ROWS_AT_ONCE)
        })
        .await?;
        swept += repeat(store, move |tx| {
            notifications::forget_before(tx, oldest, ROWS_AT_ONCE)
        })
        .await?;
    }
    Ok(swept)
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
