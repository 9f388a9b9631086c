//! Erases the stored webhook bodies that name a buyer.
//!
//! A body is only a hint: if its event was not applied yet, reconciliation finds the same change later.

use super::store;
use crate::{
    audit::{self, Actor, Change},
    pii::Email,
    privacy::{CannotSearch, rows_that_mention},
    seal::Sealer,
    store::{Store, StoreError},
};

/// Erases every body that names the buyer, and returns their number. `progress` gets the number of bodies read.
pub async fn erase(
    store: &Store,
    sealer: &Sealer,
    actor: &Actor,
    buyer: &Email,
    progress: &mut impl FnMut(u64),
) -> Result<u64, CannotSearch> {
    let mut erased = 0;
    for event in rows_that_mention(store, sealer, store::BODIES, buyer, progress).await? {
        let actor = actor.clone();
        let fields = serde_json::json!({ "body": { "from": buyer.hash(), "to": null } });
        let entry = Change::of("erase", "webhook_event", &event, fields);
        let gone = store.write(move |tx| {
            let gone = store::erase_body(tx, &event)?;
            if gone {
                audit::record(tx, &actor, &entry)?;
            }
            Ok::<_, StoreError>(gone)
        });
        erased += u64::from(gone.await?);
    }
    Ok(erased)
}
