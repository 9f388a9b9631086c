//! Calls about returns. Clients have used two paths; this is the one below the invoice, which most of them use.

use super::{Account, WriteOutcome};
use crate::providers::apruve::model::{InvoiceReturn, WireReturn};
use crate::providers::{List, ProviderError, ProviderId, ReadBack, ReturnDraft};

impl Account<'_> {
    /// Creates a return on an invoice. Apruve refuses if the invoice is canceled or fully returned.
    pub async fn create_invoice_return(
        &self,
        invoice: &ProviderId,
        draft: &ReturnDraft,
    ) -> WriteOutcome<InvoiceReturn> {
        self.create(
            &["invoices", invoice.as_str(), "invoice_returns"],
            &WireReturn::from(draft),
        )
        .await
    }

    /// The returns of an invoice.
    pub async fn invoice_returns(
        &self,
        invoice: &ProviderId,
    ) -> Result<List<ReadBack<InvoiceReturn>>, ProviderError> {
        self.list(&["invoices", invoice.as_str(), "invoice_returns"], &[])
            .await
    }
}
