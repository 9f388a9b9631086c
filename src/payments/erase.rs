//! Erases a buyer from what payments were made of.

use super::store;
use crate::{
    audit::{self, Actor, Change},
    ids::PaymentId,
    integrations::mentions::{CannotSearch, rows_that_mention},
    personal::Email,
    seal::Sealer,
    store::{Store, StoreError},
};

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many carts are gone.
    pub carts: u64,
    /// Payments with something open, whose carts were left alone.
    pub kept: Vec<PaymentId>,
}

/// Erases every cart that names the buyer; those of payments with something open only when `open_too`. `told` hears how many
/// carts were looked into. What was erased before an error stays so.
pub async fn erase(
    store: &Store,
    sealer: &Sealer,
    actor: &Actor,
    buyer: &Email,
    open_too: bool,
    told: &mut impl FnMut(u64),
) -> Result<Erased, CannotSearch> {
    let mut erased = Erased::default();
    for row in rows_that_mention(store, sealer, store::CHECKOUTS, buyer, told).await? {
        let payment: PaymentId = row
            .parse()
            .map_err(|_| StoreError::unreadable(format!("the id of payment {row}")))?;
        if erase_one(store, actor, buyer, payment, open_too).await? {
            erased.carts += 1;
        } else {
            erased.kept.push(payment);
        }
    }
    Ok(erased)
}

/// Erases one cart and writes down that it was. False when the payment has something open and its cart was kept.
async fn erase_one(
    store: &Store,
    actor: &Actor,
    buyer: &Email,
    payment: PaymentId,
    open_too: bool,
) -> Result<bool, StoreError> {
    let actor = actor.clone();
    let entry = Change {
        action: "erase",
        resource_type: "payment",
        resource_id: payment.to_string(),
        fields: serde_json::json!({ "cart": { "from": buyer.hash(), "to": null } }),
    };
    store
        .write(move |tx| {
            let erased = store::erase_checkout(tx, payment, open_too)?;
            if erased {
                audit::record(tx, &actor, &entry)?;
            }
            Ok(erased)
        })
        .await
}
