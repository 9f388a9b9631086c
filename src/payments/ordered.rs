//! What a payment's order is made of, as long as its cart is kept.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{error::PaymentError, order::OrderTotals, service::PaymentService, store};
use crate::{cart, http::problem::Problem, ids::PaymentId};

impl PaymentService {
    /// The amounts and lines of a payment's cart. `None` once the cart is erased, and for one that was taken by rules of
    /// adding up that no longer hold.
    pub async fn ordered(&self, id: PaymentId) -> Result<Option<OrderTotals>, PaymentError> {
        #[derive(Deserialize)]
        struct Kept<'k> {
            #[serde(borrow)]
            cart: &'k RawValue,
        }
        let Some(checkout) = self.checkout(id).await? else {
            return Ok(None);
        };
        let id = id.to_string();
        let sealer = &self.providers().sealer;
        let opened = sealer.open(store::checkout_place(&id), &checkout.sealed);
        let opened = opened.map_err(Problem::internal)?;
        let kept: Kept<'_> = serde_json::from_str(opened.expose()).map_err(Problem::internal)?;
        let cart = cart::read(kept.cart.get()).ok();
        Ok(cart.and_then(|cart| OrderTotals::read(&cart).ok()))
    }
}
