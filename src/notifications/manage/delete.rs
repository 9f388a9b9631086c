//! Deletes an endpoint.

use super::{NotificationError, entry, find_visible_locked};
use crate::{
    audit::{self, Actor, changed_fields},
    auth::Websites,
    http::precondition::IfMatch,
    ids::EndpointId,
    notifications::store,
    store::Store,
};

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
