//! Erases a buyer from payments and their carts.

use std::collections::BTreeSet;

use serde_json::json;

use super::store;
use crate::{
    audit::{self, Actor, Change},
    ids::PaymentId,
    pii::Email,
    privacy::{CannotSearch, EmailKey, rows_that_mention},
    seal::Sealer,
    store::{Store, StoreError, Tx},
};

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// The number of carts that were deleted.
    pub carts: u64,
    /// The number of payments whose buyer was erased.
    pub buyers: u64,
    /// Payments with something open, which were left alone.
    pub kept: Vec<PaymentId>,
}

/// Who is to be erased, and who requested it.
pub struct Erasure<'e> {
    pub buyer: &'e Email,
    pub key: &'e EmailKey,
    pub actor: &'e Actor,
    /// Whether payments with something open are erased too.
    pub open_too: bool,
}

/// Erases every cart that names the buyer, and the buyer of every payment with the buyer's address. `progress` gets the
/// number of carts read. An error does not undo what was erased before it.
pub async fn erase(
    store: &Store,
    sealer: &Sealer,
    wanted: &Erasure<'_>,
    progress: &mut impl FnMut(u64),
) -> Result<Erased, CannotSearch> {
    let carts = rows_that_mention(store, sealer, store::CHECKOUTS, wanted.buyer, progress);
    let carts = carts.await?;
    let carts: BTreeSet<_> = carts
        .iter()
        .map(|row| payment_id(row))
        .collect::<Result<_, _>>()?;
    let hash = wanted.key.hash(wanted.buyer);
    let hashed = store.read(move |conn| store::list_by_email(conn, &hash));
    let buyers: BTreeSet<PaymentId> = hashed.await?.into_iter().collect();
    let mut erased = Erased::default();
    for payment in carts.union(&buyers).copied() {
        if erase_one(store, wanted, payment).await? {
            erased.carts += u64::from(carts.contains(&payment));
            erased.buyers += u64::from(buyers.contains(&payment));
        } else {
            erased.kept.push(payment);
        }
    }
    Ok(erased)
}

/// The id of a payment in a row of its cart.
pub(super) fn payment_id(row: &str) -> Result<PaymentId, StoreError> {
    let unreadable = |_| StoreError::unreadable(format!("the id of payment {row}"));
    row.parse().map_err(unreadable)
}

/// Erases one payment's cart and buyer, with an audit entry. Returns false if it has something open and was kept.
async fn erase_one(
    store: &Store,
    wanted: &Erasure<'_>,
    payment: PaymentId,
) -> Result<bool, StoreError> {
    let (actor, open_too) = (wanted.actor.clone(), wanted.open_too);
    let hash = wanted.buyer.hash();
    let erased = json!({ "from": hash, "to": null });
    let fields = json!({ "cart": erased, "buyer": erased });
    let entry = Change::of("erase", "payment", payment, fields);
    let write = move |tx: &mut Tx<'_>| {
        let erased = store::erase_checkout(tx, payment, open_too)?;
        if erased {
            store::erase_person(tx, payment)?;
            audit::record(tx, &actor, &entry)?;
        }
        Ok(erased)
    };
    store.write(write).await
}
