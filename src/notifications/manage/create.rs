//! Creates and deletes endpoints.

use super::{NotificationError, WithSecret, entry, find_visible_locked, with_present_secret};
use crate::{
    audit::{self, Actor, changed_fields},
    auth::Websites,
    events,
    http::precondition::IfMatch,
    idempotency::{self, Key, Once},
    ids::{self, EndpointId},
    notifications::{MOST_ENDPOINTS, draft::EndpointDraft, endpoint::Endpoint, secret, store},
    seal::Sealer,
    store::Store,
};

/// Creates an endpoint with a secret. It gets events from now on.
pub async fn create(
    store: &Store,
    sealer: &Sealer,
    actor: Actor,
    key: Option<Key>,
    draft: EndpointDraft,
    caller: Websites,
) -> Result<Once<WithSecret>, NotificationError> {
    let mut endpoint = Endpoint {
        id: ids::fresh(actor.at),
        url: draft.url,
        types: draft.types,
        websites: draft.websites,
        description: draft.description,
        enabled: draft.enabled,
        disabled_reason: None,
        created_at: actor.at,
        updated_at: actor.at,
        version: 1,
        position: 0,
    };
    let secret = secret::generate(sealer, actor.at)?;
    let fields = changed_fields(None, Some(&endpoint.audit_fields()));
    let change = entry("create", endpoint.id, fields);
    store
        .write(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    if store::count_locked(tx)? >= MOST_ENDPOINTS as i64 {
                        return Err(NotificationError::TooMany);
                    }
                    endpoint.position = events::store::last_sequence(tx.conn())?;
                    store::insert(tx, &endpoint)?;
                    store::insert_secret(tx, endpoint.id, &secret, actor.at)?;
                    audit::record(tx, &actor, &change)?;
                    Ok((endpoint.id.to_string(), WithSecret { endpoint, secret }))
                },
                |tx, id| {
                    let id = id
                        .parse()
                        .map_err(|_| NotificationError::EndpointNotFound)?;
                    with_present_secret(tx, id, &caller)
                },
            )
        })
        .await
}

/// Deletes an endpoint with its secrets; nothing is delivered to it any more.
pub async fn delete(
    store: &Store,
    actor: Actor,
    id: EndpointId,
    if_match: IfMatch,
    caller: Websites,
) -> Result<(), NotificationError> {
    store
        .write(move |tx| {
            let endpoint = find_visible_locked(tx, id, &caller)?;
            if_match.check(endpoint.version)?;
            store::delete(tx, id, actor.at)?;
            let fields = changed_fields(Some(&endpoint.audit_fields()), None);
            audit::record(tx, &actor, &entry("delete", id, fields))?;
            Ok(())
        })
        .await
}
