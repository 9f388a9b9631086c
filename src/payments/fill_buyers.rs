//! Fills in the buyers of payments from before the service stored them. Replicas may run it at once, and repeat it.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{buyer::BuyerIdentity, gateway::ProviderRegistry, store};
use crate::store::{Conn, StoreError, Tx};

/// Carts per write transaction, so that other writes do not wait long.
const BATCH: i64 = 100;

#[derive(Deserialize)]
struct OpenedCart<'s> {
    #[serde(borrow)]
    cart: &'s RawValue,
}

/// Reads the buyers from all carts that were not read yet, and returns how many were. A cart that cannot be unsealed is
/// skipped and logged.
pub async fn fill_buyers(providers: &ProviderRegistry) -> Result<u64, StoreError> {
    let (mut after, mut filled, mut unopened) = (String::new(), 0, 0_u64);
    loop {
        let from = after.clone();
        let list = move |conn: &mut Conn| store::list_unread(conn, &from, BATCH);
        let rows = providers.store.read(list).await?;
        let Some((last, _)) = rows.last() else {
            break;
        };
        after.clone_from(last);
        let mut buyers = Vec::new();
        for (id, sealed) in rows {
            match providers.sealer.open(store::checkout_place(&id), &sealed) {
                Ok(opened) => {
                    let cart = serde_json::from_str::<OpenedCart<'_>>(opened.expose());
                    let cart = cart.map_or("", |kept| kept.cart.get());
                    buyers.push((id, BuyerIdentity::of_cart(cart, None, &providers.email_key)));
                }
                Err(_) => unopened += 1,
            }
        }
        filled += buyers.len() as u64;
        let keep = move |tx: &mut Tx<'_>| {
            let mut buyers = buyers.iter();
            buyers.try_for_each(|(id, buyer)| store::keep_buyer(tx, id, buyer))
        };
        providers.store.write(keep).await?;
    }
    if unopened > 0 {
        tracing::warn!(
            carts = unopened,
            "carts do not open under the master key; their buyers are not known"
        );
    }
    Ok(filled)
}
