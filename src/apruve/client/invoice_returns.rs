//! Calls about returns. Of the two paths clients have used for them, most agree on the one below the invoice.

use super::{Account, CallError, Listing, Outcome};
use crate::apruve::{
    id::ApruveId,
    model::{InvoiceReturn, InvoiceReturnDraft},
};

impl Account<'_> {
    /// Takes money off an invoice. Apruve refuses where it is canceled or wholly returned.
    pub async fn create_invoice_return(
        &self,
        invoice: &ApruveId,
        draft: &InvoiceReturnDraft,
    ) -> Outcome<InvoiceReturn> {
        self.create(&["invoices", invoice.as_str(), "invoice_returns"], draft)
            .await
    }

    /// The returns of an invoice.
    pub async fn invoice_returns(
        &self,
        invoice: &ApruveId,
    ) -> Result<Listing<InvoiceReturn>, CallError> {
        self.list(&["invoices", invoice.as_str(), "invoice_returns"], &[])
            .await
    }
}
