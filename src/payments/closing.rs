//! Closing an invoice of a shop that finances itself.

use super::{
    apply_snapshot::FundedAt,
    error::PaymentError,
    event::Source,
    operate::OperationResult,
    operations::close,
    service::{CallerContext, PaymentService},
};
use crate::{
    ids::{PaymentId, TransactionId},
    integrations::Financing,
};

impl PaymentService {
    /// Closes an invoice as paid or written off.
    pub async fn close_invoice(
        &self,
        id: PaymentId,
        context: &CallerContext,
        invoice: TransactionId,
        input: &close::NewClosing,
    ) -> Result<OperationResult, PaymentError> {
        let ledger = self.ledger(id).await?;
        if ledger.payment.provider_order.is_some() && self.done_before(context).await?.is_none() {
            // What the buyer has paid is not due any more, and once the invoice is closed nothing tells the two apart.
            self.sync(id, Source::Recovery, &FundedAt::new()).await?;
        }
        let financing = match ledger.payment.provider_order {
            Some(_) => self.client(&ledger).await?.opened.settings.financing,
            // Nobody else does; an offline method has no invoices anyway.
            None => Financing::Own,
        };
        self.operate(id, context, |ledger, start| {
            close::begin(ledger, invoice, input, financing, start)
        })
        .await
    }
}
