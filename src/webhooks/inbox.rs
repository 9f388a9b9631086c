//! Receives a webhook: finds the integration, verifies the signature, and stores one row before the response is sent.

use std::{net::IpAddr, sync::Arc};

use actix_web::web::Bytes;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use metrics::Counter;

use super::{
    apply::unintelligible,
    event::body_place,
    inbound_token::{InboundToken, InboundTokenCache},
    signature_pool::{PoolError, SignaturePool},
    store::{self, NewEvent},
    worker::Wakeups,
};
use crate::{
    auth::Auth,
    clock::Clock,
    config,
    http::problem::Problem,
    ids::{self, EventId, IntegrationId},
    providers::{self, BadSignature, ParsedEvent, Provider},
    rate_limit::{Class, RateLimitKey},
    revision_watch::RevisionWatch,
    seal::{CannotSeal, Sealer},
    store::{Grouped, Store, StoreError},
    string_enum::string_enum,
};

/// The inbox of the process.
pub struct Inbox {
    events: Grouped<NewEvent, bool>,
    clock: Clock,
    sealer: Arc<Sealer>,
    auth: Auth,
    inbound_token: InboundTokenCache,
    signature_pool: SignaturePool,
    wakeups: Wakeups,
}

/// Why a webhook was not accepted; the provider will send it again.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    #[error("no integration has this token")]
    UnknownToken,
    /// The rate limit is exceeded.
    #[error("{0}")]
    TooMany(Problem),
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    #[error(transparent)]
    NotChecked(#[from] PoolError),
    #[error(transparent)]
    CannotSeal(#[from] CannotSeal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Inbox {
    pub fn new(
        store: Store,
        clock: Clock,
        sealer: Arc<Sealer>,
        auth: Auth,
        revision_watch: RevisionWatch,
        settings: &config::WebhookSettings,
    ) -> Self {
        Inbox {
            events: Grouped::new(store.clone(), store::insert),
            inbound_token: InboundTokenCache::new(store, revision_watch),
            signature_pool: SignaturePool::new(settings.verifiers, settings.verify_queue),
            wakeups: Wakeups::default(),
            clock,
            sealer,
            auth,
        }
    }

    /// The handles that wake the workers of this process.
    pub fn wakeups(&self) -> &Wakeups {
        &self.wakeups
    }

    /// Finds the integration of a token before the body is read. Wrong tokens are rate-limited by address before they
    /// cause a query.
    pub async fn open(
        &self,
        token: &str,
        from: Option<IpAddr>,
    ) -> Result<Arc<InboundToken>, ReceiveError> {
        let now = self.clock.now();
        if let Some(inbound) = self.inbound_token.find(token, now).await? {
            return Ok(inbound);
        }
        if let Some(address) = from {
            self.within(Class::WebhookMiss, RateLimitKey::Address(address))?;
        }
        let inbound = self.inbound_token.look_up(token, now).await?;
        inbound.ok_or_else(|| {
            count(Reception::UnknownToken);
            ReceiveError::UnknownToken
        })
    }

    /// Verifies and stores a webhook. When this returns `Ok`, the event is durable, now or from an earlier delivery.
    pub async fn take(
        &self,
        inbound: &Arc<InboundToken>,
        body: Bytes,
        signature: Option<String>,
    ) -> Result<(), ReceiveError> {
        if inbound.keys.is_none() {
            let key = inbound.integration.to_string();
            self.within(Class::WebhookUnverified, RateLimitKey::Subject(&key))?;
        }
        let now = self.clock.now();
        let (inbound, sealer) = (Arc::clone(inbound), Arc::clone(&self.sealer));
        let checked = self
            .signature_pool
            .run(move || read(&inbound, &sealer, &body, signature.as_deref(), now))
            .await;
        let event = match checked {
            Ok(Ok(event)) => event,
            Ok(Err(bad @ ReceiveError::BadSignature(_))) => {
                count(Reception::BadSignature);
                return Err(bad);
            }
            Ok(Err(other)) => return Err(other),
            Err(full) => {
                count(Reception::Busy);
                return Err(full.into());
            }
        };
        let (verified, waits) = (event.verified, event.ignored.is_none());
        let is_new = self.events.write(event).await?;
        count(match (is_new, verified) {
            (false, _) => Reception::Duplicate,
            (true, true) => Reception::Accepted,
            (true, false) => Reception::AcceptedUnverified,
        });
        if is_new && waits {
            self.wakeups.events.ring();
        }
        Ok(())
    }

    fn within(&self, class: Class, key: RateLimitKey<'_>) -> Result<(), ReceiveError> {
        let within = self.auth.limits().check(class, key);
        within.map(drop).map_err(|problem| {
            count(Reception::RateLimited);
            ReceiveError::TooMany(problem)
        })
    }
}

/// The work that needs processor time: verify the signature, parse the event, seal the body.
fn read(
    inbound: &InboundToken,
    sealer: &Sealer,
    body: &[u8],
    signature: Option<&str>,
    now: DateTime<Utc>,
) -> Result<NewEvent, ReceiveError> {
    if let Some(keys) = &inbound.keys {
        // A missing signature counts as a wrong one.
        providers::verify(keys, body, signature.unwrap_or_default())?;
    }
    let ParsedEvent {
        uuid,
        name,
        occurred_at,
        resource,
    } = Provider::parse_event(body);
    let id: EventId = ids::fresh(now);
    let id = id.to_string();
    Ok(NewEvent {
        body_sealed: sealer.seal_bytes(body_place(&id), body)?,
        id,
        integration: IntegrationId::to_string(&inbound.integration),
        dedup_key: uuid.unwrap_or_else(|| hash_of(body)),
        event: name,
        ignored: resource.as_ref().err().map(unintelligible),
        verified: inbound.keys.is_some(),
        occurred_at,
        received_at: now,
    })
}

/// The deduplication key of a body without a uuid.
fn hash_of(body: &[u8]) -> String {
    format!("sha256:{}", URL_SAFE_NO_PAD.encode(digest(&SHA256, body)))
}

string_enum! {
    /// The outcome of receiving a webhook.
    Reception as "WebhookReception" {
        Accepted = "accepted",
        AcceptedUnverified = "accepted_unverified",
        Duplicate = "duplicate",
        UnknownToken = "unknown_token",
        BadSignature = "bad_signature",
        RateLimited = "rate_limited",
        Busy = "busy",
    }
}

fn counter(reception: Reception) -> Counter {
    metrics::counter!("onterms_webhooks_total", "outcome" => reception.as_str())
}

fn count(reception: Reception) {
    counter(reception).increment(1);
}

/// Registers every series at zero, so that it exists before its first event.
pub fn register_metrics() {
    Reception::ALL
        .iter()
        .for_each(|it| counter(*it).increment(0));
}
