//! What has to be swept up now and then. Safe to run in every replica at once.

use std::time::Duration;

use chrono::TimeDelta;

use crate::{
    causes,
    clock::Clock,
    idempotency,
    store::{Store, StoreError},
};

const EVERY: Duration = Duration::from_secs(600);

/// Forgets idempotency keys that were remembered long enough, until the task is dropped.
pub async fn keep_house(store: Store, clock: Clock, remembered: Duration) {
    let remembered = TimeDelta::from_std(remembered).unwrap_or(TimeDelta::MAX);
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(oldest) = clock.now().checked_sub_signed(remembered) else {
            continue;
        };
        let swept = store
            .write_one(move |tx| idempotency::forget_before(tx, oldest))
            .await;
        match swept {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "forgot old idempotency keys"),
            Err(StoreError::Closed) => return,
            Err(error) => {
                let error = causes::chain(&error);
                tracing::warn!(error, "could not forget old idempotency keys");
            }
        }
    }
}
