//! Reads buyers' credit from providers, and keeps the cache in step with the database.
//!
//! The result of a read is not stored if the log of changes shows that it became outdated during the read. All
//! functions may run in several replicas at once.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, FutureExt, Shared};
use serde_json::json;
use tokio::task;

use super::{
    background::BackgroundLimit,
    cache::{CreditCache, KnownCredit},
    entry::{CreditAccount, CreditEntry, CreditKey, SealedEntry},
    running::RunningReads,
    store::{self, CreditRow, NewCredit},
};
use crate::{
    clock::Clock,
    ids::IntegrationId,
    integrations::{
        account::{self, NoAccount, OpenAccount},
        health::HealthBoard,
    },
    outbound::Outbound,
    pii::Email,
    privacy::{EmailHash, EmailKey},
    providers::{Breakers, Later, ProviderError},
    seal::Sealer,
    secret::SecretText,
    store::{Store, StoreError},
    trace,
};

/// The maximum duration of a read.
const LONGEST_READ: Duration = Duration::from_secs(12);
/// The number of attempts to read a value that becomes outdated while it is read.
const ATTEMPTS: u8 = 3;
/// After this time without reading the log, a replica clears its cache, because missed changes may be deleted by then.
const DEAF_FOR: Duration = Duration::from_secs(30 * 60);

/// The credit service. Clones share one state.
#[derive(Clone)]
pub struct CreditService(Arc<CreditServiceInner>);

/// The dependencies of a [`CreditService`].
pub struct CreditParts {
    pub store: Store,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
    pub outbound: Outbound,
    pub breakers: Arc<Breakers>,
    pub email_key: Arc<EmailKey>,
    pub health: HealthBoard,
    /// The limit of background reads per integration.
    pub background: BackgroundLimit,
}

struct CreditServiceInner {
    parts: CreditParts,
    cache: CreditCache,
    under_way: Mutex<RunningReads<SharedRead>>,
}

type SharedRead = Shared<BoxFuture<'static, Result<Arc<CreditEntry>, CreditUnread>>>;

/// Why a buyer's credit could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditUnread {
    #[error("there is no account with a provider")]
    NoAccount,
    /// The provider did not answer usably. `retry_after` is the value of the header, if known.
    #[error("the provider could not be asked: {cause}")]
    Unreachable {
        cause: String,
        retry_after: Option<String>,
    },
    #[error("the credit could not be read: {0}")]
    Failed(String),
}

/// Ends the sharing of a task's read when the task ends, even by a panic.
struct UnderWay<'r>(&'r CreditService, &'r CreditKey);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if let Some(task) = task::try_id() {
            self.0.reads().end(self.1, task);
        }
    }
}

impl CreditService {
    /// A service with an empty cache; [`CreditService::keep`] makes the cache follow changes.
    pub fn new(parts: CreditParts) -> Self {
        CreditService(Arc::new(CreditServiceInner {
            parts,
            cache: CreditCache::default(),
            under_way: Mutex::default(),
        }))
    }

    /// The health of integrations.
    pub fn health(&self) -> &HealthBoard {
        &self.0.parts.health
    }

    /// The cache of this process.
    pub fn cache(&self) -> &CreditCache {
        &self.0.cache
    }

