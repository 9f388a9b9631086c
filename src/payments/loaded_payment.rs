//! A payment with its cart and findings, read in one snapshot of the database.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    error::PaymentError, ledger::Ledger, order::OrderTotals, projection::Projection,
    service::PaymentService, store,
};
use crate::{
    auth::Websites,
    cart,
    findings::Finding,
    http::problem::Problem,
    ids::PaymentId,
    providers::BuyerConfirmation,
    seal::Sealer,
    store::{Conn, StoreError},
};

/// A payment with its transactions, its findings, and its cart and order.
#[derive(Debug)]
pub struct LoadedPayment {
    pub ledger: Ledger,
    /// The cart and the order, while they are kept.
    pub checkout: Option<OpenedCheckout>,
    /// The data for the popup, if it is known already.
    pub confirmation: Option<BuyerConfirmation>,
}

impl LoadedPayment {
    /// A new payment after it was written, with the findings of its order.
    pub fn written(self, findings: Vec<Finding>) -> Self {
        let live = Projection::of(&self.ledger).active;
        let ledger = self.ledger.saved(live).with_findings(findings);
        LoadedPayment { ledger, ..self }
    }
}

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

/// The rows of a payment.
pub(super) struct PaymentRows {
    pub ledger: Ledger,
    pub checkout: Option<store::Checkout>,
}

impl PaymentRows {
    /// Reads the rows. To be called in a snapshot of the database.
    pub fn find(conn: &mut Conn, id: PaymentId) -> Result<Option<Self>, StoreError> {
        let Some(ledger) = store::load(conn, id)? else {
            return Ok(None);
        };
        let checkout = store::find_checkout(conn, id)?;
        Ok(Some(PaymentRows { ledger, checkout }))
    }

    /// As [`PaymentRows::find`], for a payment of one of these websites.
    pub fn of_websites(
        conn: &mut Conn,
        id: PaymentId,
        websites: &Websites,
    ) -> Result<Self, PaymentError> {
        PaymentRows::find(conn, id)?
            .filter(|it| websites.include(it.ledger.payment.website.as_deref()))
            .ok_or(PaymentError::NotFound)
    }
}

impl PaymentService {
    /// A payment in its current state, if the caller may see it.
    pub async fn load(
        &self,
        id: PaymentId,
        websites: &Websites,
    ) -> Result<LoadedPayment, PaymentError> {
        let websites = websites.clone();
        let read = move |conn: &mut Conn| PaymentRows::of_websites(conn, id, &websites);
        self.unseal(self.store().snapshot(read).await?)
    }

    /// Unseals the cart and the order of a payment.
    pub(super) fn unseal(&self, rows: PaymentRows) -> Result<LoadedPayment, PaymentError> {
        let id = rows.ledger.payment.id;
        let open = |checkout| OpenedCheckout::open(&self.providers().sealer, id, checkout);
        Ok(LoadedPayment {
            checkout: rows.checkout.map(open).transpose()?,
            ledger: rows.ledger,
            confirmation: None,
        })
    }
}
