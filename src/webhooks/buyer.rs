//! Exports and erases the stored webhook bodies that name a buyer.

use serde::Serialize;
use serde_json::{Value, json};

use super::store;
use crate::{
    audit::{self, Actor, Change},
    pii::Email,
    privacy::{CannotSearch, for_each_mention, rows_that_mention},
    seal::Sealer,
    store::{Store, StoreError},
};

/// A body that names the buyer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedBody {
    pub webhook_event_id: String,
    /// The body as JSON, or as a string if it is not JSON.
    pub body: Value,
}

/// Every body that names the buyer, for a data subject request. `progress` gets the number of bodies read.
pub async fn export(
    store: &Store,
    sealer: &Sealer,
    buyer: &Email,
    progress: &mut impl FnMut(u64),
) -> Result<Vec<ExportedBody>, CannotSearch> {
    let mut bodies = Vec::new();
    let mut keep = |webhook_event_id: String, opened: &[u8]| {
        let text = || Value::from(String::from_utf8_lossy(opened));
        bodies.push(ExportedBody {
            webhook_event_id,
            body: serde_json::from_slice(opened).unwrap_or_else(|_| text()),
        });
    };
    for_each_mention(store, sealer, store::BODIES, buyer, progress, &mut keep).await?;
    Ok(bodies)
}

/// Erases every body that names the buyer, and returns their number. `progress` gets the number of bodies read. A body is
/// only a hint: if its event was not applied yet, reconciliation finds the same change later.
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
        let fields = json!({ "body": { "from": buyer.hash(), "to": null } });
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
