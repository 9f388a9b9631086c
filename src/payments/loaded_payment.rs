//! A payment as it is read in one snapshot, for those who show it or decide on it.

use super::{
    buyer_confirmation::BuyerConfirmation, error::PaymentError, ledger::Ledger,
    opened_checkout::OpenedCheckout, service::PaymentService, store,
};
use crate::{
    auth::Websites,
    ids::PaymentId,
    store::{Conn, StoreError},
};

/// A payment with its transactions, its findings and what it was made of.
#[derive(Debug)]
pub struct LoadedPayment {
    pub ledger: Ledger,
    /// What it was made of, as long as that is kept.
    pub checkout: Option<OpenedCheckout>,
    /// What the popup is to be given, where that is known already.
    pub confirmation: Option<BuyerConfirmation>,
}

/// The rows of a payment.
pub(super) struct PaymentRows {
    pub ledger: Ledger,
    pub checkout: Option<store::Checkout>,
}

impl PaymentRows {
    /// Reads them; to be called in a snapshot.
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

    /// Unseals what a payment was made of.
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
