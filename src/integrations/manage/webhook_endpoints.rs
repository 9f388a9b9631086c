//! Registers this integration's webhook URL at Apruve.
//!
//! Apruve can only add and remove addresses. The new one is added before the old one is removed, because a webhook that
//! arrives twice is harmless and a missing one is not. The present addresses are read first, so the operation can be
//! repeated safely, even after a call with unknown outcome.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{IntegrationError, entry};
use crate::{
    audit::{self, Actor},
    idempotency::{self, Key, Once},
    ids::IntegrationId,
    integrations::{
        IntegrationService,
        account::OpenAccount,
        connection::Trouble,
        endpoint::{EndpointTokens, ProviderEndpoint},
        store,
        webhook_token::{SealedToken, hash_of, masked, token_in},
    },
    outbound::Outbound,
    providers::{CommandOutcome, List, ProviderError, ProviderId},
    store::Store,
};

/// The addresses that Apruve has for a merchant, from the point of view of one integration.
pub struct Registrations {
    pub endpoints: List<ProviderEndpoint>,
    account: OpenAccount,
    token: SealedToken,
}

/// The result of a registration.
#[derive(Debug)]
pub struct Registered {
    pub endpoint: ProviderEndpoint,
    /// Whether it was registered by this request.
    pub made: bool,
    /// Our former addresses that were removed.
    pub removed: Vec<ProviderEndpoint>,
}

/// Lists the registered addresses.
pub async fn list(
    service: &IntegrationService,
    id: IntegrationId,
    now: DateTime<Utc>,
) -> Result<Registrations, IntegrationError> {
    let account = service.open_account(id).await?;
    let listing = account
        .at(&service.outbound)
        .webhook_endpoints(&account.merchant)
        .await
        .map_err(|error| IntegrationError::Unusable(Trouble::of(&error, &account.settings)))?;
    let urls = listing.items.iter().filter_map(|it| it.url.as_deref());
    let hashes: Vec<String> = urls.filter_map(token_in).map(hash_of).collect();
    let (token, owners) = service
        .store()
        .snapshot(move |conn| {
            let token = store::current_token(conn, id)?.ok_or(IntegrationError::NoWebhook)?;
            Ok::<_, IntegrationError>((token, store::find_token_owners(conn, &hashes, now)?))
        })
        .await?;
    let owners = owners.into_iter();
    let tokens = EndpointTokens {
        present: token.hash.clone(),
        owners: owners
            .map(|(hash, owner)| (hash, owner.integration))
            .collect(),
    };
    Ok(Registrations {
        endpoints: listing.map(|it| ProviderEndpoint::seen(it, id, &tokens, &service.origin)),
        account,
        token,
    })
}

/// Registers the present webhook URL unless it is registered, and removes stale ones. Changes before a failure are
/// recorded too.
pub async fn register(
    service: &IntegrationService,
    actor: Actor,
    key: Option<Key>,
    id: IntegrationId,
) -> Result<Once<Registered>, IntegrationError> {
    let seen = list(service, id, actor.at).await?;
    let ours = seen.endpoints.items.iter();
    let ours: Vec<_> = ours.filter(|it| it.ours).collect();
    let current = ours.iter().find(|it| it.current);
    let endpoint = match current {
        Some(endpoint) => ProviderEndpoint::clone(endpoint),
        None => add(&seen, service).await?,
    };
    let mut removed = Vec::new();
    let mut failed = None;
    for stale in ours.iter().filter(|it| it.id != endpoint.id) {
        match remove(&seen.account, &service.outbound, &stale.id).await {
            Ok(()) => removed.push(ProviderEndpoint::clone(stale)),
            Err(not_done) => failed = Some(not_done),
        }
    }
    let registered = Registered {
        made: current.is_none(),
        endpoint,
        removed,
    };
    match failed {
        None => write_down(service.store(), actor, key, id, registered).await,
        Some(not_done) => {
            // The idempotency key is not used up, because the request has to be sent again.
            write_down(service.store(), actor, None, id, registered).await?;
            Err(not_done)
        }
    }
}

async fn add(
    seen: &Registrations,
    service: &IntegrationService,
) -> Result<ProviderEndpoint, IntegrationError> {
    let account = &seen.account;
    let token = seen.token.open(&service.sealer)?;
    let url = service.origin.webhook_url(token.expose());
    let outcome = account
        .at(&service.outbound)
        .create_webhook_endpoint(&account.merchant, &url)
        .await;
    let made = done(outcome, account)?;
    Ok(ProviderEndpoint {
        id: made.id,
        url: Some(masked(&url)),
        version: made.version,
        ours: true,
        current: true,
    })
}

async fn remove(
    account: &OpenAccount,
    outbound: &Outbound,
    id: &ProviderId,
) -> Result<(), IntegrationError> {
    let apruve = account.at(outbound);
    match apruve.delete_webhook_endpoint(&account.merchant, id).await {
        // The address was already removed.
        CommandOutcome::Refused { status: 404, .. } => Ok(()),
        outcome => done(outcome, account),
    }
}

fn done<T>(outcome: CommandOutcome<T>, account: &OpenAccount) -> Result<T, IntegrationError> {
    let origin = account.settings.origin();
    Err(IntegrationError::Unusable(match outcome {
        CommandOutcome::Done(made) => return Ok(made),
        CommandOutcome::Refused { message, .. } => {
            return Err(IntegrationError::ProviderRefused(message));
        }
        CommandOutcome::KeyRefused { status } => Trouble::bad_key(&account.settings, status),
        CommandOutcome::Later(later) => Trouble::Later(later),
        CommandOutcome::NotSent(cause) => {
            Trouble::of(&ProviderError::NotSent(cause), &account.settings)
        }
        CommandOutcome::Lost(cause) => Trouble::Unreachable(format!(
            "{origin} did not say whether it was done: {cause}. Send the request again; nothing is registered twice."
        )),
    }))
}

/// Records the changes, if any, and the idempotency key.
async fn write_down(
    store: &Store,
    actor: Actor,
    key: Option<Key>,
    id: IntegrationId,
    registered: Registered,
) -> Result<Once<Registered>, IntegrationError> {
    let change = (registered.made || !registered.removed.is_empty())
        .then(|| entry("register_webhook_endpoint", id, audit_fields(&registered)));
    let operation = registered.endpoint.id.to_string();
    let replayed = store
        .write(move |tx| {
            let once = idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |_| Ok::<_, IntegrationError>((operation, ())),
                |_, _| Ok(()),
            )?;
            if let Some(change) = &change {
                audit::record(tx, &actor, change)?;
            }
            Ok::<_, IntegrationError>(once.replayed)
        })
        .await?;
    Ok(Once {
        value: registered,
        replayed,
    })
}

/// Our addresses that were added and removed.
fn audit_fields(registered: &Registered) -> serde_json::Value {
    let gone: Vec<_> = registered.removed.iter().map(|it| &it.url).collect();
    let come = Vec::from_iter(registered.made.then_some(&registered.endpoint.url));
    json!({ "webhookEndpoints": { "from": gone, "to": come } })
}
