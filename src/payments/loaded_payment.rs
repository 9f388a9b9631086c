//! A payment with its cart and findings, read in one snapshot of the database.

use super::{
    error::PaymentError, ledger::Ledger, opened_checkout::OpenedCheckout, projection::Projection,
    service::PaymentService, store,
};
use crate::{
    auth::Websites,
    findings::Finding,
    ids::PaymentId,
    providers::BuyerConfirmation,
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
