//! Authorizes a payment with the order that the buyer made.

use super::{
    desk::{Asked, Begun, Desk},
    happening::Source,
    not_done::NotDone,
    operate::Done,
    operations::authorize::authorize,
};
use crate::{apruve::ApruveId, ids::PaymentId};

impl Desk {
    /// Reads the order back and lets the payment follow it. No intent is written before, because only a question is asked.
    /// `order` is `None` for what Apruve cannot know.
    pub async fn authorize(
        &self,
        id: PaymentId,
        asked: &Asked,
        order: Option<&ApruveId>,
    ) -> Result<Done, NotDone> {
        if let Some(transaction) = self.done_before(asked).await? {
            return self.told_again(id, transaction).await;
        }
        let ledger = self.ledger(id).await?;
        let order = order.ok_or(NotDone::OrderNotFound)?;
        // An offline payment is refused with its own sentence, not with Apruve's.
        let Some(_) = &ledger.payment.place else {
            return Err(super::operations::offline_is_not_authorized(&ledger));
        };
        let seen = self.line(&ledger).await?.order(order).await?;
        let secure_hashes = self.secure_hashes(id).await?;
        let by = self.mover(Source::Caller);
        let begun = self
            .begin(id, asked, |ledger| {
                let transaction = authorize(ledger, &seen, &secure_hashes, by)?;
                Ok(Begun {
                    transaction,
                    command: None,
                })
            })
            .await?;
        Ok(Done {
            ledger: self.ledger(id).await?,
            transaction: begun.value.transaction,
            replayed: begun.replayed,
            repeated: false,
            later: None,
        })
    }
}
