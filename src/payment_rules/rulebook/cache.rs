//! Keeps the rulebook current: loads it, swaps it, and says how old it is.
//!
//! One task reads the newest revision from the database, every `refresh` and after each change in this process. Only
//! rules that have changed according to the history are read and compiled again. While the database is away, or hangs,
//! checkout answers from the last rulebook until it is older than `max_stale`. A rule or method that cannot be read is
//! logged and left out; checkout continues with the others.

pub(super) mod load;

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::{ArcSwap, Guard};

use super::Rulebook;
use crate::{
    clock::Clock,
    error_chain,
    payment_rules::complete_history,
    revision_watch::RevisionWatch,
    settings::ShopSettings,
    store::{Store, StoreError, UnreadableRow},
};

/// The rulebook and when it was last known to be current.
#[derive(Clone, Debug)]
struct CurrentRulebook {
    book: Arc<Rulebook>,
    confirmed: Instant,
    last_read: LastRead,
    /// Whether it was logged that the rulebook is too old.
    reported_too_old: bool,
    /// Whether the history of this revision keeps everything that checkout sees.
    is_complete: bool,
    /// Id and version of the rows that were left out and logged.
    left_out: Arc<BTreeSet<(String, i64)>>,
}

/// What the last read of the database gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LastRead {
    /// An answer.
    Answered,
    /// No answer, or none in time.
    Away,
    /// An answer that could not be turned into a rulebook.
    Broken,
}

/// A rulebook to answer one request from.
pub struct Current(Guard<Arc<CurrentRulebook>>);

impl Current {
    /// The rulebook.
    pub fn book(&self) -> &Rulebook {
        &self.0.book
    }

    /// The rulebook, to be kept beyond the request. Requests borrow it instead, because updating a reference count that
    /// all workers share would slow the hot path.
    pub fn shared(&self) -> Arc<Rulebook> {
        Arc::clone(&self.0.book)
    }

    /// Seconds since the rulebook was last known to be current; `None` unless the database is away.
    pub fn age(&self) -> Option<u64> {
        let cut_off = self.0.last_read != LastRead::Answered;
        cut_off.then(|| self.0.confirmed.elapsed().as_secs())
    }
}

/// The database has been away for longer than `max_stale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rules are too old to answer from")]
pub struct TooOld;

/// Holds the current rulebook. Cheap to clone.
#[derive(Clone)]
pub struct RulebookCache {
    held: Arc<ArcSwap<CurrentRulebook>>,
    store: Store,
    clock: Clock,
    revision_watch: RevisionWatch,
    max_stale: Duration,
}

impl RulebookCache {
    /// Loads the first rulebook; the service cannot start without one.
    pub async fn start(
        store: Store,
        clock: Clock,
        revision_watch: RevisionWatch,
        max_stale: Duration,
    ) -> Result<Self, StoreError> {
        let held = CurrentRulebook {
            book: Arc::new(blank()),
            confirmed: Instant::now(),
            last_read: LastRead::Answered,
            reported_too_old: false,
            is_complete: true,
            left_out: Arc::default(),
        };
        complete_history(&store, clock.now()).await?;
        let rulebooks = RulebookCache {
            held: Arc::new(ArcSwap::from_pointee(held)),
            store,
            clock,
            revision_watch,
            max_stale,
        };
        rulebooks.refresh().await?;
        Ok(rulebooks)
    }

    /// The rulebook to answer from.
    pub fn current(&self) -> Result<Current, TooOld> {
        let held = self.held.load();
        if held.last_read != LastRead::Answered && held.confirmed.elapsed() > self.max_stale {
            return Err(TooOld);
        }
        Ok(Current(held))
    }

    /// The newest loaded rulebook of any age, for callers that also read the database.
    pub fn newest(&self) -> Arc<Rulebook> {
        Arc::clone(&self.held.load().book)
    }

    /// Whether the database answered the last read.
    pub fn is_confirmed(&self) -> bool {
        self.held.load().last_read == LastRead::Answered
    }

    /// How long ago the rulebook was last known to be current.
    pub fn age(&self) -> Duration {
        self.held.load().confirmed.elapsed()
    }

