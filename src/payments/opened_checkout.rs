//! The unsealed checkout of a payment: the amounts of its cart, and the order for the popup.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{error::PaymentError, order::OrderTotals, store};
use crate::{cart, http::problem::Problem, ids::PaymentId, seal::Sealer};

/// The unsealed checkout of a payment.
#[derive(Clone, Debug)]
pub struct OpenedCheckout {
    /// The amounts and lines of the cart; `None` for a cart that does not add up by today's rules.
    pub totals: Option<OrderTotals>,
    /// The order for the popup as JSON; `None` if the order is made without the popup.
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
            totals: cart.and_then(|cart| OrderTotals::read(&cart).ok()),
            popup_order: checkout.secure_hash.map(|_| kept.order.get().to_owned()),
        })
    }
}
