//! Reads buyers' credit at providers and keeps it in step with the database.
//!
//! A read that began before something made its result outdated is not kept: the log of changes tells. Everything here may
//! run in every replica at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, FutureExt, Shared};
use serde_json::json;

use super::{
    background::BackgroundLimit,
    cache::{CreditCache, KnownCredit},
    entry::{CreditAccount, CreditEntry, CreditKey, SealedEntry},
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

/// No read takes longer.
const LONGEST_READ: Duration = Duration::from_secs(12);
/// Something may become outdated while it is read, but hardly again and again.
const ATTEMPTS: u8 = 3;
/// A replica that has not read changes for this time may have missed some that are deleted by now.
const DEAF_FOR: Duration = Duration::from_secs(30 * 60);

/// What credit takes. Clones are the same.
#[derive(Clone)]
pub struct CreditService(Arc<CreditServiceInner>);

/// What a [`CreditService`] is made of.
pub struct CreditParts {
    pub store: Store,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
    pub outbound: Outbound,
    pub breakers: Arc<Breakers>,
    pub email_key: Arc<EmailKey>,
    pub health: HealthBoard,
    /// Background reads per minute and integration; 0 is none.
    pub background: BackgroundLimit,
}

struct CreditServiceInner {
    parts: CreditParts,
    cache: CreditCache,
    under_way: Mutex<HashMap<CreditKey, SharedRead>>,
}

type SharedRead = Shared<BoxFuture<'static, Result<Arc<CreditEntry>, CreditUnread>>>;

/// Why a buyer's credit could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditUnread {
    #[error("there is no account with a provider")]
    NoAccount,
    /// The provider did not answer, or not usably. Says when to try again, where that is known.
    #[error("the provider could not be asked: {cause}")]
    Unreachable {
        cause: String,
        retry_after: Option<String>,
    },
    #[error("the credit could not be read: {0}")]
    Failed(String),
}

/// A read that is under way, however it ends.
struct UnderWay<'r>(&'r CreditService, &'r CreditKey);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.reads().remove(self.1);
    }
}

impl CreditService {
    /// With an empty cache, which follows changes from [`CreditService::keep`] on.
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

    /// What this process knows.
    pub fn cache(&self) -> &CreditCache {
        &self.0.cache
    }

    /// What time it is.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.parts.clock.now()
    }

    /// The hash by which a buyer is known.
    pub fn hash(&self, email: &Email) -> EmailHash {
        self.0.parts.email_key.hash(email)
    }

    /// Hears of changes again and again, until the store is closed.
    pub async fn keep(self, store: Store, every: Duration) {
        let mut caught_up = Instant::now();
        loop {
            match self.catch_up(&store, caught_up.elapsed() > DEAF_FOR).await {
                Ok(()) => caught_up = Instant::now(),
                Err(StoreError::Closed) => return,
                // The rulebook reads as often, and logs that the database is down.
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

    /// Reads what the database has of a buyer into the cache.
    pub async fn load(&self, key: &CreditKey) -> Result<KnownCredit, CreditUnread> {
        for _ in 0..ATTEMPTS {
            let id = key.row();
            let read = self
                .0
                .parts
                .store
                .snapshot(move |conn| store::find(conn, &id));
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

    /// An entry, and whose it is.
    pub(super) fn open(&self, row: &CreditRow) -> Result<(Email, CreditEntry), CreditUnread> {
        let opened = self
            .0
            .parts
            .sealer
            .open_bytes(store::place(&row.id), &row.sealed);
        let sealed: SealedEntry =
            serde_json::from_slice(&opened.map_err(failed)?).map_err(failed)?;
        let entry = CreditEntry {
            accounts: sealed.accounts,
            read_at: row.read_at,
            number: row.number,
        };
        Ok((sealed.email.parse().map_err(failed)?, entry))
    }

    /// Reads a buyer's credit at the provider. Concurrent calls for the same buyer share one read.
    pub async fn read(
        &self,
        integration: IntegrationId,
        email: &Email,
    ) -> Result<Arc<CreditEntry>, CreditUnread> {
        let key = CreditKey {
            integration,
            email: self.hash(email),
        };
        self.begin(key, email.clone()).await
    }

    /// Reads a buyer's credit from now on: what a read that began before finds may be outdated by what the caller did since.
    pub async fn read_anew(
        &self,
        integration: IntegrationId,
        email: &Email,
    ) -> Result<Arc<CreditEntry>, CreditUnread> {
        let key = CreditKey {
            integration,
            email: self.hash(email),
        };
        self.reads().remove(&key);
        self.begin(key, email.clone()).await
    }

    /// Starts a background read, within the limit per minute.
    pub fn refresh(&self, key: CreditKey, email: Email) {
        if self.reads().contains_key(&key) || !self.0.parts.background.admits(key.integration) {
            return;
        }
        drop(self.begin(key, email));
    }

    fn begin(&self, key: CreditKey, email: Email) -> SharedRead {
        let mut reads = self.reads();
        if let Some(read) = reads.get(&key) {
            return read.clone();
        }
        let (service, of) = (self.clone(), key.clone());
        // In a task of its own, so that a caller who leaves does not end what others wait for.
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
        let read = task.map(|joined| joined.unwrap_or_else(|error| Err(failed(error))));
        let read = read.boxed().shared();
        reads.insert(key, read.clone());
        read
    }

    fn reads(&self) -> MutexGuard<'_, HashMap<CreditKey, SharedRead>> {
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
                accounts: found
                    .items
                    .iter()
                    .map(|it| CreditAccount::from(&**it))
                    .collect(),
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
        // It changes all the time: what was read last is good for this once.
        last.ok_or_else(|| CreditUnread::Failed("it was not read".to_owned()))
    }

    async fn save(
        &self,
        key: &CreditKey,
        email: &Email,
        entry: &CreditEntry,
        began: i64,
    ) -> Result<Option<i64>, CreditUnread> {
        let sealed = json!(SealedEntry::new(email, &entry.accounts)).to_string();
        let sealed = self
            .0
            .parts
            .sealer
            .seal(store::place(&key.row()), &SecretText::new(&sealed));
        let new = NewCredit {
            key: key.clone(),
            accounts: entry.accounts.iter().map(|it| it.id.clone()).collect(),
            sealed: sealed.map_err(failed)?,
            read_at: entry.read_at,
        };
        let saved = self
            .0
            .parts
            .store
            .write(move |tx| store::save(tx, &new, began));
        saved.await.map_err(failed)
    }

    /// The account of an integration.
    pub(super) async fn account(&self, id: IntegrationId) -> Result<OpenAccount, CreditUnread> {
        let parts = &self.0.parts;
        Ok(account::open(&parts.store, &parts.sealer, id).await?)
    }

    /// What is known of credit, for the parts of this room.
    pub(super) fn parts(&self) -> &CreditParts {
        &self.0.parts
    }
}

/// What went wrong here, and not at the provider.
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
