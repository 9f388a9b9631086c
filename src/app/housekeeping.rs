//! What has to be swept up now and then. Safe to run in every replica at once.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Onterms;
use crate::{
    causes,
    config::Retention,
    idempotency, payments, reconciliation,
    store::{Store, StoreError, replicas},
    tokens, webhooks,
};

const EVERY: Duration = Duration::from_secs(600);
/// So many webhook events go at a time: other writes need not wait long, and the next round comes soon.
const EVENTS_AT_ONCE: i64 = 500;

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
            let error = causes::chain(&error);
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
                let error = causes::chain(&error);
                tracing::warn!(error, "could not read the buyers of earlier payments");
            }
        }
        tokio::time::sleep(EVERY).await;
        match service.sweep().await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "forgot what was kept long enough"),
            Err(StoreError::Closed) => return,
            Err(error) => {
                let error = causes::chain(&error);
                tracing::warn!(error, "could not forget what was kept long enough");
            }
        }
    }
}

/// Forgets what at `now` was kept long enough, and says how many rows that were.
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
        swept += store
            .write_one(move |tx| idempotency::forget_before(tx, oldest))
            .await?;
    }
    if let Some(oldest) = before(retention.carts) {
        swept += store
            .write(move |tx| payments::store::forget_checkouts(tx, oldest))
            .await?;
    }
    if let Some(oldest) = before(retention.reconciliation_runs) {
        swept += store
            .write(move |tx| reconciliation::forget_before(tx, oldest))
            .await?;
    }
    let Some(oldest) = before(retention.webhook_events) else {
        return Ok(swept);
    };
    loop {
        let rows = store
            .write(move |tx| webhooks::forget_before(tx, oldest, EVENTS_AT_ONCE))
            .await?;
        if rows == 0 {
            return Ok(swept);
        }
        swept += rows;
    }
}
