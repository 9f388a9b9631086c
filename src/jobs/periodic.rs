//! Background work without rows, which is repeated.

use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::{
    error_chain,
    store::{Store, StoreError},
};

/// The pause of [`repeat`] after an error.
const AFTER_ERROR: Duration = Duration::from_secs(1);

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

/// Runs `turn` again and again, each time after the pause that it returned, until the store is closed or the future is
/// dropped. A failure is logged as `complaint`, except during an outage of the database, which is logged elsewhere.
pub async fn repeat(
    store: &Store,
    complaint: &str,
    mut turn: impl AsyncFnMut() -> Result<Duration, StoreError>,
) {
    loop {
        let pause = match turn().await {
            Ok(pause) => pause,
            Err(StoreError::Closed) => return,
            Err(error) => {
                if store.outage().is_none() {
                    log_failure(Err(error), complaint);
                }
                AFTER_ERROR
            }
        };
        tokio::time::sleep(pause).await;
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
