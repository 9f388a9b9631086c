//! Calls about invoices.

use super::{Account, WriteOutcome};
use crate::providers::apruve::model::{Invoice, WireInvoice};
use crate::providers::{InvoiceDraft, List, ProviderError, ProviderId, ReadBack};

impl Account<'_> {
    /// Creates an invoice on an order.
    pub async fn create_invoice(
        &self,
        order: &ProviderId,
        draft: &InvoiceDraft,
    ) -> WriteOutcome<Invoice> {
        self.create(
            &["orders", order.as_str(), "invoices"],
            &WireInvoice::from(draft),
        )
        .await
    }

    /// Reads an invoice.
    pub async fn invoice(&self, id: &ProviderId) -> Result<ReadBack<Invoice>, ProviderError> {
        self.read_by_id(&["invoices"], id).await
    }

    /// The invoices of an order.
    pub async fn invoices(
        &self,
        order: &ProviderId,
    ) -> Result<List<ReadBack<Invoice>>, ProviderError> {
        self.list(&["orders", order.as_str(), "invoices"], &[])
            .await
    }

    /// Issues a pending invoice to the buyer. Apruve refuses if the remaining credit does not cover it.
    pub async fn issue_invoice(&self, id: &ProviderId) -> WriteOutcome<Invoice> {
        self.act("invoices", id, "issue").await
    }

    /// Cancels an invoice.
    pub async fn cancel_invoice(&self, id: &ProviderId) -> WriteOutcome<Invoice> {
        self.act("invoices", id, "cancel").await
    }

    /// Closes an open invoice, because the shop was paid in another way or waives the rest.
    pub async fn close_invoice(&self, id: &ProviderId) -> WriteOutcome<Invoice> {
        self.act("invoices", id, "close").await
    }
}
