//! Runs trials, one at a time per process, on all cores but one.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::{
    compare::{ComparedRulebooks, compare_all},
    store::{self, ClaimedTrial},
    trial::{WhatIf, WhatIfStatus},
};
use crate::{
    clock::Clock,
    error_chain,
    http::body::{Fields, Findings},
    ids::WhatIfId,
    jobs::{Job, Lease, Runner, Wakeup},
    payment_rules::{
        draft_set,
        rulebook::{HistoricRulebooks, NoRulebook, Rulebook, RulebookCache, When},
    },
    recording,
    seal::Sealer,
    store::{Conn, Store, StoreError, Tx},
};

/// The time after which another worker may take a trial over.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// The polling interval for trials that another replica accepted, or that it left when it was killed.
const POLL: Duration = Duration::from_secs(1);
/// The maximum number of carts in memory; the progress is saved after each batch.
const CARTS_AT_ONCE: i64 = 500;

/// The dependencies of trials.
pub struct TrialParts {
    pub store: Store,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
    pub rulebooks: RulebookCache,
    pub historic: Arc<HistoricRulebooks>,
}

/// Runs trials.
pub struct Trials {
    parts: TrialParts,
    threads: usize,
    /// The rulebooks of the latest trial.
    rulebooks: Mutex<Option<(WhatIfId, ComparedRulebooks)>>,
}

/// Runs trials until the store is closed or the future is dropped. `wakeup` signals that a trial was requested.
pub async fn work(parts: TrialParts, wakeup: Wakeup<Trials>) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runner = Runner {
        store: parts.store.clone(),
        clock: parts.clock.clone(),
        job: Arc::new(Trials {
            parts,
            // One core stays with checkout.
            threads: cores.saturating_sub(1).max(1),
            rulebooks: Mutex::default(),
        }),
        wakeup,
        concurrency: 1,
        poll: POLL,
        lease: LEASE,
    };
    runner.run().await;
}

/// The reason why a trial stopped.
enum Stopped {
    /// A later attempt may succeed.
    ForNow(StoreError),
    /// The trial's rules cannot be read.
    ForGood(String),
}

impl From<NoRulebook> for Stopped {
    fn from(error: NoRulebook) -> Self {
        match error {
            NoRulebook::Store(error) => Stopped::ForNow(error),
            other => Stopped::ForGood(other.to_string()),
        }
    }
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Stopped::ForNow(error)
    }
}

impl Job for Trials {
    const NAME: &'static str = "what-if";
    type Item = ClaimedTrial;
    type Outcome = ClaimedTrial;

    fn has_due(&self, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
        store::has_due(conn, now)
    }

    fn claim(
        &self,
        tx: &mut Tx<'_>,
        lease: &Lease,
        limit: i64,
    ) -> Result<Vec<ClaimedTrial>, StoreError> {
        let claimed = match limit {
            0 => None,
            _ => store::claim(tx, lease)?,
        };
        Ok(claimed.into_iter().collect())
    }

    async fn work(self: Arc<Self>, mut claimed: ClaimedTrial) -> Option<ClaimedTrial> {
        let trial = &mut claimed.trial;
        match self.advance(trial).await {
            Ok(()) => {}
            Err(Stopped::ForNow(error)) => {
                let error = error_chain::chain(&error);
                tracing::warn!(trial = %trial.id, error, "recorded carts cannot be tried right now");
                return None;
            }
            Err(Stopped::ForGood(error)) => {
                tracing::warn!(trial = %trial.id, error, "a trial of rules on recorded carts failed");
                trial.status = WhatIfStatus::Failed;
            }
        }
        Some(claimed)
    }

    fn settle(&self, tx: &mut Tx<'_>, claimed: &ClaimedTrial) -> Result<bool, StoreError> {
        store::keep(tx, claimed, self.parts.clock.now())
    }

    fn settled(&self, claimed: ClaimedTrial, was_ours: bool) {
        if claimed.trial.status != WhatIfStatus::Running {
            *self.latest_rulebooks() = None;
        }
        if !was_ours {
            tracing::debug!(trial = %claimed.trial.id, "another worker has the trial by now");
        }
    }
}

impl Trials {
    /// Tries the next carts. A trial that stops is not changed.
    async fn advance(&self, trial: &mut WhatIf) -> Result<(), Stopped> {
        let rulebooks = self.rulebooks_of(trial).await?;
        let (window, after) = (trial.window(), trial.position.clone());
        let list =
            move |conn: &mut Conn| recording::list_after(conn, window, &after, CARTS_AT_ONCE);
        let rows = self.parts.store.read(list).await?;
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let last = rows.last().map(|row| row.id.to_string());
        let mut tally = trial.read_tally();
        let sealer = Arc::clone(&self.parts.sealer);
        let (at, threads) = (trial.created_at, self.threads);
        let compare = move || compare_all(&rows, &rulebooks, &sealer, at, threads);
        let later = tokio::task::spawn_blocking(compare).await;
        tally.append(
            later.map_err(|_| StoreError::unreadable("recorded carts: trying them panicked"))?,
        );
        trial.tally = serde_json::to_string(&tally)
            .map_err(|_| StoreError::unreadable("the results of recorded carts"))?;
        trial.evaluated += count;
        trial.position = last.unwrap_or_else(|| trial.position.clone());
        if count < CARTS_AT_ONCE {
            trial.status = WhatIfStatus::Finished;
        }
        Ok(())
    }

    fn latest_rulebooks(&self) -> MutexGuard<'_, Option<(WhatIfId, ComparedRulebooks)>> {
        self.rulebooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn rulebooks_of(&self, trial: &WhatIf) -> Result<ComparedRulebooks, Stopped> {
        let known = self.latest_rulebooks().clone();
        if let Some((id, rulebooks)) = known
            && id == trial.id
        {
            return Ok(rulebooks);
        }
        let live = self.book(trial.live_revision).await?;
        let tried = match (trial.revision, trial.rules.clone()) {
            (Some(revision), _) => self.book(revision).await?,
            (None, Some(rules)) => {
                let (live, now) = (Arc::clone(&live), trial.created_at);
                let drafted = move || draft_book(&rules, &live, now);
                let drafted = tokio::task::spawn_blocking(drafted).await.ok().flatten();
                drafted.ok_or_else(|| Stopped::ForGood("its rules cannot be read".to_owned()))?
            }
            (None, None) => return Err(Stopped::ForGood("it has no rules".to_owned())),
        };
        let rulebooks = ComparedRulebooks { live, tried };
        *self.latest_rulebooks() = Some((trial.id, rulebooks.clone()));
        Ok(rulebooks)
    }

    async fn book(&self, revision: i64) -> Result<Arc<Rulebook>, NoRulebook> {
        let newest = self.parts.rulebooks.newest();
        match newest.revision() == revision {
            true => Ok(newest),
            false => self.parts.historic.find(When::Revision(revision)).await,
        }
    }
}

/// A rulebook with the rules of a row in the place of the live ones. The rules were checked when they were posted.
fn draft_book(rules: &str, live: &Rulebook, now: DateTime<Utc>) -> Option<Arc<Rulebook>> {
    let rules: Value = serde_json::from_str(rules).ok()?;
    let members = serde_json::Map::from_iter([("rules".to_owned(), rules)]);
    let findings = Findings::default();
    let rules = draft_set::read(&Fields::of(&members, &findings), live, now);
    let is_whole = findings.is_empty();
    is_whole.then(|| Arc::new(live.with_rules(rules)))
}
