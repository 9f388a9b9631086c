//! Writes that run the tests of the rules before they commit.
//!
//! Every change that checkout sees takes a revision, so its transaction shows the resulting state. If there are tests,
//! the transaction is rolled back, the state is judged on a separate thread, and the transaction runs again; if another
//! write was committed in between, the new state is judged first. Without tests, a write is one plain transaction.
//! Switching something off is never refused; tests that fail because of it become warnings in the response.
//!
//! A write returns when checkout of this replica answers from its revision.

use std::{convert::Infallible, sync::Arc};

use serde_json::json;

use crate::{
    audit::{self, Actor, Change},
    auth::Websites,
    error_chain,
    http::problem::{FieldError, Kind, Problem},
    revision_watch::RevisionWatch,
    store::{Store, StoreError, Tx},
};

/// Maximum number of attempts of one write. With tests, the first attempt is only a rehearsal; each later failure means
/// that another writer succeeded.
const ATTEMPTS: u8 = 5;

/// Determines which tests a change would break. The state is read inside the transaction and judged outside of it.
pub trait WriteGuard: Send + Sync {
    /// The state that the transaction would leave, as version numbers; `None` if there are no tests.
    fn state(&self, tx: &mut Tx<'_>) -> Result<Option<GuardedState>, StoreError>;

    /// Reads the data that is needed to judge that state.
    fn read(&self, tx: &mut Tx<'_>) -> Result<Box<dyn Rehearsal>, StoreError>;
}

/// Identifies the state that a transaction leaves: equal numbers mean an equal state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardedState {
    /// The newest revision.
    pub revision: i64,
    /// The version of the tests.
    pub tests: i64,
}

/// The data of a changed state, ready to run the tests on.
pub trait Rehearsal: Send {
    /// Runs the tests: slow, but without the database. `websites` are those of the caller who reads the verdict.
    fn judge(self: Box<Self>, websites: &Websites) -> GuardVerdict;
}

/// The tests that fail after a change.
#[derive(Debug, Default)]
pub struct GuardVerdict {
    /// The tests that passed before the change; `None` if there are none.
    pub broken: Option<BrokenTests>,
    /// All tests that fail after the change.
    pub warnings: Vec<FieldError>,
}

/// The tests that a change breaks.
#[derive(Debug)]
pub struct BrokenTests {
    /// The refusal for the caller of the change.
    pub problem: Problem,
    /// The names of the tests, for the audit log of a forced change.
    pub names: Vec<String>,
}

/// Whether a change may be refused because of the tests that it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusable {
    Yes,
    /// The caller forces the change and has the scope for it.
    Forced,
    /// The change switches something off, which must always be possible.
    Never,
}

/// The result of a write, and the tests that fail after it.
#[derive(Debug)]
pub struct Guarded<T> {
    pub value: T,
    pub warnings: Vec<FieldError>,
}

/// Writes under a guard. Cheap to clone.
#[derive(Clone)]
pub struct GuardedStore {
    store: Store,
    guard: Arc<dyn WriteGuard>,
    revision_watch: RevisionWatch,
    websites: Websites,
}

/// How a transaction was committed.
enum Committed {
    /// There are no tests.
    Plain,
    /// The state is the one that was judged before.
    Approved,
    /// The state is judged after the commit.
    Unjudged(Box<dyn Rehearsal>),
}

/// A state that has to be judged before it is committed.
type UnjudgedState = (GuardedState, Box<dyn Rehearsal>);

/// The reason why a transaction was rolled back.
enum RolledBack<R, E> {
    /// The change succeeded, and its state has to be judged.
    Rehearsed(R),
    Failed(E),
}

impl<R, E: From<StoreError>> From<StoreError> for RolledBack<R, E> {
    fn from(error: StoreError) -> Self {
        RolledBack::Failed(error.into())
    }
}

impl GuardedStore {
    /// Writes to this store under this guard.
    pub fn new(store: Store, guard: Arc<dyn WriteGuard>, revision_watch: RevisionWatch) -> Self {
        GuardedStore {
            store,
            guard,
            revision_watch,
            websites: Websites::All,
        }
    }

    /// The same store for a caller with these websites.
    pub fn visible_to(&self, websites: &Websites) -> Self {
        GuardedStore {
            websites: websites.clone(),
            ..self.clone()
        }
    }

