//! Authorizes a payment with the order that the buyer made.

use super::{
    error::PaymentError,
    open_payment::{OpenPayment, OperationResult},
    operations::{act, authorize::authorize},
    service::Intent,
};
use crate::providers::ProviderId;

impl OpenPayment {
    /// Reads the order back and lets the payment follow it. No intent is written before, because only a question is asked.
    /// `order` is `None` for a text that is no id of a provider.
    pub async fn authorize(
        self,
        order: Option<ProviderId>,
    ) -> Result<OperationResult, PaymentError> {
        self.once(async move |payment| {
            let order = order.ok_or(PaymentError::OrderNotFound)?;
            // An offline payment is refused with its own sentence, not with the provider's.
            if payment.ledger().payment.provider_order.is_none() {
                return payment.ledger().refuse_offline();
            }
            let snapshot = payment.client().await?.provider().order(&order).await?;
            let id = payment.ledger().payment.id;
            let secure_hashes = payment.service.secure_hashes(id).await?;
            let follow = act(move |ledger, start| {
                let transaction = authorize(ledger, &snapshot, &secure_hashes, start.by)?;
                Ok(Intent::without_command(transaction))
            });
            payment.run(follow).await
        })
        .await
    }
}
