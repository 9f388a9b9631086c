//! What a payment was made of, unsealed: the amounts of its cart, and the order that the popup is given.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{error::PaymentError, order::OrderTotals, store};
use crate::{cart, http::problem::Problem, ids::PaymentId, seal::Sealer};

/// What a payment was made of, as long as that is kept.
#[derive(Clone, Debug)]
pub struct OpenedCheckout {
    /// Tells the same cart from another.
    pub digest: String,
    /// The amounts and lines of the cart; `None` for a cart that does not add up by the rules of today.
    pub totals: Option<OrderTotals>,
    /// The order for the popup as JSON. `None` where the order is made without the buyer.
    pub popup_order: Option<String>,
}

impl OpenedCheckout {
    /// Unseals it.
    pub fn open(
        sealer: &Sealer,
        id: PaymentId,
        checkout: store::Checkout,
    ) -> Result<Self, PaymentError> {
        #[derive(Deserialize)]
        struct CheckoutTexts<'k> {
            #[serde(borrow)]
            cart: &'k RawValue,
            #[serde(borrow)]
            order: &'k RawValue,
        }
        let place = id.to_string();
        let opened = sealer.open(store::checkout_place(&place), &checkout.sealed);
        let opened = opened.map_err(Problem::internal)?;
        let kept: CheckoutTexts<'_> =
            serde_json::from_str(opened.expose()).map_err(Problem::internal)?;
        let cart = cart::read(kept.cart.get()).ok();
        Ok(OpenedCheckout {
            digest: checkout.digest,
            totals: cart.and_then(|cart| OrderTotals::read(&cart).ok()),
            popup_order: checkout.secure_hash.map(|_| kept.order.get().to_owned()),
        })
    }
}
