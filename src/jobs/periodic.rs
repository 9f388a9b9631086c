//! Background work without rows, which is repeated at an interval.

use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::{error_chain, store::StoreError};

/// Runs `task` at once and then every `interval`, until the store is closed or the future is dropped. A failure is
/// logged as `complaint`.
pub async fn every(
    interval: Duration,
    complaint: &str,
    mut task: impl AsyncFnMut() -> Result<(), StoreError>,
) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match task().await {
            Err(StoreError::Closed) => return,
            result => log_failure(result, complaint),
        }
    }
}

/// Runs a task once. A failure is logged as `complaint`.
pub async fn once(complaint: &str, task: impl Future<Output = Result<(), StoreError>>) {
    log_failure(task.await, complaint);
}

fn log_failure(result: Result<(), StoreError>, complaint: &str) {
    if let Err(error) = result {
        let error = error_chain::chain(&error);
        tracing::warn!(error, "{complaint}");
    }
}
