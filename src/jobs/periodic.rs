//! Later work without rows: what is repeated now and then.

use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::{error_chain, store::StoreError};

/// Does `task` at once and then every `interval`, until the store is closed or the future is dropped. `complaint` is what the
/// log says when it fails.
pub async fn every(
    interval: Duration,
    complaint: &str,
    mut task: impl AsyncFnMut() -> Result<(), StoreError>,
) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if is_closed(task().await, complaint) {
            return;
        }
    }
}

/// Logs a failure. True when the store is closed, so that no further attempt can succeed.
pub fn is_closed(result: Result<(), StoreError>, complaint: &str) -> bool {
    match result {
        Ok(()) => false,
        Err(StoreError::Closed) => true,
        Err(error) => {
            let error = error_chain::chain(&error);
            tracing::warn!(error, "{complaint}");
            false
        }
    }
}
