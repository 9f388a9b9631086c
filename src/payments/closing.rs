//! Closing an invoice of a shop that finances itself.

use super::{
    desk::{Asked, Desk},
    happening::Source,
    heed::FundedAt,
    not_done::NotDone,
    operate::Done,
    operations::close,
};
use crate::{
    ids::{PaymentId, TransactionId},
    integrations::Financing,
};

impl Desk {
    /// Closes an invoice as paid or written off.
    pub async fn close_invoice(
        &self,
        id: PaymentId,
        asked: &Asked,
        invoice: TransactionId,
        wish: &close::Wish,
    ) -> Result<Done, NotDone> {
        let ledger = self.ledger(id).await?;
        if ledger.payment.place.is_some() && self.done_before(asked).await?.is_none() {
            // What the buyer has paid is not due any more, and once the invoice is closed nothing tells the two apart.
            self.look(id, Source::Recovery, &FundedAt::new()).await?;
        }
        let financing = match ledger.payment.place {
            Some(_) => self.line(&ledger).await?.opened.settings.financing,
            // Nobody else does; an offline method has no invoices anyway.
            None => Financing::Own,
        };
        self.operate(id, asked, |ledger, intent| {
            close::begin(ledger, invoice, wish, financing, intent)
        })
        .await
    }
}