    /// The present time.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.parts.clock.now()
    }

    /// The keyed hash that identifies a buyer.
    pub fn hash(&self, email: &Email) -> EmailHash {
        self.0.parts.email_key.hash(email)
    }

    /// Follows the log of changes until the store is closed.
    pub async fn keep(self, store: Store, every: Duration) {
        let mut caught_up = Instant::now();
        loop {
            match self.catch_up(&store, caught_up.elapsed() > DEAF_FOR).await {
                Ok(()) => caught_up = Instant::now(),
                Err(StoreError::Closed) => return,
                // The rulebook polls as often and logs that the database is unavailable.
                Err(_) => {}
            }
            tokio::time::sleep(every).await;
        }
    }

    pub(super) async fn catch_up(&self, store: &Store, was_deaf: bool) -> Result<(), StoreError> {
        let cache = &self.0.cache;
        let known = cache.last_change();
        let last = store.read(store::last_change).await?;
        if was_deaf || last < known {
            cache.clear(last);
        } else if last > known {
            let changes = store
                .read(move |conn| store::list_changes(conn, known))
                .await?;
            let last = changes
                .last()
                .map_or(last, |change| change.number.max(last));
            cache.apply(changes, last);
        }
        Ok(())
    }

    /// Reads a buyer's entry from the database into the cache.
    pub async fn load(&self, key: &CreditKey) -> Result<KnownCredit, CreditUnread> {
        for _ in 0..ATTEMPTS {
            let (id, store) = (key.row(), &self.0.parts.store);
            let read = store.snapshot(move |conn| store::find(conn, &id));
            let (row, as_of) = read.await.map_err(failed)?;
            let known = match row {
                Some(row) => KnownCredit::Entry(Arc::new(self.open(&row)?.1)),
                None => KnownCredit::Nothing,
            };
            if self.0.cache.insert(key.clone(), known.clone(), as_of) {
                return Ok(known);
            }
        }
        Err(CreditUnread::Failed("it changes all the time".to_owned()))
    }

    /// Opens a sealed row and returns the buyer and the entry.
    pub(super) fn open(&self, row: &CreditRow) -> Result<(Email, CreditEntry), CreditUnread> {
        let sealer = &self.0.parts.sealer;
        let opened = sealer.open_bytes(store::place(&row.id), &row.sealed);
        let sealed: SealedEntry =
            serde_json::from_slice(&opened.map_err(failed)?).map_err(failed)?;
        let entry = CreditEntry {
            accounts: sealed.accounts,
            read_at: row.read_at,
            number: row.number,
        };
        Ok((sealed.email.parse().map_err(failed)?, entry))
    }

    /// Reads a buyer's credit from the provider. Concurrent calls for the same buyer share one read.
    pub async fn read(
        &self,
        integration: IntegrationId,
        email: &Email,
    ) -> Result<Arc<CreditEntry>, CreditUnread> {
        self.begin(self.key(integration, email), email.clone())
            .await
    }

    /// As [`CreditService::read`], but never joins a read that began earlier, whose result may be older than the
    /// caller's actions.
    pub async fn read_anew(
        &self,
        integration: IntegrationId,
        email: &Email,
    ) -> Result<Arc<CreditEntry>, CreditUnread> {
        let key = self.key(integration, email);
        self.reads().part_with(&key);
        self.begin(key, email.clone()).await
    }

    fn key(&self, integration: IntegrationId, email: &Email) -> CreditKey {
        CreditKey {
            integration,
            email: self.hash(email),
        }
    }

    /// Starts a background read, within the limit per minute.
    pub fn refresh(&self, key: CreditKey, email: Email) {
        if self.reads().get(&key).is_some() || !self.0.parts.background.admits(key.integration) {
            return;
        }
        drop(self.begin(key, email));
    }

    fn begin(&self, key: CreditKey, email: Email) -> SharedRead {
        let mut reads = self.reads();
        if let Some(read) = reads.get(&key) {
            return read;
        }
        let (service, of) = (self.clone(), key.clone());
        // In a task of its own, so that a caller who stops waiting does not cancel the read for others.
        let task = tokio::spawn(trace::carried(async move {
            let _under_way = UnderWay(&service, &of);
            let limited = tokio::time::timeout(LONGEST_READ, service.read_at_provider(&of, &email));
            limited.await.unwrap_or_else(|_| {
                Err(CreditUnread::Unreachable {
                    cause: "no answer came in time".to_owned(),
                    retry_after: None,
                })
            })
        }));
        let id = task.id();
        let read = task.map(|joined| joined.unwrap_or_else(|error| Err(failed(error))));
        let read = read.boxed().shared();
        reads.share(key, id, read.clone());
        read
    }

    fn reads(&self) -> MutexGuard<'_, RunningReads<SharedRead>> {
        let reads = self.0.under_way.lock();
        reads.unwrap_or_else(PoisonError::into_inner)
    }

    async fn read_at_provider(
        &self,
        key: &CreditKey,
        email: &Email,
    ) -> Result<Arc<CreditEntry>, CreditUnread> {
        let parts = &self.0.parts;
        let opened = self.account(key.integration).await?;
        let mut last = None;
        for _ in 0..ATTEMPTS {
            let began = parts.store.read(store::last_change).await.map_err(failed)?;
            let breaker = parts.breakers.of(&key.integration.to_string());
            let provider = opened.provider(&parts.outbound, &breaker, &parts.clock, 0);
            let found = provider
                .accounts_of(&opened.merchant, email.expose())
                .await?;
            let entry = CreditEntry {
                accounts: found.items.iter().map(CreditAccount::from).collect(),
                read_at: parts.clock.now(),
                number: 0,
            };
            if let Some(number) = self.save(key, email, &entry, began).await? {
                let entry = Arc::new(CreditEntry { number, ..entry });
                let known = KnownCredit::Entry(Arc::clone(&entry));
                self.0.cache.insert(key.clone(), known, number);
                return Ok(entry);
            }
            last = Some(Arc::new(entry));
        }
        // The entry became outdated in every attempt; the last result is used once and not stored.
        last.ok_or_else(|| CreditUnread::Failed("it was not read".to_owned()))
    }

    async fn save(
        &self,
        key: &CreditKey,
        email: &Email,
        entry: &CreditEntry,
        began: i64,
    ) -> Result<Option<i64>, CreditUnread> {
        let CreditParts { sealer, store, .. } = &self.0.parts;
        let text = json!(SealedEntry::new(email, &entry.accounts)).to_string();
        let sealed = sealer.seal(store::place(&key.row()), &SecretText::new(&text));
        let new = NewCredit {
            key: key.clone(),
            entry: entry.clone(),
            sealed: sealed.map_err(failed)?,
        };
        let saved = store.write(move |tx| store::save(tx, &new, began));
        saved.await.map_err(failed)
    }

    /// Opens the account of an integration.
    pub(super) async fn account(&self, id: IntegrationId) -> Result<OpenAccount, CreditUnread> {
        let parts = &self.0.parts;
        Ok(account::open(&parts.store, &parts.sealer, id).await?)
    }

    /// The dependencies, for the other files of this module.
    pub(super) fn parts(&self) -> &CreditParts {
        &self.0.parts
    }
}

/// Converts an error that is not the provider's.
pub(super) fn failed(error: impl std::fmt::Display) -> CreditUnread {
    CreditUnread::Failed(error.to_string())
}

impl From<NoAccount> for CreditUnread {
    fn from(error: NoAccount) -> Self {
        match error {
            NoAccount::NotFound | NoAccount::Offline => CreditUnread::NoAccount,
            NoAccount::CannotOpen(cause) => failed(cause),
            NoAccount::Store(cause) => failed(cause),
        }
    }
}

impl From<ProviderError> for CreditUnread {
    fn from(error: ProviderError) -> Self {
        let retry_after = match &error {
            ProviderError::Later(Later::HeldBack { seconds }) => Some(seconds.to_string()),
            ProviderError::Later(Later::TooManyCalls(when)) => {
                when.as_ref().map(|when| when.as_str().to_owned())
            }
            _ => None,
        };
        CreditUnread::Unreachable {
            cause: error.to_string(),
            retry_after,
        }
    }
}
