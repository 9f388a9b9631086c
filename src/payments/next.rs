//! What a storefront is to do next.

use serde_json::Value;

use super::{desk::Desk, ledger::Ledger, not_done::NotDone, status::Status, store};

/// What the popup is to be given.
#[derive(Clone, Debug, PartialEq)]
pub struct ApruveCheckout {
    pub script_url: String,
    /// As it was hashed.
    pub order: Value,
    pub secure_hash: String,
}

impl Desk {
    /// What opens Apruve's popup, as long as nobody has made the order.
    pub async fn next_action(&self, ledger: &Ledger) -> Result<Option<ApruveCheckout>, NotDone> {
        let Some(place) = &ledger.payment.place else {
            return Ok(None);
        };
        let waits = ledger.status() == Status::Pending
            && place.order.is_none()
            && ledger.authorization().is_none();
        if !waits {
            return Ok(None);
        }
        let id = ledger.payment.id;
        let found = self.checkout(id).await?;
        let Some((checkout, secure_hash)) =
            found.and_then(|it| it.secure_hash.clone().map(|hash| (it, hash)))
        else {
            return Ok(None);
        };
        let sealer = &self.exchange().sealer;
        let opened = sealer.open(store::checkout_place(&id.to_string()), &checkout.sealed);
        let opened = opened.map_err(crate::problem::Problem::internal)?;
        let mut kept: Value =
            serde_json::from_str(opened.expose()).map_err(crate::problem::Problem::internal)?;
        let origin = place
            .account
            .rsplit_once('/')
            .map_or(place.account.as_str(), |(origin, _)| origin);
        Ok(Some(ApruveCheckout {
            script_url: format!("{origin}/js/v4/apruve.js"),
            order: kept["order"].take(),
            secure_hash,
        }))
    }
}
