//! Activates and deactivates an integration.
//!
//! The method of an inactive integration is not offered and begins no payments; existing payments continue.

use serde_json::json;

use super::{IntegrationError, save_next};
use crate::{
    audit::Actor,
    events::{self, EventDraft, EventType},
    guarded_write::{Guarded, GuardedStore, Refusable},
    idempotency::{self, Key, Once},
    ids::IntegrationId,
    integrations::{Integration, store},
    payment_rules::usage::{self, RuleUse},
    store::Tx,
};

/// An integration and the rules that name its method.
#[derive(Debug)]
pub struct Switched {
    pub integration: Integration,
    pub rules: Vec<RuleUse>,
}

/// Activates or deactivates an integration. Repeating it has no effect and is no error. Failing rule tests may refuse
/// an activation, never a deactivation.
pub async fn switch(
    writes: &GuardedStore,
    actor: &Actor,
    (key, refusable): (Option<Key>, Refusable),
    id: IntegrationId,
    enabled: bool,
) -> Result<Guarded<Once<Switched>>, IntegrationError> {
    writes
        .write(refusable, actor, move |tx, actor| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    let mut integration =
                        store::find_locked(tx, id)?.ok_or(IntegrationError::NotFound)?;
                    if integration.enabled != enabled {
                        integration = turn(tx, actor, integration, enabled)?;
                    }
                    Ok((id.to_string(), with_rules(tx, integration)?))
                },
                |tx, _| {
                    let integration = store::find(tx, id)?.ok_or(IntegrationError::NotFound)?;
                    with_rules(tx, integration)
                },
            )
        })
        .await
}

fn turn(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mut integration: Integration,
    enabled: bool,
) -> Result<Integration, IntegrationError> {
    let action = if enabled { "activate" } else { "deactivate" };
    let fields = json!({ "enabled": { "from": !enabled, "to": enabled } });
    integration.enabled = enabled;
    let integration = save_next(tx, actor, integration, action, fields)?;
    if !enabled {
        let deactivated = EventType::IntegrationDeactivated;
        let data = integration.event_data();
        let event = EventDraft::of_integration(deactivated, actor.at, &data);
        events::append(tx, &[event])?;
    }
    Ok(integration)
}

fn with_rules(tx: &mut Tx<'_>, integration: Integration) -> Result<Switched, IntegrationError> {
    let rules = usage::rules_using(tx, integration.id)?;
    Ok(Switched { integration, rules })
}
