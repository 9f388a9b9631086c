//! Closing an invoice of a shop that finances itself.

use super::{
    error::PaymentError,
    event::Source,
    open_payment::{OpenPayment, OperationResult},
    operations::{act, close},
};
use crate::{ids::TransactionId, integrations::Financing};

impl OpenPayment {
    /// Closes an invoice as paid or written off.
    pub async fn close_invoice(
        self,
        invoice: TransactionId,
        input: close::NewClosing,
    ) -> Result<OperationResult, PaymentError> {
        self.once(async move |payment| {
            // Never used: an offline method has no invoices to close.
            let mut financing = Financing::Own;
            if payment.ledger().payment.provider_order.is_some() {
                // Reads the buyer's payments first: after the closing they look like a part of the closed amount.
                payment.sync(Source::Recovery).await?;
                financing = payment.client().await?.opened.settings.financing;
            }
            payment.ready().await?;
            let close =
                act(move |ledger, start| close::begin(ledger, invoice, &input, financing, start));
            payment.run(close).await
        })
        .await
    }
}
