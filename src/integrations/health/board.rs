//! The health states that this process knows, and the queue of reports of its own calls.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::{ArcSwap, Guard};
use chrono::{DateTime, Utc};
use metrics::gauge;
use serde::Serialize;
use tokio::sync::Notify;
use utoipa::ToSchema;

use super::{HealthState, IntegrationHealth, store};
use crate::{
    error_chain,
    ids::IntegrationId,
    providers::{AccountObserver, CallObservation},
    store::{Store, StoreError},
};

/// The maximum number of reports that wait to be written; the oldest are dropped first.
const MOST_REPORTS: usize = 1000;
/// The pause after a failed write.
const AFTER_ERROR: Duration = Duration::from_secs(1);

type HealthByIntegration = HashMap<IntegrationId, IntegrationHealth>;

/// The health of every integration. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct HealthBoard(Arc<HealthBoardInner>);

#[derive(Debug, Default)]
struct HealthBoardInner {
    /// Whether the state of any integration is not `ok`; checkout reads it.
    has_trouble: AtomicBool,
    known: ArcSwap<HealthByIntegration>,
    reports: Mutex<HealthReports>,
    reported: Notify,
}

#[derive(Debug, Default)]
struct HealthReports {
    waiting: VecDeque<HealthReport>,
    /// Integrations with a report that is not written yet. Their next report is queued even if it seems to change
    /// nothing.
    unsettled: HashSet<IntegrationId>,
}

#[derive(Clone, Copy, Debug)]
struct HealthReport {
    integration: IntegrationId,
    observation: CallObservation,
    at: DateTime<Utc>,
}

/// The number of accounts at providers in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ProviderCounts)]
pub struct HealthCounts {
    /// The number of accounts in the state `ok`.
    pub ok: usize,
    /// The number of accounts whose last call failed or was refused.
    pub degraded: usize,
    /// The number of accounts that do not answer.
    pub down: usize,
    /// The number of accounts whose provider rejects the API key.
    pub invalid: usize,
}

impl HealthBoard {
    /// Whether the state of any account is not `ok`. Costs one atomic load.
    pub fn has_trouble(&self) -> bool {
        self.0.has_trouble.load(Ordering::Relaxed)
    }

    /// A guard on the health of every account, for several look-ups.
    pub fn known(&self) -> Guard<Arc<HealthByIntegration>> {
        self.0.known.load()
    }

    /// The health of one account.
    pub fn of(&self, id: IntegrationId) -> IntegrationHealth {
        self.known().get(&id).copied().unwrap_or_default()
    }

    /// How many accounts are in each state.
    pub fn counts(&self) -> HealthCounts {
        HealthCounts {
            ok: self.count(HealthState::Ok),
            degraded: self.count(HealthState::Degraded),
            down: self.count(HealthState::Down),
            invalid: self.count(HealthState::Invalid),
        }
    }

    fn count(&self, state: HealthState) -> usize {
        let known = self.known();
        known.values().filter(|it| it.state == state).count()
    }

    /// Exports the counts as metrics.
    pub fn measure(&self) {
        for state in HealthState::ALL {
            let count = self.count(*state) as f64;
            gauge!("onterms_integrations", "health" => state.as_str()).set(count);
        }
    }

    /// Refreshes the states periodically until the store is closed.
    pub async fn keep(self, store: Store, every: Duration) {
        // The rulebook polls as often and logs that the database is unavailable.
        while !matches!(self.refresh(&store).await, Err(StoreError::Closed)) {
            tokio::time::sleep(every).await;
        }
    }

    /// Reads the states from the database now.
    pub async fn refresh(&self, store: &Store) -> Result<(), StoreError> {
        let known: HealthByIntegration = store.read(store::list).await?.into_iter().collect();
        let has_trouble = known.values().any(|it| it.state != HealthState::Ok);
        if **self.0.known.load() != known {
            self.0.known.store(Arc::new(known));
        }
        self.0.has_trouble.store(has_trouble, Ordering::Relaxed);
        Ok(())
    }

    /// Writes the queued reports until the store is closed.
    pub async fn write(self, store: Store) {
        loop {
            self.0.reported.notified().await;
            loop {
                let next = self.reports().waiting.pop_front();
                let Some(report) = next else { break };
                match self.settle(&store, report).await {
                    Ok(()) => {}
                    Err(StoreError::Closed) => return,
                    Err(error) => {
                        if store.outage().is_none() {
                            let error = error_chain::chain(&error);
                            tracing::warn!(error, "the health of an integration was not written");
                        }
                        tokio::time::sleep(AFTER_ERROR).await;
                        self.reports().waiting.push_front(report);
                    }
                }
            }
        }
    }

    async fn settle(&self, store: &Store, report: HealthReport) -> Result<(), StoreError> {
        let HealthReport { integration, .. } = report;
        let changed = store
            .write(move |tx| store::note(tx, integration, report.observation, report.at))
            .await?;
        if changed {
            self.refresh(store).await?;
        }
        let mut reports = self.reports();
        let is_last = |it: &HealthReport| it.integration != integration;
        if reports.waiting.iter().all(is_last) {
            reports.unsettled.remove(&integration);
        }
        Ok(())
    }

    fn reports(&self) -> std::sync::MutexGuard<'_, HealthReports> {
        // A panic cannot leave the two collections inconsistent.
        self.0
            .reports
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl AccountObserver for HealthBoard {
    fn observe(&self, account: &str, observation: CallObservation, at: DateTime<Utc>) {
        let Ok(integration) = account.parse::<IntegrationId>() else {
            return;
        };
        let known = self.of(integration);
        let mut reports = self.reports();
        let is_settled = !reports.unsettled.contains(&integration);
        // A report that changes nothing is not written, because most calls succeed.
        if is_settled && known.after(observation, at) == known {
            return;
        }
        reports.unsettled.insert(integration);
        if reports.waiting.len() >= MOST_REPORTS {
            reports.waiting.pop_front();
        }
        reports.waiting.push_back(HealthReport {
            integration,
            observation,
            at,
        });
        drop(reports);
        self.0.reported.notify_one();
    }
}
