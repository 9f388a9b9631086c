//! A cache from webhook tokens to integrations, so that accepting a webhook needs no query and no parsing of keys.
//!
//! An entry is valid for one revision: a change of any integration and the rotation of a token create a new revision,
//! and the entry is read again. This replica notices a new revision at once, other replicas when they next refresh
//! their rulebook.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    ids::IntegrationId,
    integrations::{store, webhook_token},
    providers::PublicKey,
    revision_watch::RevisionWatch,
    store::{Conn, Store, StoreError},
};

/// The integration and the keys that belong to a token.
#[derive(Debug)]
pub struct InboundToken {
    pub integration: IntegrationId,
    /// `None` if no key is configured, so that no signature can be verified.
    pub keys: Option<Vec<PublicKey>>,
    expires_at: Option<DateTime<Utc>>,
}

/// The cached tokens. Only existing tokens are cached, so that a flood of invented ones needs no queries.
pub struct InboundTokenCache {
    store: Store,
    revision_watch: RevisionWatch,
    tokens: tokio::sync::Mutex<TokensOfRevision>,
}

/// All tokens at one revision.
#[derive(Default)]
struct TokensOfRevision {
    /// `None` before the first read.
    revision: Option<i64>,
    /// The tokens by hash, with the entries of those that were used.
    by_hash: HashMap<String, Option<Arc<InboundToken>>>,
}

impl InboundTokenCache {
    pub fn new(store: Store, revision_watch: RevisionWatch) -> Self {
        InboundTokenCache {
            store,
            revision_watch,
            tokens: tokio::sync::Mutex::default(),
        }
    }

    /// The entry of a token that existed when the newest known revision was read. A token that another replica has
    /// created since is found by [`InboundTokenCache::look_up`] only.
    pub async fn find(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<InboundToken>>, StoreError> {
        let hash = webhook_token::hash_of(token);
        // Before the rows are read: after a change in between, the entry has an old revision and is read again.
        let revision = self.revision_watch.newest();
        match self.remembered(&hash, revision).await? {
            None => Ok(None),
            Some(Some(inbound)) if inbound.expires_at.is_none_or(|end| now < end) => {
                Ok(Some(inbound))
            }
            Some(_) => self.read(hash, revision, now).await,
        }
    }

    /// Reads the entry of a token from the database; `None` if the token is unknown, has expired, or belongs to an
    /// archived integration.
    pub async fn look_up(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<InboundToken>>, StoreError> {
        let revision = self.revision_watch.newest();
        self.read(webhook_token::hash_of(token), revision, now)
            .await
    }

    /// What is cached of a token, with the hashes of all tokens, which are read once per revision.
    async fn remembered(
        &self,
        hash: &str,
        revision: i64,
    ) -> Result<Option<Option<Arc<InboundToken>>>, StoreError> {
        let mut tokens = self.tokens.lock().await;
        if tokens.revision != Some(revision) {
            let hashes = self.store.read(store::all_token_hashes).await?;
            *tokens = TokensOfRevision {
                revision: Some(revision),
                by_hash: hashes.into_iter().map(|hash| (hash, None)).collect(),
            };
        }
        Ok(tokens.by_hash.get(hash).cloned())
    }

    async fn read(
        &self,
        hash: String,
        revision: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<InboundToken>>, StoreError> {
        let wanted = hash.clone();
        let read = move |conn: &mut Conn| read(conn, &wanted, now);
        let found = self.store.snapshot(read).await?.map(Arc::new);
        let mut tokens = self.tokens.lock().await;
        if tokens.revision == Some(revision) && found.is_some() {
            tokens.by_hash.insert(hash, found.clone());
        }
        Ok(found)
    }
}

fn read(
    conn: &mut Conn,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<InboundToken>, StoreError> {
    let Some(owner) = store::find_by_webhook_token(conn, hash, now)? else {
        return Ok(None);
    };
    let integration = store::find(conn, owner.integration)?;
    let Some(settings) = integration
        .as_ref()
        .and_then(|it| it.settings.as_provider())
    else {
        return Ok(None);
    };
    let pems = &settings.webhook_public_keys;
    // An unreadable key verifies nothing, but it still counts as configured, so that unsigned webhooks are refused.
    let keys = pems.iter().filter_map(|pem| PublicKey::parse(pem).ok());
    Ok(Some(InboundToken {
        integration: owner.integration,
        keys: (!pems.is_empty()).then(|| keys.collect()),
        expires_at: owner.expires_at,
    }))
}
