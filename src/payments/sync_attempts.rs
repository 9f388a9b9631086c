//! Reads a payment back from the provider on request.

use super::{
    apply_snapshot::FundedAt, comparison::ENDED_FOR, error::PaymentError, event::Source,
    loaded_payment::LoadedPayment, service::PaymentService, store,
};
use crate::{auth::Websites, ids::PaymentId, store::Conn};

/// More attempts of one order are left to reconciliation.
const MOST_ATTEMPTS: usize = 10;

impl PaymentService {
    /// Reads a payment back, and the attempts to pay its order that ended lately: the provider may have an order for one of them.
    pub async fn sync_attempts(&self, id: PaymentId) -> Result<LoadedPayment, PaymentError> {
        let synced = self.sync(id, Source::Sync, &FundedAt::new()).await?;
        let (payment, since) = (synced.ledger.payment, self.clock().now() - ENDED_FOR);
        if payment.provider_order.is_some() {
            let list = move |conn: &mut Conn| store::list_ended_attempts(conn, &payment, since);
            let ended = self.store().read(list).await?;
            for other in ended.into_iter().take(MOST_ATTEMPTS) {
                if let Err(error) = self.sync(other, Source::Sync, &FundedAt::new()).await {
                    tracing::info!(payment = %other, %error, "an earlier attempt could not be read back");
                }
            }
        }
        self.load(id, &Websites::All).await
    }
}