    /// Keeps the rulebook current until the store is closed or the task is dropped.
    pub async fn keep(self, refresh: Duration) {
        loop {
            self.revision_watch.requested(refresh).await;
            match self.refresh().await {
                Ok(()) => self.keep_history_complete().await,
                Err(StoreError::Closed) => {
                    // The service stops; the remaining answers carry the age.
                    let mut held = CurrentRulebook::clone(&self.held.load());
                    held.last_read = LastRead::Away;
                    self.held.store(Arc::new(held));
                    return;
                }
                Err(error) => self.note_failure(&error),
            }
        }
    }

    /// Completes the history after a write by an older version of the service, which keeps only rules.
    async fn keep_history_complete(&self) {
        if self.held.load().is_complete {
            return;
        }
        if let Err(error) = complete_history(&self.store, self.clock.now()).await {
            let error = error_chain::chain(&error);
            tracing::warn!(error, "what checkout sees could not be recorded in full");
        }
    }

    async fn refresh(&self) -> Result<(), StoreError> {
        let started = Instant::now();
        let held = self.held.load_full();
        let known = held.book.revision();
        let (newest, mark) = load::newest(&self.store, known).await?;
        let goes_on = mark.as_ref() == held.book.mark() && newest >= known;
        let mut current = CurrentRulebook {
            confirmed: started,
            last_read: LastRead::Answered,
            reported_too_old: false,
            ..CurrentRulebook::clone(&held)
        };
        if newest != known || !goes_on {
            let before = if goes_on {
                Arc::clone(&held.book)
            } else {
                tracing::warn!(
                    known,
                    newest,
                    "the database went back to an older revision, and may have gone on from there; every rule is read again"
                );
                Arc::new(blank())
            };
            let again = held.left_out.iter().map(|(id, _)| id.clone()).collect();
            let unreadable;
            (current.book, current.is_complete, unreadable) =
                load::load(&self.store, before, again).await?;
            current.left_out = Arc::new(complain(unreadable, &held.left_out));
        }
        let revision = current.book.revision();
        self.held.store(Arc::new(current));
        metrics::gauge!("onterms_rulebook_revision").set(revision as f64);
        self.revision_watch.publish(revision);
        if held.last_read != LastRead::Answered {
            let away_seconds = held.confirmed.elapsed().as_secs();
            tracing::info!(
                away_seconds,
                "the database is back; checkout answers from current rules"
            );
        }
        Ok(())
    }

    /// Records a failed read, and logs only a change of state, because reads may fail repeatedly.
    fn note_failure(&self, error: &StoreError) {
        let before = self.held.load_full();
        let last_read = match error {
            StoreError::Unavailable | StoreError::Busy | StoreError::Closed => LastRead::Away,
            StoreError::Conflict { .. }
            | StoreError::Reference
            | StoreError::NotFound
            | StoreError::Broken(_) => LastRead::Broken,
        };
        let age = before.confirmed.elapsed();
        let too_old = age > self.max_stale;
        self.held.store(Arc::new(CurrentRulebook {
            last_read,
            reported_too_old: too_old,
            ..CurrentRulebook::clone(&before)
        }));
        if last_read != before.last_read {
            let error = error_chain::chain(error);
            let what = if last_read == LastRead::Away {
                "the database is away"
            } else {
                "the database answers, but the rules cannot be read"
            };
            tracing::error!(error, "{what}; checkout answers from the last rules");
        }
        if too_old && !before.reported_too_old {
            tracing::error!(
                age_seconds = age.as_secs(),
                "the rules are too old to answer from; checkout answers 503 until the database is back"
            );
        }
    }
}

/// An empty rulebook with a revision before that of any database: the first revision is 0.
fn blank() -> Rulebook {
    Rulebook::new(-1, Vec::new(), Vec::new(), &ShopSettings::default())
}

/// Logs the rows that were left out, once per version of each, and returns them.
fn complain(
    unreadable: Vec<UnreadableRow>,
    known: &BTreeSet<(String, i64)>,
) -> BTreeSet<(String, i64)> {
    let complain = |UnreadableRow { id, version, why }| {
        let left_out = (id, version);
        if !known.contains(&left_out) {
            tracing::error!(
                id = left_out.0,
                version,
                error = error_chain::chain(&why),
                "a rule or a method cannot be read, so checkout goes on without it"
            );
        }
        left_out
    };
    unreadable.into_iter().map(complain).collect()
}
