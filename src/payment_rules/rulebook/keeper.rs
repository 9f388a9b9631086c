//! Keeps the rulebook current: loads it, swaps it, and says how old it is.
//!
//! One task asks the database for its newest revision, every `refresh` and whenever a change in this process wants to be
//! seen. Only rules whose version changed are read and compiled again. While the database is away the last rulebook goes on
//! answering until it is too old to be trusted.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::{ArcSwap, Guard};

use super::{CompiledRule, Rulebook};
use crate::{
    freshness::Freshness,
    ids::RuleId,
    payment_methods::{self, Method},
    payment_rules::{Rule, store as rules},
    settings::{self, ShopSettings},
    store::{Store, StoreError, revisions},
};

/// The rulebook and when it was last known to be current.
#[derive(Clone, Debug)]
struct Held {
    book: Arc<Rulebook>,
    confirmed: Instant,
    /// The database was away at the last look.
    cut_off: bool,
}

/// A rulebook to answer one request from.
pub struct Current(Guard<Arc<Held>>);

impl Current {
    /// The rulebook.
    pub fn book(&self) -> &Rulebook {
        &self.0.book
    }

    /// The rulebook, to be kept beyond the request. Requests themselves borrow it: a shared count that every worker writes
    /// to would cost the hot path.
    pub fn shared(&self) -> Arc<Rulebook> {
        Arc::clone(&self.0.book)
    }

    /// Seconds since it was last known to be current; only while the database is away.
    pub fn age(&self) -> Option<u64> {
        self.0.cut_off.then(|| self.0.confirmed.elapsed().as_secs())
    }
}

/// The database has been away for longer than an old rulebook may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rules are too old to answer from")]
pub struct TooOld;

/// Holds the current rulebook. Cheap to clone.
#[derive(Clone)]
pub struct Keeper {
    held: Arc<ArcSwap<Held>>,
    store: Store,
    freshness: Freshness,
    max_stale: Duration,
}

/// What one look at the database brought.
struct Loaded {
    revision: i64,
    versions: Vec<(RuleId, i64)>,
    methods: Vec<Method>,
    settings: ShopSettings,
}

impl Keeper {
    /// Loads the first rulebook; without one there is nothing to serve.
    pub async fn start(
        store: Store,
        freshness: Freshness,
        max_stale: Duration,
    ) -> Result<Self, StoreError> {
        let empty = Rulebook::new(-1, Vec::new(), Vec::new(), &ShopSettings::default());
        let held = Held {
            book: Arc::new(empty),
            confirmed: Instant::now(),
            cut_off: false,
        };
        let keeper = Keeper {
            held: Arc::new(ArcSwap::from_pointee(held)),
            store,
            freshness,
            max_stale,
        };
        keeper.refresh().await?;
        Ok(keeper)
    }

    /// The rulebook to answer from.
    pub fn current(&self) -> Result<Current, TooOld> {
        let held = self.held.load();
        if held.cut_off && held.confirmed.elapsed() > self.max_stale {
            return Err(TooOld);
        }
        Ok(Current(held))
    }

    /// Whether the database answered at the last look.
    pub fn is_confirmed(&self) -> bool {
        !self.held.load().cut_off
    }

    /// Keeps the rulebook current until the task is dropped.
    pub async fn keep(self, refresh: Duration) {
        loop {
            self.freshness.wish(refresh).await;
            if let Err(error) = self.refresh().await {
                self.note_absence(&error);
                // A wish that cannot be met now must not make this a busy loop.
                tokio::time::sleep(refresh).await;
            }
            let held = self.held.load();
            metrics::gauge!("onterms_rulebook_age_seconds")
                .set(held.confirmed.elapsed().as_secs_f64());
        }
    }

    async fn refresh(&self) -> Result<(), StoreError> {
        let started = Instant::now();
        let before = Arc::clone(&self.held.load().book);
        let newest = self.store.read(revisions::current).await?;
        let book = if newest == before.revision() {
            before
        } else {
            self.load(&before).await?
        };
        let revision = book.revision();
        self.held.store(Arc::new(Held {
            book,
            confirmed: started,
            cut_off: false,
        }));
        metrics::gauge!("onterms_rulebook_revision").set(revision as f64);
        self.freshness.reached(revision);
        Ok(())
    }

    fn note_absence(&self, error: &StoreError) {
        let held = self.held.load();
        if !held.cut_off {
            tracing::error!(%error, "the database is away; checkout answers from the last rules");
            self.held.store(Arc::new(Held {
                cut_off: true,
                ..Held::clone(&held)
            }));
        }
    }

    /// Reads what changed and compiles it, off the request threads.
    async fn load(&self, before: &Arc<Rulebook>) -> Result<Arc<Rulebook>, StoreError> {
        let known: HashMap<RuleId, i64> = before
            .compiled()
            .iter()
            .map(|(id, compiled)| (*id, compiled.rule.version))
            .collect();
        let (loaded, changed) = self
            .store
            .snapshot(move |conn| -> Result<_, StoreError> {
                let loaded = Loaded {
                    revision: revisions::current(conn)?,
                    versions: rules::list_versions(conn)?,
                    methods: payment_methods::store::list(conn)?,
                    settings: settings::store::load(conn)?,
                };
                let is_new = |(id, version): &&(RuleId, i64)| known.get(id) != Some(version);
                let ids: Vec<RuleId> = loaded
                    .versions
                    .iter()
                    .filter(is_new)
                    .map(|(id, _)| *id)
                    .collect();
                let changed = rules::load_many(conn, &ids)?;
                Ok((loaded, changed))
            })
            .await?;
        let before = Arc::clone(before);
        let compile = move || Arc::new(assemble(&before, loaded, changed));
        tokio::task::spawn_blocking(compile)
            .await
            .map_err(|_| StoreError::unreadable("the rules: compiling them panicked"))
    }
}

fn assemble(before: &Rulebook, loaded: Loaded, changed: Vec<Rule>) -> Rulebook {
    let mut compiled: HashMap<RuleId, Arc<CompiledRule>> = before
        .compiled()
        .into_iter()
        .map(|(id, rule)| (id, Arc::clone(rule)))
        .collect();
    for rule in changed {
        compiled.insert(rule.id, Arc::new(CompiledRule::new(rule)));
    }
    let rules = loaded
        .versions
        .iter()
        .filter_map(|(id, _)| compiled.remove(id))
        .collect();
    Rulebook::new(loaded.revision, rules, loaded.methods, &loaded.settings)
}
