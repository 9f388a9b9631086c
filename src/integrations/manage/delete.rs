//! Takes an integration out of use for good.

use super::{NotDone, announce, entry};
use crate::{
    audit::{Actor, changed_fields},
    freshness::Freshness,
    ids::IntegrationId,
    integrations::store,
    payment_rules::usage::{self, Detached},
    precondition::IfMatch,
    store::Store,
};

/// Archives it. Payments that are not at rest stand in the way. So do rules that use its method, unless `detach` takes the
/// method out of them first; then they are returned as they are then.
pub async fn delete(
    store: &Store,
    freshness: &Freshness,
    actor: Actor,
    id: IntegrationId,
    if_match: IfMatch,
    detach: bool,
) -> Result<Detached, NotDone> {
    let (detached, revision) = store
        .write(move |tx| {
            let integration = store::find_locked(tx, id)?.ok_or(NotDone::NotFound)?;
            if_match.check(integration.version)?;
            let rules = usage::rules_using(tx, id)?;
            let open_payments = store::count_open_payments(tx, id)?;
            if open_payments > 0 || !(rules.is_empty() || detach) {
                let rules = if detach { Vec::new() } else { rules };
                return Err(NotDone::InUse {
                    rules,
                    open_payments,
                });
            }
            let detached = if rules.is_empty() {
                Detached::default()
            } else {
                usage::detach(tx, &actor, id)?
            };
            store::archive(tx, id, actor.at)?;
            let fields = changed_fields(Some(&integration.told()), None);
            let entry = entry("delete", &integration, fields);
            let revision = announce(tx, &actor, &entry, &integration.name)?;
            Ok((detached, revision))
        })
        .await?;
    freshness.see(revision).await;
    Ok(detached)
}
