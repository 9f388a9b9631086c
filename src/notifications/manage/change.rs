//! Changes an endpoint by PUT or merge patch.
//!
//! The body is read against the current version, and written only if that version is still the current one.

use super::{NotificationError, entry, find_visible};
use crate::{
    audit::{self, Actor, changed_fields},
    auth::Websites,
    events,
    http::{merge_patch::BodyChange, precondition::IfMatch},
    ids::EndpointId,
    notifications::{draft, endpoint::Endpoint, store},
    outbound::HostPolicy,
    store::Store,
};

/// The number of attempts. Only `If-Match: *` can fail more than once, and each failure means that another writer
/// succeeded.
const ATTEMPTS: u8 = 5;

/// The requested change.
pub struct EndpointUpdate {
    pub id: EndpointId,
    pub if_match: IfMatch,
    pub edit: BodyChange,
    pub caller: Websites,
}

/// Makes the change and returns the resulting endpoint. A change without effect creates no new version. An endpoint
/// that is switched on gets events from then on.
pub async fn change(
    store: &Store,
    policy: &HostPolicy,
    actor: Actor,
    update: EndpointUpdate,
) -> Result<Endpoint, NotificationError> {
    let id = update.id;
    for _ in 0..ATTEMPTS {
        let caller = update.caller.clone();
        let current = store
            .read(move |conn| find_visible(conn, id, &caller))
            .await?;
        update.if_match.check(current.version)?;
        let next = update.apply(&current, policy, &actor)?;
        if next.audit_fields() == current.audit_fields() {
            return Ok(current);
        }
        let fields = changed_fields(Some(&current.audit_fields()), Some(&next.audit_fields()));
        let (change, actor) = (entry("update", id, fields), actor.clone());
        let saved = store
            .write(move |tx| {
                let mut next = next;
                let begins_anew = next.enabled && !current.enabled;
                if begins_anew {
                    next.position = events::store::last_sequence(tx.conn())?;
                }
                if !store::save(tx, &next, begins_anew)? {
                    return Ok(None);
                }
                audit::record(tx, &actor, &change)?;
                Ok::<_, NotificationError>(Some(next))
            })
            .await?;
        if let Some(saved) = saved {
            return Ok(saved);
        }
    }
    Err(NotificationError::Contended)
}

impl EndpointUpdate {
    fn apply(
        &self,
        current: &Endpoint,
        policy: &HostPolicy,
        actor: &Actor,
    ) -> Result<Endpoint, NotificationError> {
        let body = self.edit.apply_to(current.as_body());
        let draft = draft::read(&body, Some(current), &self.caller, policy)?;
        let is_as_it_was = draft.enabled == current.enabled;
        Ok(Endpoint {
            url: draft.url,
            types: draft.types,
            websites: draft.websites,
            description: draft.description,
            enabled: draft.enabled,
            disabled_reason: current.disabled_reason.filter(|_| is_as_it_was),
            version: current.version + 1,
            updated_at: actor.at,
            ..current.clone()
        })
    }
}
