//! What has to be swept up now and then. Safe to run in every replica at once.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Onterms;
use crate::{
    config::Retention,
    error_chain, events, idempotency, payments, reconciliation,
    store::{Store, StoreError, Tx, replicas},
    tokens, webhooks,
};

const EVERY: Duration = Duration::from_secs(600);
const WATCH_EVERY: Duration = Duration::from_secs(60);
/// So many rows go in one write.
const ROWS_AT_ONCE: i64 = 500;
/// Each with all that it came upon.
const RUNS_AT_ONCE: i64 = 10;

/// Forgets what was kept long enough, until the task is dropped.
pub async fn keep_house(service: Onterms) {
    match service.fill_unfunded().await {
        Ok(0) => {}
        Ok(payments) => tracing::info!(
            payments,
            "noted what providers still owe for earlier payments"
        ),
        Err(StoreError::Closed) => return,
        Err(error) => {
            let error = error_chain::chain(&error);
            tracing::warn!(
                error,
                "could not note what providers still owe for earlier payments"
            );
        }
    }
    loop {
        match service.fill_buyers().await {
            Ok(0) => {}
            Ok(carts) => tracing::info!(carts, "read the buyers of earlier payments"),
            Err(StoreError::Closed) => return,
            Err(error) => {
                let error = error_chain::chain(&error);
                tracing::warn!(error, "could not read the buyers of earlier payments");
            }
        }
        tokio::time::sleep(EVERY).await;
        match service.sweep().await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "forgot what was kept long enough"),
            Err(StoreError::Closed) => return,
            Err(error) => {
                let error = error_chain::chain(&error);
                tracing::warn!(error, "could not forget what was kept long enough");
            }
        }
    }
}

/// Tells the feed of payments that became overdue, until the task is dropped.
pub async fn watch_overdue(service: Onterms) {
    loop {
        tokio::time::sleep(WATCH_EVERY).await;
        match service.note_overdue().await {
            Ok(_) => {}
            Err(StoreError::Closed) => return,
            Err(error) => {
                let error = error_chain::chain(&error);
                tracing::warn!(error, "could not look for payments that became overdue");
            }
        }
    }
}

/// Forgets what at `now` was kept long enough, and says how many rows that were. Each write takes a few rows, so that others
/// need not wait for long.
pub async fn sweep(
    store: &Store,
    now: DateTime<Utc>,
    retention: &Retention,
) -> Result<usize, StoreError> {
    let before = |kept| now.checked_sub_signed(TimeDelta::from_std(kept).unwrap_or(TimeDelta::MAX));
    let mut swept = store
        .write_one(move |tx| replicas::forget_silent(tx, now))
        .await?;
    swept += store
        .write_one(move |tx| tokens::forget_ended(tx, now))
        .await?;
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
            events::forget_before(tx, oldest, ROWS_AT_ONCE)
        })
        .await?;
    }
    Ok(swept)
}

/// Forgets a few rows at a time until none is left, and says how many they were.
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
