//! An integration's account at Apruve, with its API key.
//!
//! An account is opened before a call and dropped after it, so that the plain key stays in memory only while it is
//! used.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    settings::{ApruveSettings, IntegrationSettings},
    store,
};
use crate::{
    clock::Clock,
    ids::IntegrationId,
    outbound::Outbound,
    providers::{AccountKey, Breaker, Provider, ProviderId, ProviderKind, apruve::Account},
    seal::{CannotOpen, Sealer},
    secret::SecretText,
    store::{Conn, Store, StoreError},
};

/// An account that can be called.
pub struct OpenAccount {
    pub integration: IntegrationId,
    pub settings: ApruveSettings,
    /// Apruve's id of the merchant that owns the account.
    pub merchant: ProviderId,
    pub api_key: SecretText,
}

/// Why there is no account to call.
#[derive(Debug, thiserror::Error)]
pub enum NoAccount {
    #[error("there is no such integration")]
    NotFound,
    #[error("an offline method has no account with a payment provider")]
    Offline,
    #[error(transparent)]
    CannotOpen(#[from] CannotOpen),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account whose key is still sealed.
#[derive(Clone)]
pub struct SealedAccount {
    pub id: IntegrationId,
    /// The integration's version when it was read.
    pub version: i64,
    settings: ApruveSettings,
    api_key: String,
}

impl SealedAccount {
    /// Reads the account of an integration, enabled or not. Call it in a snapshot, since it reads two rows.
    pub fn find(conn: &mut Conn, id: IntegrationId) -> Result<Self, NoAccount> {
        let integration = store::find(conn, id)?.ok_or(NoAccount::NotFound)?;
        match (integration.settings, store::find_api_key(conn, id)?) {
            (IntegrationSettings::Apruve(settings), Some(api_key)) => Ok(SealedAccount {
                id,
                version: integration.version,
                settings,
                api_key,
            }),
            _ => Err(NoAccount::Offline),
        }
    }

    /// Opens the sealed key. No call is made to the provider.
    pub fn open(self, sealer: &Sealer) -> Result<OpenAccount, NoAccount> {
        let id = self.id.to_string();
        let merchant = ProviderId::parse(&self.settings.merchant_id)
            .ok_or_else(|| StoreError::unreadable(format!("the merchant of {id}")))?;
        Ok(OpenAccount {
            integration: self.id,
            merchant,
            api_key: sealer.open(store::api_key_place(&id), &self.api_key)?,
            settings: self.settings,
        })
    }
}

/// Reads and opens the account of an integration, enabled or not. No call is made to the provider.
pub async fn open(
    store: &Store,
    sealer: &Sealer,
    id: IntegrationId,
) -> Result<OpenAccount, NoAccount> {
    let found = store.snapshot(move |conn| SealedAccount::find(conn, id));
    found.await?.open(sealer)
}

impl OpenAccount {
    /// The key under which each order of this account is bound to one payment only.
    pub fn account_key(&self) -> AccountKey {
        AccountKey::new(self.settings.origin(), self.merchant.as_str())
    }

    /// The provider of the account.
    pub fn kind(&self) -> ProviderKind {
        ProviderKind::Apruve
    }

    /// The account for calls without retry and without breaker.
    pub fn at<'a>(&'a self, outbound: &'a Outbound) -> Account<'a> {
        Account::new(outbound, self.settings.origin(), &self.api_key)
    }

    /// The account for calls that a request waits for: no retry; the outcome counts for the account's health.
    pub fn watched<'a>(
        &'a self,
        outbound: &'a Outbound,
        breaker: &'a Breaker,
        clock: &'a Clock,
    ) -> Account<'a> {
        self.at(outbound).watched(breaker, clock)
    }

    /// The account for background work: calls are held back while the provider does not answer. `order_bytes` is the
    /// length of the order that the calls are about.
    pub fn provider<'a>(
        &'a self,
        outbound: &'a Outbound,
        breaker: &'a Breaker,
        clock: &'a Clock,
        order_bytes: usize,
    ) -> Provider<'a> {
        let account = self.at(outbound).guarded(breaker, clock);
        Provider::Apruve(account.about_order_of(order_bytes))
    }
}

/// The cached accounts; clones share them. A user of an account must check, in its own write, that the integration
/// still has the version of the account.
#[derive(Clone, Default)]
pub struct KnownAccounts(Arc<Mutex<HashMap<IntegrationId, SealedAccount>>>);

impl KnownAccounts {
    /// The account as it was read last, if it was read.
    pub fn get(&self, id: IntegrationId) -> Option<SealedAccount> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).cloned()
    }

    /// Stores an account that was just read.
    pub fn keep(&self, account: &SealedAccount) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(account.id, account.clone());
    }
}
