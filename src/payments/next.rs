//! What a storefront is to do next.

use serde_json::Value;

use super::{error::PaymentError, ledger::Ledger, service::PaymentService, status::Status, store};
use crate::{integrations::account::NoAccount, providers::secure_hash, store::Tx};

/// What the popup is to be given.
#[derive(Clone, Debug, PartialEq)]
pub struct BuyerConfirmation {
    pub script_url: String,
    /// As it was hashed.
    pub order: Value,
    pub secure_hash: String,
}

impl PaymentService {
    /// What opens Apruve's popup, as long as nobody has made the order.
    pub async fn next_action(
        &self,
        ledger: &Ledger,
    ) -> Result<Option<BuyerConfirmation>, PaymentError> {
        let Some(provider_order) = &ledger.payment.provider_order else {
            return Ok(None);
        };
        let waits = ledger.status() == Status::Pending
            && provider_order.id.is_none()
            && ledger.authorization().is_none();
        if !waits {
            return Ok(None);
        }
        let id = ledger.payment.id;
        let found = self.checkout(id).await?;
        let Some(checkout) = found.filter(|it| it.secure_hash.is_some()) else {
            return Ok(None);
        };
        let sealer = &self.providers().sealer;
        let opened = sealer.open(store::checkout_place(&id.to_string()), &checkout.sealed);
        let opened = opened.map_err(crate::http::problem::Problem::internal)?;
        let mut kept: Value = serde_json::from_str(opened.expose())
            .map_err(crate::http::problem::Problem::internal)?;
        let origin = provider_order
            .account
            .rsplit_once('/')
            .map_or(provider_order.account.as_str(), |(origin, _)| origin);
        let order = kept["order"].take();
        let Some(secure_hash) = self.present_hash(ledger, &order).await? else {
            return Ok(None);
        };
        Ok(Some(BuyerConfirmation {
            script_url: format!("{origin}/js/v4/apruve.js"),
            order,
            secure_hash,
        }))
    }

    /// The order's hash under the API key that the integration has now, which Apruve checks it with. It is kept before anybody
    /// gets it, because the buyer's order will carry it even if the key changes again. `None` where the integration is gone.
    async fn present_hash(
        &self,
        ledger: &Ledger,
        order: &Value,
    ) -> Result<Option<String>, PaymentError> {
        let client = match self.client(ledger).await {
            Ok(client) => client,
            Err(NoAccount::NotFound | NoAccount::Offline) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let hash = secure_hash(&client.opened.api_key, order);
        let id = ledger.payment.id;
        if !self.secure_hashes(id).await?.contains(&hash) {
            let (given, at) = (hash.clone(), self.clock().now());
            let keep = move |tx: &mut Tx<'_>| store::insert_secure_hash(tx, id, &given, at);
            self.store().write(keep).await?;
        }
        Ok(Some(hash))
    }
}
