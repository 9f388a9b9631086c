//! The next action of the storefront.

use super::{
    error::PaymentError, gateway::ProviderClient, loaded_payment::LoadedPayment,
    service::PaymentService, status::Status, store,
};
use crate::{
    integrations::account::NoAccount,
    providers::{AccountKey, BuyerConfirmation},
    store::Tx,
};

impl PaymentService {
    /// The data that opens the provider's popup, while the order does not exist. `None` if the integration is deleted.
    pub async fn next_action(
        &self,
        payment: &LoadedPayment,
    ) -> Result<Option<BuyerConfirmation>, PaymentError> {
        if payment.confirmation.is_some() || popup_order(payment).is_none() {
            return Ok(payment.confirmation.clone());
        }
        match self.client(&payment.ledger).await {
            Ok(client) => self.confirmation(payment, &client).await,
            Err(NoAccount::NotFound | NoAccount::Offline) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// As [`PaymentService::next_action`], with an opened account. The order's hash uses the integration's present API
    /// key, with which the provider checks it. The hash is stored before it is returned, because the buyer's order will
    /// carry it even if the key changes again.
    pub(super) async fn confirmation(
        &self,
        payment: &LoadedPayment,
        client: &ProviderClient,
    ) -> Result<Option<BuyerConfirmation>, PaymentError> {
        let Some((account, order)) = popup_order(payment) else {
            return Ok(None);
        };
        let confirmation = client.confirmation(account, order)?;
        let id = payment.ledger.payment.id;
        let known = self.secure_hashes(id).await?;
        if !known.contains(&confirmation.secure_hash) {
            let (hash, at) = (confirmation.secure_hash.clone(), self.clock().now());
            let keep = move |tx: &mut Tx<'_>| store::insert_secure_hash(tx, id, &hash, at);
            self.store().write(keep).await?;
        }
        Ok(Some(confirmation))
    }
}

/// The account and the order for the popup of a payment whose buyer has not confirmed yet.
fn popup_order(payment: &LoadedPayment) -> Option<(&AccountKey, &str)> {
    let ledger = &payment.ledger;
    let provider_order = ledger.payment.provider_order.as_ref();
    let waits = ledger.status() == Status::Pending && ledger.authorization().is_none();
    let provider_order = provider_order.filter(|it| waits && it.id.is_none())?;
    let order = payment.checkout.as_ref()?.popup_order.as_deref()?;
    Some((&provider_order.account, order))
}
