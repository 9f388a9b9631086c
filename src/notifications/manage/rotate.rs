//! Rotates the secret of an endpoint.

use chrono::TimeDelta;
use serde_json::json;

use super::{NotificationError, WithSecret, entry, find_visible_locked, with_present_secret};
use crate::{
    audit::{self, Actor},
    auth::Websites,
    idempotency::{self, Key, Once},
    ids::EndpointId,
    notifications::{
        endpoint::Endpoint,
        secret::{self, SealedSecret},
        store,
    },
    seal::Sealer,
    store::{Store, Tx},
};

/// The placeholder for a secret in the audit log.
const DOTS: &str = "…";

/// Creates a new secret. Until `grace` is over, deliveries are signed with the former secrets too.
pub async fn rotate(
    store: &Store,
    sealer: &Sealer,
    actor: Actor,
    key: Option<Key>,
    id: EndpointId,
    grace: TimeDelta,
    caller: Websites,
) -> Result<Once<WithSecret>, NotificationError> {
    let secret = secret::generate(sealer, actor.at)?;
    store
        .write(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    let endpoint = find_visible_locked(tx, id, &caller)?;
                    let rotated = put_in_place(tx, &actor, endpoint, secret, grace)?;
                    Ok((id.to_string(), rotated))
                },
                |tx, _| with_present_secret(tx, id, &caller),
            )
        })
        .await
}

fn put_in_place(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mut endpoint: Endpoint,
    secret: SealedSecret,
    grace: TimeDelta,
) -> Result<WithSecret, NotificationError> {
    endpoint.version += 1;
    endpoint.updated_at = actor.at;
    store::retire_secrets(tx, endpoint.id, actor.at + grace)?;
    store::forget_secrets(tx, endpoint.id, actor.at)?;
    store::insert_secret(tx, endpoint.id, &secret, actor.at)?;
    if !store::save(tx, &endpoint, false)? {
        // Unreachable in practice, because the row was read under a lock.
        return Err(NotificationError::Contended);
    }
    let fields = json!({
        "secret": { "from": DOTS, "to": DOTS },
        "graceSeconds": { "from": null, "to": grace.num_seconds() },
    });
    audit::record(tx, actor, &entry("rotate_secret", endpoint.id, fields))?;
    Ok(WithSecret { endpoint, secret })
}
