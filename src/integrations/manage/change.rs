//! Changes an integration by PUT or merge patch.
//!
//! The body is read against the current version outside of any transaction, and written only if that version is still
//! the current one. Otherwise the change is tried again with the newer version, unless `If-Match` rules it out.

use std::sync::Arc;

use serde_json::json;

use super::{IntegrationError, announce, entry};
use crate::{
    audit::{self, Actor, changed_fields},
    guarded_write::{Guarded, Refusable},
    http::{merge_patch::BodyChange, precondition::IfMatch, problem::FieldError},
    ids::IntegrationId,
    integrations::{
        Integration, IntegrationService,
        connection::warnings_of_change,
        draft::{self, IntegrationDraft},
        health,
        integration::DOTS,
        store::{self, WrittenIntegration},
    },
    seal::Sealer,
    store::Tx,
};

/// The number of attempts. Only `If-Match: *` can fail more than once, and each failure means that another writer
/// succeeded.
const ATTEMPTS: u8 = 5;

/// A requested change.
pub struct IntegrationUpdate {
    pub id: IntegrationId,
    /// The version that the caller wants to change.
    pub if_match: IfMatch,
    pub refusable: Refusable,
    pub edit: BodyChange,
}

/// Makes the change and returns the resulting integration, with the side effects of the change among the warnings. A
/// change without effect creates no new version.
pub async fn change(
    service: &IntegrationService,
    actor: &Actor,
    update: IntegrationUpdate,
) -> Result<Guarded<Integration>, IntegrationError> {
    let id = update.id;
    for _ in 0..ATTEMPTS {
        let current = service.store().read(move |conn| store::find(conn, id));
        let current = current.await?.ok_or(IntegrationError::NotFound)?;
        update.if_match.check(current.version)?;
        let body = update.edit.apply_to(current.as_body());
        let draft = draft::read(&body, Some(&current), service.outbound.policy())?;
        let Some(plan) = Plan::of(&current, draft, &service.sealer, actor)? else {
            return Ok(Guarded {
                value: current,
                warnings: Vec::new(),
            });
        };
        let plan = Arc::new(plan);
        let carry_out = move |tx: &mut Tx<'_>, actor: &Actor| plan.carry_out(tx, actor);
        let written = service.writes.write(update.refusable, actor, carry_out);
        let written = written.await?;
        if let Some(integration) = written.value {
            let settings = |it: &Integration| it.settings.as_provider().cloned();
            let both = settings(&current).zip(settings(&integration));
            let effects = both.map_or_else(Vec::new, |(before, after)| {
                warnings_of_change(&before, &after)
            });
            let effects = effects.into_iter().map(FieldError::from);
            return Ok(Guarded {
                value: integration,
                warnings: effects.chain(written.warnings).collect(),
            });
        }
    }
    Err(IntegrationError::Contended)
}

/// A new version that is ready to be written over its predecessor.
struct Plan {
    next: WrittenIntegration,
    /// The changed settings that select another account; they are refused once a payment exists.
    moved: Vec<&'static str>,
    api_key: Option<String>,
    entry: audit::Change<'static>,
}

impl Plan {
    /// `None` if nothing changes.
    fn of(
        current: &Integration,
        draft: IntegrationDraft,
        sealer: &Sealer,
        actor: &Actor,
    ) -> Result<Option<Self>, IntegrationError> {
        let next = Integration {
            name: draft.name,
            label: draft.label,
            short_label: draft.short_label,
            settings: draft.settings,
            version: current.version + 1,
            updated_at: actor.at,
            ..current.clone()
        };
        if draft.api_key.is_none() && next.says_the_same_as(current) {
            return Ok(None);
        }
        let mut fields = changed_fields(Some(&current.audit_fields()), Some(&next.audit_fields()));
        let mut api_key = None;
        if let Some(key) = draft.api_key {
            fields["apiKey"] = json!({ "from": DOTS, "to": DOTS });
            let id = next.id.to_string();
            api_key = Some(sealer.seal(store::api_key_place(&id), &key)?);
        }
        Ok(Some(Plan {
            entry: entry("update", next.id, fields),
            moved: match (current.settings.as_provider(), next.settings.as_provider()) {
                (Some(current), Some(next)) => current.fields_that_move(next),
                _ => Vec::new(),
            },
            next: WrittenIntegration::new(next),
            api_key,
        }))
    }

    /// Writes the new version; `None` if its predecessor is not the current version any more.
    fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
    ) -> Result<Option<Integration>, IntegrationError> {
        let id = self.next.integration.id;
        if !self.moved.is_empty() {
            // The lock excludes a concurrent payment, whose row refers to this one.
            store::find_locked(tx, id)?;
            if store::has_payments(tx, id)? {
                return Err(IntegrationError::Bound(self.moved.clone()));
            }
        }
        if !store::save(tx, &self.next, self.api_key.as_deref())? {
            return Ok(None);
        }
        if self.api_key.is_some() {
            health::store::check_soon(tx, id, actor.at)?;
        }
        announce(tx, actor, &self.entry, (id, &self.next.integration.name))?;
        Ok(Some(self.next.integration.clone()))
    }
}
