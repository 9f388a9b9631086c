//! Erases and exports the recorded carts of a buyer.

use serde_json::{Value, json};

use super::store;
use crate::{
    audit::{self, Actor, Change},
    pii::Email,
    privacy::{CannotSearch, EmailKey, open_json},
    seal::Sealer,
    store::{Store, StoreError},
};

/// Erases the recorded carts of a buyer, and returns their number. Trials refer to carts by id only, so the carts also
/// disappear from the examples of trials.
pub async fn erase(
    store: &Store,
    key: &EmailKey,
    actor: &Actor,
    buyer: &Email,
) -> Result<u64, StoreError> {
    let (hash, actor) = (key.hash(buyer), actor.clone());
    let person = buyer.hash();
    let erased = store
        .write(move |tx| {
            let erased = store::forget_buyer(tx, &hash)?;
            if erased > 0 {
                let entry = Change {
                    action: "erase",
                    resource_type: "recorded_carts",
                    resource_id: person.clone(),
                    fields: json!({ "carts": { "from": erased, "to": 0 } }),
                };
                audit::record(tx, &actor, &entry)?;
            }
            Ok::<_, StoreError>(erased)
        })
        .await?;
    Ok(erased as u64)
}

/// The recorded carts of a buyer, as they are stored.
pub async fn export(
    store: &Store,
    sealer: &Sealer,
    key: &EmailKey,
    buyer: &Email,
) -> Result<Vec<Value>, CannotSearch> {
    let hash = key.hash(buyer);
    let rows = store
        .read(move |conn| store::list_by_email(conn, &hash))
        .await?;
    let mut exported = Vec::new();
    for row in rows {
        let recorded = open_json(sealer, store::place(&row.id.to_string()), &row.sealed)?;
        exported.push(json!({ "recordedAt": row.recorded_at, "recorded": recorded }));
    }
    Ok(exported)
}
