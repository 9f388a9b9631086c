//! An integration's account at Apruve, with the key to it.
//!
//! Opened before a call and dropped after it, so that the key lies open no longer than it is used.

use super::{
    settings::{ApruveSettings, IntegrationSettings},
    store,
};
use crate::{
    clock::Clock,
    providers::{AccountKey, Breaker, Provider, ProviderId, ProviderKind},
};
use crate::{
    ids::IntegrationId,
    outbound::Outbound,
    providers::apruve::Account,
    seal::{CannotOpen, Sealer},
    secret::SecretText,
    store::{Conn, Store, StoreError},
};

/// An account that can be called.
pub struct OpenAccount {
    pub integration: IntegrationId,
    pub settings: ApruveSettings,
    /// Whose account it is, by Apruve's id.
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
    id: IntegrationId,
    /// The integration's when it was read.
    version: i64,
    settings: ApruveSettings,
    api_key: String,
}

impl SealedAccount {
    /// Reads the account of an integration, on or off; to be called in a snapshot.
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

    /// The integration's id.
    pub fn id(&self) -> IntegrationId {
        self.id
    }

    /// The integration's version when it was read.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Opens it. Nothing is asked of the provider.
    pub fn open(self, sealer: &Sealer) -> Result<OpenAccount, NoAccount> {
        let SealedAccount {
            id,
            settings,
            api_key,
            version: _,
        } = self;
        let merchant = ProviderId::parse(&settings.merchant_id)
            .ok_or_else(|| StoreError::unreadable(format!("the merchant of {id}")))?;
        Ok(OpenAccount {
            integration: id,
            merchant,
            api_key: sealer.open(store::api_key_place(&id.to_string()), &api_key)?,
            settings,
        })
    }
}

/// Opens the account of an integration, on or off. Nothing is asked of the provider.
pub async fn open(
    store: &Store,
    sealer: &Sealer,
    id: IntegrationId,
) -> Result<OpenAccount, NoAccount> {
    let found = store.snapshot(move |conn| SealedAccount::find(conn, id));
    found.await?.open(sealer)
}

impl OpenAccount {
    /// By which orders of this account are bound once.
    pub fn account_key(&self) -> AccountKey {
        AccountKey::new(self.settings.origin(), self.merchant.as_str())
    }

    /// At which provider it is.
    pub fn kind(&self) -> ProviderKind {
        ProviderKind::Apruve
    }

    /// The account for calls that are one attempt each.
    pub fn at<'a>(&'a self, outbound: &'a Outbound) -> Account<'a> {
        Account::new(outbound, self.settings.origin(), &self.api_key)
    }

    /// The account for calls that a request waits for: one attempt each; the outcome counts for the account's health.
    pub fn watched<'a>(
        &'a self,
        outbound: &'a Outbound,
        breaker: &'a Breaker,
        clock: &'a Clock,
    ) -> Account<'a> {
        self.at(outbound).watched(breaker, clock)
    }

    /// The account at its provider, whose calls are held back while it does not answer. `order_bytes` is the length of the
    /// order that the calls are about.
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
