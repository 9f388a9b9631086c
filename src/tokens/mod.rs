//! Revocation of tokens before they expire, on every replica.
//!
//! The database stores the revocations. Each process keeps the relevant ones in memory, where verification reads them,
//! and reads them again when their count in the database has changed.

mod http;
mod revocation;
mod store;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

pub use http::routes;
pub use store::forget_ended;

use crate::{
    auth::{LONGEST_LIFE_SECONDS, Revocations},
    clock::Clock,
    store::{Store, StoreError},
};

/// Keeps the revocations in memory up to date with the database. Cheap to clone.
#[derive(Clone)]
pub struct RevocationWatch {
    store: Store,
    clock: Clock,
    revocations: Revocations,
    /// The maximum difference between the clocks of issuers and of this service.
    leeway: Duration,
    /// Allows one read at a time, so that an older set of revocations never replaces a newer one.
    reading: Arc<tokio::sync::Mutex<()>>,
}

impl RevocationWatch {
    /// Reads the revocations before the start, because otherwise revoked tokens would be accepted.
    pub async fn start(
        store: Store,
        clock: Clock,
        revocations: Revocations,
        leeway: Duration,
    ) -> Result<Self, StoreError> {
        let watch = RevocationWatch {
            store,
            clock,
            revocations,
            leeway,
            reading: Arc::default(),
        };
        watch.read().await?;
        Ok(watch)
    }

    /// Reads the revocations again whenever their count has changed, until the store is closed. While the database is
    /// away, the last ones stay in force.
    pub async fn run(self, every: Duration) {
        let mut known = None;
        loop {
            tokio::time::sleep(every).await;
            match self.store.read(store::count).await {
                Ok(count) if known == Some(count) => {}
                Ok(count) => known = self.read().await.is_ok().then_some(count),
                Err(StoreError::Closed) => return,
                // The rulebook polls as often and logs that the database is away.
                Err(_) => known = None,
            }
        }
    }

    /// Reads the revocations now, so that this replica applies them before the caller gets its response.
    pub async fn read(&self) -> Result<(), StoreError> {
        let _one_at_a_time = self.reading.lock().await;
        let now = self.clock.now();
        let tokens = self.store.read(move |conn| store::load(conn, now)).await?;
        self.revocations.replace(tokens);
        Ok(())
    }
}

/// The moment after which no token issued before `moment` can be valid.
fn end_of_tokens_before(moment: DateTime<Utc>, leeway: Duration) -> DateTime<Utc> {
    let leeway = TimeDelta::from_std(leeway).unwrap_or(TimeDelta::MAX);
    let longest = TimeDelta::seconds(LONGEST_LIFE_SECONDS);
    moment
        .checked_add_signed(longest)
        .and_then(|end| end.checked_add_signed(leeway))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}
