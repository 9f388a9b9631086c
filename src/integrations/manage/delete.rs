//! Deletes an integration by archiving it.

use serde_json::json;

use super::{IntegrationError, announce, entry};
use crate::{
    audit::{Actor, changed_fields},
    guarded_write::{Guarded, GuardedStore, Refusable},
    http::precondition::IfMatch,
    ids::IntegrationId,
    integrations::store,
    payment_rules::usage::{self, Detached},
    store::StoreError,
};

/// Archives an integration. Unfinished payments prevent it. So do rules that use its method, unless `detach` is set:
/// then the method is removed from the rules, and these are returned as they are afterwards.
pub async fn delete(
    writes: &GuardedStore,
    actor: &Actor,
    id: IntegrationId,
    if_match: IfMatch,
    detach: bool,
) -> Result<Guarded<Detached>, IntegrationError> {
    writes
        .write(Refusable::Never, actor, move |tx, actor| {
            let (version, name, fields_before) = match store::find_locked(tx, id) {
                Ok(found) => {
                    let found = found.ok_or(IntegrationError::NotFound)?;
                    (found.version, found.name.clone(), found.audit_fields())
                }
                // An integration that cannot be read must still be deletable.
                Err(StoreError::Broken(_)) => {
                    let (version, name) =
                        store::find_version(tx, id)?.ok_or(IntegrationError::NotFound)?;
                    (version, name, json!({ "unreadable": true }))
                }
                Err(error) => return Err(error.into()),
            };
            if_match.check(version)?;
            let rules = usage::rules_using(tx, id)?;
            let unreadable = usage::unreadable_rules_using(tx, id)?;
            let open_payments = store::count_open_payments(tx, id)?;
            let can_detach = detach && unreadable.is_empty();
            if open_payments > 0 || !(rules.is_empty() || can_detach) {
                let rules = if detach { unreadable } else { rules };
                return Err(IntegrationError::InUse {
                    rules,
                    open_payments,
                });
            }
            let detached = match rules.is_empty() {
                true => Detached::default(),
                false => usage::detach(tx, actor, id)?,
            };
            store::archive(tx, id, actor.at)?;
            let fields = changed_fields(Some(&fields_before), None);
            announce(tx, actor, &entry("delete", id, fields), (id, &name))?;
            Ok(detached)
        })
        .await
}
