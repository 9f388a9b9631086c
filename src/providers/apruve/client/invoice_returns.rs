//! Calls about returns. Of the two paths clients have used for them, most agree on the one below the invoice.

use super::{Account, WriteOutcome};
use crate::providers::apruve::model::{InvoiceReturn, WireReturn};
use crate::providers::{List, ProviderError, ProviderId, ReadBack, ReturnDraft};

impl Account<'_> {
    /// Takes money off an invoice. Apruve refuses where it is canceled or wholly returned.
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
