//! Tokens that are revoked before they expire, on every replica.
//!
//! The database has the revocations; each process keeps those that still matter in memory, where verification reads them, and
//! reads them again when their count in the database has changed.

mod http;
mod me;
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

/// Keeps the tokens that verification refuses in step with the database. Cheap to clone.
#[derive(Clone)]
pub struct RevocationWatch {
    store: Store,
    clock: Clock,
    revocations: Revocations,
    /// How far the clocks of issuers and this service may differ.
    leeway: Duration,
    /// One read at a time, so that an older set of tokens never replaces a newer one.
    reading: Arc<tokio::sync::Mutex<()>>,
}

impl RevocationWatch {
    /// Reads them; without them a revoked token would be taken.
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

    /// Reads them again whenever their count has changed, until the store is closed. While the database is away, the last
    /// ones go on being refused.
    pub async fn run(self, every: Duration) {
        let mut known = None;
        loop {
            tokio::time::sleep(every).await;
            match self.store.read(store::count).await {
                Ok(count) if known == Some(count) => {}
                Ok(count) => known = self.read().await.is_ok().then_some(count),
                Err(StoreError::Closed) => return,
                // The rulebook asks as often, and says that the database is away.
                Err(_) => known = None,
            }
        }
    }

    /// Reads them now, so that this replica knows before a caller is answered.
    pub async fn read(&self) -> Result<(), StoreError> {
        let _one_at_a_time = self.reading.lock().await;
        let now = self.clock.now();
        let tokens = self.store.read(move |conn| store::load(conn, now)).await?;
        self.revocations.replace(tokens);
        Ok(())
    }
}

/// When no token that was issued before this moment can be valid any more.
fn end_of_tokens_before(moment: DateTime<Utc>, leeway: Duration) -> DateTime<Utc> {
    let leeway = TimeDelta::from_std(leeway).unwrap_or(TimeDelta::MAX);
    let longest = TimeDelta::seconds(LONGEST_LIFE_SECONDS);
    moment
        .checked_add_signed(longest)
        .and_then(|end| end.checked_add_signed(leeway))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}
