//! The calls by object. None finalizes an order, because ours are final when they are created. Apruve can only create
//! and delete webhook endpoints, not change them.

use super::Account;
use crate::providers::apruve::model::{
    Merchant, WebhookEndpoint, WebhookEndpointDraft, WireInvoice, WireOrder, WireReturn,
    WireShipment,
};
use crate::providers::{
    CommandOutcome, CorporateAccount, InvoiceDraft, InvoiceSnapshot, List, OrderDraft,
    OrderSnapshot, ProviderError, ProviderId, ReturnDraft, ReturnSnapshot, ShipmentDraft,
    ShipmentSnapshot,
};

/// A list that was read.
type ListRead<T> = Result<List<T>, ProviderError>;

impl Account<'_> {
    /// Creates an order on behalf of a buyer, whom the draft must name. The new order is usually still pending.
    pub async fn create_order(&self, draft: &OrderDraft) -> CommandOutcome<OrderSnapshot> {
        self.create(&["orders"], &WireOrder::from(draft)).await
    }

    /// Reads an order.
    pub async fn order(&self, id: &ProviderId) -> Result<OrderSnapshot, ProviderError> {
        self.read_by_id(&["orders"], id).await
    }

    /// Lists the orders with this number of the shop.
    pub async fn orders_by_merchant_order_id(&self, number: &str) -> ListRead<OrderSnapshot> {
        let query = [("merchant_order_id", number)];
        let mut found: List<OrderSnapshot> = self.list(&["orders"], &query).await?;
        let wanted = |order: &OrderSnapshot| order.merchant_order_id.as_deref() == Some(number);
        found.items.retain(wanted);
        Ok(found)
    }

    /// Cancels an order. Apruve refuses if it is too late, for example because there are invoices.
    pub async fn cancel_order(&self, id: &ProviderId) -> CommandOutcome<OrderSnapshot> {
        self.act("orders", id, "cancel").await
    }

    /// Creates an invoice on an order.
    pub async fn create_invoice(
        &self,
        order: &ProviderId,
        draft: &InvoiceDraft,
    ) -> CommandOutcome<InvoiceSnapshot> {
        let path = ["orders", order.as_str(), "invoices"];
        self.create(&path, &WireInvoice::from(draft)).await
    }

    /// Reads an invoice, without its shipments and returns.
    pub async fn invoice(&self, id: &ProviderId) -> Result<InvoiceSnapshot, ProviderError> {
        self.read_by_id(&["invoices"], id).await
    }

    /// The invoices of an order, without their shipments and returns.
    pub async fn invoices(&self, order: &ProviderId) -> ListRead<InvoiceSnapshot> {
        let path = ["orders", order.as_str(), "invoices"];
        self.list(&path, &[]).await
    }

    /// Issues a pending invoice to the buyer. Apruve refuses if the remaining credit does not cover it.
    pub async fn issue_invoice(&self, id: &ProviderId) -> CommandOutcome<InvoiceSnapshot> {
        self.act("invoices", id, "issue").await
    }

    /// Cancels an invoice.
    pub async fn cancel_invoice(&self, id: &ProviderId) -> CommandOutcome<InvoiceSnapshot> {
        self.act("invoices", id, "cancel").await
    }

    /// Closes an open invoice, because the shop was paid in another way or waives the rest.
    pub async fn close_invoice(&self, id: &ProviderId) -> CommandOutcome<InvoiceSnapshot> {
        self.act("invoices", id, "close").await
    }

    /// Creates a shipment on an invoice.
    pub async fn create_shipment(
        &self,
        invoice: &ProviderId,
        draft: &ShipmentDraft,
    ) -> CommandOutcome<ShipmentSnapshot> {
        let path = ["invoices", invoice.as_str(), "shipments"];
        self.create(&path, &WireShipment::from(draft)).await
    }

    /// Replaces the details of a shipment; a field that the draft lacks is cleared.
    pub async fn update_shipment(
        &self,
        invoice: &ProviderId,
        shipment: &ProviderId,
        draft: &ShipmentDraft,
    ) -> CommandOutcome<ShipmentSnapshot> {
        let path = ["invoices", invoice.as_str(), "shipments", shipment.as_str()];
        let whole = WireShipment::from(draft).whole();
        self.replace(&path, shipment, &whole).await
    }

    /// The shipments of an invoice.
    pub async fn shipments(&self, invoice: &ProviderId) -> ListRead<ShipmentSnapshot> {
        let path = ["invoices", invoice.as_str(), "shipments"];
        self.list(&path, &[]).await
    }

    /// Creates a return on an invoice. Apruve refuses if the invoice is canceled or fully returned. Clients have used
    /// two paths; this is the one below the invoice, which most of them use.
    pub async fn create_invoice_return(
        &self,
        invoice: &ProviderId,
        draft: &ReturnDraft,
    ) -> CommandOutcome<ReturnSnapshot> {
        let path = ["invoices", invoice.as_str(), "invoice_returns"];
        self.create(&path, &WireReturn::from(draft)).await
    }

    /// The returns of an invoice.
    pub async fn invoice_returns(&self, invoice: &ProviderId) -> ListRead<ReturnSnapshot> {
        let path = ["invoices", invoice.as_str(), "invoice_returns"];
        self.list(&path, &[]).await
    }

    /// Reads a merchant. A success also proves that the API key is valid.
    pub async fn merchant(&self, id: &ProviderId) -> Result<Merchant, ProviderError> {
        self.read(&["merchants", id.as_str()]).await
    }

    /// Every company with a credit line at a merchant.
    pub async fn corporate_accounts(&self, merchant: &ProviderId) -> ListRead<CorporateAccount> {
        self.list(&accounts(merchant), &[]).await
    }

    /// The companies that a buyer's e-mail address belongs to, often none. If there are several,
    /// [`CorporateAccount::buyer`] helps to choose one.
    pub async fn corporate_accounts_by_email(
        &self,
        merchant: &ProviderId,
        email: &str,
    ) -> ListRead<CorporateAccount> {
        match self.list(&accounts(merchant), &[("email", email)]).await {
            // Apruve answers an unknown address with 404 or with an empty list.
            Err(ProviderError::NotFound) => Ok(List {
                items: Vec::new(),
                complete: true,
            }),
            listed => listed,
        }
    }

    /// Reads one company's account.
    pub async fn corporate_account(
        &self,
        merchant: &ProviderId,
        id: &ProviderId,
    ) -> Result<CorporateAccount, ProviderError> {
        self.read_by_id(&accounts(merchant), id).await
    }

    /// Lists the addresses that a merchant's events are posted to.
    pub async fn webhook_endpoints(&self, merchant: &ProviderId) -> ListRead<WebhookEndpoint> {
        self.list(&endpoints(merchant), &[]).await
    }

    /// Registers one more address for a merchant's events.
    pub async fn create_webhook_endpoint(
        &self,
        merchant: &ProviderId,
        url: &str,
    ) -> CommandOutcome<WebhookEndpoint> {
        let draft = WebhookEndpointDraft { url, version: "v4" };
        self.create(&endpoints(merchant), &draft).await
    }

    /// Removes an address of a merchant's events.
    pub async fn delete_webhook_endpoint(
        &self,
        merchant: &ProviderId,
        id: &ProviderId,
    ) -> CommandOutcome<()> {
        let path = [&endpoints(merchant)[..], &[id.as_str()]].concat();
        self.delete(&path).await
    }
}

fn accounts(merchant: &ProviderId) -> [&str; 3] {
    ["merchants", merchant.as_str(), "corporate_accounts"]
}

fn endpoints(merchant: &ProviderId) -> [&str; 3] {
    ["merchants", merchant.as_str(), "webhook_endpoints"]
}
