//! A person wants to know how a payment stands at Apruve now.

use super::{
    comparison::ENDED_FOR, desk::Desk, happening::Source, heed::FundedAt, ledger::Ledger,
    not_done::NotDone, store,
};
use crate::ids::PaymentId;

/// More attempts of one order are left to reconciliation.
const MOST_ATTEMPTS: usize = 10;

impl Desk {
    /// Reads a payment back, and the attempts to pay its order that ended lately: Apruve may have an order for one of them.
    pub async fn sync(&self, id: PaymentId) -> Result<Ledger, NotDone> {
        let looked = self.look(id, Source::Sync, &FundedAt::new()).await?;
        let (payment, since) = (looked.ledger.payment, self.clock().now() - ENDED_FOR);
        if payment.place.is_some() {
            let ended = self
                .store()
                .read(move |conn| store::list_ended_attempts(conn, &payment, since))
                .await?;
            for other in ended.into_iter().take(MOST_ATTEMPTS) {
                if let Err(error) = self.look(other, Source::Sync, &FundedAt::new()).await {
                    tracing::info!(payment = %other, %error, "an earlier attempt could not be read back");
                }
            }
        }
        self.ledger(id).await
    }
}