    /// The store, for reads and for writes that checkout does not see.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Like [`Store::write`], with the guard. `change` may run several times; only the last run is committed.
    pub async fn write<T, E, F>(
        &self,
        refusable: Refusable,
        actor: &Actor,
        change: F,
    ) -> Result<Guarded<T>, E>
    where
        F: Fn(&mut Tx<'_>, &Actor) -> Result<T, E> + Clone + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + From<Problem> + Send + 'static,
    {
        let mut approved: Option<(GuardedState, GuardVerdict)> = None;
        for _ in 0..ATTEMPTS {
            let expected = approved.as_ref().map(|(state, verdict)| {
                let broken = verdict.broken.as_ref();
                (*state, broken.map(|it| it.names.clone()))
            });
            let (guard, actor, change) = (Arc::clone(&self.guard), actor.clone(), change.clone());
            let attempt = self.store.write(move |tx| {
                let value = change(tx, &actor).map_err(RolledBack::Failed)?;
                let made = end(tx, &*guard, refusable, &actor, expected)?;
                Ok((value, made, tx.last_revision()))
            });
            match attempt.await {
                Ok((value, made, revision)) => {
                    self.wait_for(revision).await;
                    let warnings = self.warnings(made, approved).await;
                    return Ok(Guarded { value, warnings });
                }
                Err(RolledBack::Failed(error)) => return Err(error),
                Err(RolledBack::Rehearsed((state, rehearsal))) => {
                    let verdict = self.judge(rehearsal).await?;
                    match verdict.broken {
                        Some(broken) if refusable == Refusable::Yes => {
                            return Err(broken.problem.into());
                        }
                        _ => approved = Some((state, verdict)),
                    }
                }
            }
        }
        let detail = "Others keep changing what checkout sees; repeat the change.";
        Err(Problem::new(Kind::Conflict, detail).into())
    }

    /// Like [`GuardedStore::write`], for a change that no test can observe.
    pub async fn write_untested<T, E, F>(&self, change: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let written = self.store.write(move |tx| {
            let value = change(tx)?;
            Ok::<_, E>((value, tx.last_revision()))
        });
        let (value, revision) = written.await?;
        self.wait_for(revision).await;
        Ok(value)
    }

    async fn wait_for(&self, revision: Option<i64>) {
        if let Some(revision) = revision {
            self.revision_watch.wait_for(revision).await;
        }
    }

    /// The result of a change and the tests that would fail after it; the transaction is always rolled back.
    pub async fn rehearse<T, E, F>(&self, change: F) -> Result<Guarded<T>, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + From<Problem> + Send + 'static,
    {
        let guard = Arc::clone(&self.guard);
        let attempt = self.store.write(move |tx| {
            let value = change(tx).map_err(RolledBack::Failed)?;
            let is_seen = tx.first_revision().is_some() || tx.changes_tests();
            let rehearsal = match is_seen && guard.state(tx)?.is_some() {
                true => Some(guard.read(tx)?),
                false => None,
            };
            Err::<Infallible, _>(RolledBack::Rehearsed((value, rehearsal)))
        });
        match attempt.await {
            Ok(never) => match never {},
            Err(RolledBack::Failed(error)) => Err(error),
            Err(RolledBack::Rehearsed((value, rehearsal))) => {
                let warnings = match rehearsal {
                    Some(rehearsal) => self.judge(rehearsal).await?.warnings,
                    None => Vec::new(),
                };
                Ok(Guarded { value, warnings })
            }
        }
    }

    async fn warnings(
        &self,
        made: Committed,
        approved: Option<(GuardedState, GuardVerdict)>,
    ) -> Vec<FieldError> {
        match made {
            Committed::Plain => Vec::new(),
            Committed::Approved => approved.map_or_else(Vec::new, |(_, verdict)| verdict.warnings),
            Committed::Unjudged(rehearsal) => {
                // The change is committed, so an error of the tests only loses the warnings.
                let verdict = self.judge(rehearsal).await;
                verdict.map_or_else(|_| Vec::new(), |verdict| verdict.warnings)
            }
        }
    }

    async fn judge(&self, rehearsal: Box<dyn Rehearsal>) -> Result<GuardVerdict, Problem> {
        let websites = self.websites.clone();
        let judged = tokio::task::spawn_blocking(move || rehearsal.judge(&websites)).await;
        judged.map_err(|_| Problem::internal("running the tests of the rules panicked"))
    }
}

/// Decides at the end of a transaction whether it is committed.
fn end<E: From<StoreError>>(
    tx: &mut Tx<'_>,
    guard: &dyn WriteGuard,
    refusable: Refusable,
    actor: &Actor,
    expected: Option<(GuardedState, Option<Vec<String>>)>,
) -> Result<Committed, RolledBack<UnjudgedState, E>> {
    if tx.first_revision().is_none() && !tx.changes_tests() {
        return Ok(Committed::Plain);
    }
    let Some(state) = guard.state(tx)? else {
        return Ok(Committed::Plain);
    };
    if let Some((judged, forced)) = expected
        && judged == state
    {
        if let Some(names) = forced {
            audit::record(tx, actor, &force(&names, state))?;
        }
        return Ok(Committed::Approved);
    }
    match (guard.read(tx), refusable) {
        (Ok(rehearsal), Refusable::Never) => Ok(Committed::Unjudged(rehearsal)),
        (Ok(rehearsal), Refusable::Yes | Refusable::Forced) => {
            Err(RolledBack::Rehearsed((state, rehearsal)))
        }
        // Unreadable rules or tests must not prevent a caller from switching them off.
        (Err(error @ StoreError::Broken(_)), Refusable::Never) => {
            let error = error_chain::chain(&error);
            tracing::error!(error, "the tests of the rules could not be run");
            Ok(Committed::Plain)
        }
        (Err(error), _) => Err(error.into()),
    }
}

fn force(names: &[String], state: GuardedState) -> Change<'static> {
    let fields = json!({
        "failing": { "from": [], "to": names },
        "revision": { "from": null, "to": state.revision },
    });
    Change::of("force", "rule_tests", "rule-tests", fields)
}
