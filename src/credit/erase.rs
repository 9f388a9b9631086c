//! Erases and exports the credit entries of a buyer.

use serde_json::{Value, json};

use super::{entry::Outdated, store};
use crate::{
    audit::{self, Actor, Change},
    pii::Email,
    privacy::{CannotSearch, EmailKey, open_json},
    seal::Sealer,
    store::{Store, StoreError},
};

/// Erases a buyer's credit entries, also from the caches of running replicas, and returns their number.
pub async fn erase(
    store: &Store,
    key: &EmailKey,
    actor: &Actor,
    buyer: &Email,
) -> Result<u64, StoreError> {
    let hash = key.hash(buyer);
    let wanted = hash.clone();
    let rows = store
        .read(move |conn| store::list_by_email(conn, &wanted))
        .await?;
    for row in &rows {
        let (actor, integration, hash) = (actor.clone(), row.integration_id, hash.clone());
        let fields = json!({ "credit": { "from": buyer.hash(), "to": null } });
        let entry = Change::of("erase", "credit", integration, fields);
        store
            .write(move |tx| {
                store::drop_outdated(tx, integration, &Outdated::Buyer(hash), actor.at)?;
                audit::record(tx, &actor, &entry)?;
                Ok::<_, StoreError>(())
            })
            .await?;
    }
    Ok(rows.len() as u64)
}

/// Exports the stored credit entries of a buyer.
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
        let credit = open_json(sealer, store::place(&row.id), &row.sealed)?;
        exported.push(json!({
            "integrationId": row.integration_id, "readAt": row.read_at, "credit": credit,
        }));
    }
    Ok(exported)
}
