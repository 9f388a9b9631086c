//! Authorizes a payment with the order that the buyer made.

use super::{
    error::PaymentError,
    event::Source,
    operate::OperationResult,
    operations::authorize::authorize,
    service::{CallerContext, Intent, PaymentService},
};
use crate::{ids::PaymentId, providers::ProviderId};

impl PaymentService {
    /// Reads the order back and lets the payment follow it. No intent is written before, because only a question is asked.
    /// `order` is `None` for what Apruve cannot know.
    pub async fn authorize(
        &self,
        id: PaymentId,
        context: &CallerContext,
        order: Option<&ProviderId>,
    ) -> Result<OperationResult, PaymentError> {
        if let Some(transaction) = self.done_before(context).await? {
            return self.replay(id, transaction).await;
        }
        let ledger = self.ledger(id).await?;
        let order = order.ok_or(PaymentError::OrderNotFound)?;
        // An offline payment is refused with its own sentence, not with Apruve's.
        let Some(_) = &ledger.payment.provider_order else {
            return Err(super::operations::offline_is_not_authorized(&ledger));
        };
        let seen = self.client(&ledger).await?.order(order).await?;
        let secure_hashes = self.secure_hashes(id).await?;
        let by = self.mover(Source::Caller);
        let begun = self
            .begin(id, context, |ledger| {
                let transaction = authorize(ledger, &seen, &secure_hashes, by)?;
                Ok(Intent {
                    transaction,
                    command: None,
                })
            })
            .await?;
        Ok(OperationResult {
            ledger: self.ledger(id).await?,
            transaction: begun.value.transaction,
            replayed: begun.replayed,
            repeated: false,
            later: None,
        })
    }
}
