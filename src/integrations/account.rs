//! An integration's account at Apruve, with the key to it.
//!
//! Opened before a call and dropped after it, so that the key lies open no longer than it is used.

use super::{
    settings::{ApruveSettings, Settings},
    store,
};
use crate::{
    clock::Clock,
    providers::{Breaker, Provider, ProviderId},
};
use crate::{
    ids::IntegrationId,
    outbound::Outbound,
    providers::apruve::Account,
    seal::{CannotOpen, Sealer},
    secret::SecretText,
    store::{Store, StoreError},
};

/// An account that can be called.
pub struct OpenAccount {
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

/// Opens the account of an integration, on or off. Nothing is asked of Apruve.
pub async fn open(
    store: &Store,
    sealer: &Sealer,
    id: IntegrationId,
) -> Result<OpenAccount, NoAccount> {
    let (integration, sealed) = store
        .snapshot(move |conn| {
            let integration = store::find(conn, id)?.ok_or(NoAccount::NotFound)?;
            Ok::<_, NoAccount>((integration, store::find_api_key(conn, id)?))
        })
        .await?;
    let (Settings::Apruve(settings), Some(sealed)) = (integration.settings, sealed) else {
        return Err(NoAccount::Offline);
    };
    let merchant = ProviderId::parse(&settings.merchant_id)
        .ok_or_else(|| StoreError::unreadable(format!("the merchant of {id}")))?;
    Ok(OpenAccount {
        merchant,
        api_key: sealer.open(store::api_key_place(&id.to_string()), &sealed)?,
        settings,
    })
}

impl OpenAccount {
    /// The account for calls that are one attempt each.
    pub fn at<'a>(&'a self, outbound: &'a Outbound) -> Account<'a> {
        Account::new(outbound, self.settings.origin(), &self.api_key)
    }

    /// The account for calls that somebody waits for: each is one attempt, and how it ends counts for the account's health.
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
