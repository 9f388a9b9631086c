//! Checks accounts whose state is not `ok`, so that they recover without other calls.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use super::store;
use crate::{
    clock::Clock,
    ids::IntegrationId,
    integrations::account,
    jobs::{Job, Lease, Runner, Wakeup},
    outbound::Outbound,
    providers::Breakers,
    seal::Sealer,
    store::{Conn, Store, StoreError, Tx},
};

/// How often due checks are looked for.
const POLL: Duration = Duration::from_secs(1);
/// The number of accounts that are checked at once.
const CONCURRENCY: usize = 4;
/// The lease of a check; longer than any call.
const LEASE: TimeDelta = TimeDelta::seconds(30);

/// The job that checks accounts; start it with [`HealthChecks::run`].
pub struct HealthChecks {
    pub store: Store,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
    pub outbound: Outbound,
    pub breakers: Arc<Breakers>,
}

impl HealthChecks {
    /// Checks until the store is closed or the future is dropped.
    pub async fn run(self) {
        let runner = Runner {
            store: self.store.clone(),
            clock: self.clock.clone(),
            wakeup: Wakeup::default(),
            concurrency: CONCURRENCY,
            poll: POLL,
            lease: LEASE,
            job: Arc::new(self),
        };
        runner.run().await;
    }
}

impl Job for HealthChecks {
    const NAME: &'static str = "health_checks";
    type Item = IntegrationId;
    type Outcome = IntegrationId;

    fn has_due(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
        store::has_due(conn, now)
    }

    fn claim(
        &self,
        tx: &mut Tx<'_>,
        lease: &Lease,
        limit: i64,
    ) -> Result<Vec<IntegrationId>, StoreError> {
        store::claim(tx, lease, limit)
    }

    /// Reads the merchant. The breaker's observer reports the outcome to the board.
    async fn work(self: Arc<Self>, id: IntegrationId) -> Option<IntegrationId> {
        if let Ok(opened) = account::open(&self.store, &self.sealer, id).await {
            let breaker = self.breakers.of(&id.to_string());
            let account = opened.watched(&self.outbound, &breaker, &self.clock);
            let _ = account.merchant(&opened.merchant).await;
        }
        Some(id)
    }

    fn settle(&self, tx: &mut Tx<'_>, id: &IntegrationId) -> Result<bool, StoreError> {
        store::schedule(tx, *id, self.clock.now())
    }
}
