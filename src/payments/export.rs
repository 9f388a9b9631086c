//! Exports the stored data of a buyer, for a person who requests it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{
    erase::payment_id,
    http::shapes::PaymentShape,
    loaded_payment::PaymentRows,
    store::{self, Checkout},
};
use crate::{
    ids::PaymentId,
    pii::Email,
    privacy::{CannotSearch, EmailKey, for_each_mention, open_json},
    seal::Sealer,
    store::Store,
};

/// A payment of the buyer's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedPayment {
    pub payment: PaymentShape,
    /// The cart and the order as they are kept; absent once they are erased.
    pub checkout: Option<Value>,
}

/// The payments whose buyer has the address, and those whose carts name it. `progress` gets the number of carts read.
pub async fn export(
    store: &Store,
    sealer: &Sealer,
    key: &EmailKey,
    buyer: &Email,
    progress: &mut impl FnMut(u64),
) -> Result<Vec<ExportedPayment>, CannotSearch> {
    let mut carts: BTreeMap<String, Value> = BTreeMap::new();
    let mut keep = |id: String, opened: &[u8]| {
        carts.insert(id, serde_json::from_slice(opened).unwrap_or_default());
    };
    for_each_mention(store, sealer, store::CHECKOUTS, buyer, progress, &mut keep).await?;
    let hash = key.hash(buyer);
    let hashed = store.read(move |conn| store::list_by_email(conn, &hash));
    let mut ids: BTreeSet<String> = hashed.await?.iter().map(PaymentId::to_string).collect();
    ids.extend(carts.keys().cloned());
    let mut exported = Vec::new();
    for id in ids {
        let payment = payment_id(&id)?;
        let found = store.snapshot(move |conn| PaymentRows::find(conn, payment));
        let Some(PaymentRows { ledger, checkout }) = found.await? else {
            continue;
        };
        let open = |it: Checkout| open_json(sealer, store::checkout_place(&id), &it.sealed);
        let opened = match carts.remove(&id) {
            Some(cart) => Some(cart),
            None => checkout.map(open).transpose()?,
        };
        exported.push(ExportedPayment {
            payment: PaymentShape::of(&ledger),
            checkout: opened,
        });
    }
    Ok(exported)
}
