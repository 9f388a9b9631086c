//! Creating and changing invoices from requests.

use serde_json::Map;

use super::{Invoice, InvoiceDetails, InvoiceStatus};
use crate::{
    error::ApiError,
    fields::{Fields, missing},
    state::{SandboxState, order::OrderStatus},
};

const KEPT: [&str; 10] = [
    "bill_to_address",
    "ship_to_address",
    "sold_to_address",
    "remittance_address",
    "fiscal_representative",
    "company_code",
    "gst_exchange_percentage",
    "gst_exchange_rate_usd",
    "terms_of_delivery",
    "footer",
];

impl SandboxState {
    /// Creates an invoice for an accepted order: `open`, or `pending` if it is not to be issued yet.
    ///
    /// The order does not limit the total of its invoices; whether the real Apruve limits it is unknown.
    pub fn create_invoice(&mut self, order_id: &str, fields: &Fields) -> Result<String, ApiError> {
        let order = self.orders.get(order_id).ok_or_else(ApiError::not_found)?;
        if order.status != OrderStatus::Accepted {
            let title = format!("Order is {} and takes no invoice", order.status.word());
            return Err(ApiError::invalid_state(title));
        }
        let currency = fields.text("currency")?;
        if currency.is_some_and(|currency| currency != order.details.currency) {
            return Err(ApiError::invalid_field(
                "currency",
                "Currency is not the order's",
            ));
        }
        let details = self.read_invoice(fields, None)?;
        let issue_on_create = fields.flag("issue_on_create")?.unwrap_or(true);
        self.add_invoice(order_id, details, issue_on_create)
    }

    /// Makes an issued invoice for the whole order, for `invoice_on_create`.
    pub(in crate::state) fn invoice_whole_order(
        &mut self,
        order_id: &str,
    ) -> Result<String, ApiError> {
        let order = self.orders.get(order_id).ok_or_else(ApiError::not_found)?;
        let mut items = order.details.items.clone();
        let mut details = InvoiceDetails {
            amount_cents: order.details.amount_cents,
            tax_cents: Some(order.details.tax_cents),
            shipping_cents: Some(order.details.shipping_cents),
            merchant_notes: None,
            merchant_invoice_id: None,
            due_at: None,
            items: Vec::new(),
            kept: Map::new(),
        };
        for item in &mut items {
            item.id = self.ids.fresh();
        }
        details.items = items;
        self.add_invoice(order_id, details, true)
    }

    fn add_invoice(
        &mut self,
        order_id: &str,
        details: InvoiceDetails,
        issue_on_create: bool,
    ) -> Result<String, ApiError> {
        if issue_on_create {
            self.check_credit(order_id, details.amount_cents)?;
        }
        let id = self.ids.fresh();
        let now = self.now();
        let order = self.orders.get_mut(order_id);
        let order = order.ok_or_else(ApiError::not_found)?;
        let invoice = Invoice {
            id: id.clone(),
            order_id: order_id.to_owned(),
            merchant_id: order.merchant_id.clone(),
            account_id: order.account_id.clone(),
            status: InvoiceStatus::Pending,
            issue_on_create,
            currency: order.details.currency.clone(),
            details,
            created_at: now,
            issued_at: None,
            due_at: None,
            final_state_at: None,
            credit_held_cents: 0,
            returned_cents: 0,
            payments: Vec::new(),
            funding: Vec::new(),
            shipments: Vec::new(),
            returns: Vec::new(),
        };
        order.invoices.push(id.clone());
        self.invoices.put(&id, invoice);
        if issue_on_create {
            self.issue_invoice(&id)?;
        }
        Ok(id)
    }

    /// Changes an invoice; the amount only before it is issued.
    pub fn update_invoice(&mut self, id: &str, fields: &Fields) -> Result<(), ApiError> {
        let invoice = self.invoices.get(id).ok_or_else(ApiError::not_found)?;
        let (status, before) = (invoice.status, invoice.details.clone());
        if matches!(status, InvoiceStatus::Closed | InvoiceStatus::Canceled) {
            let title = format!("Invoice is {} and cannot be changed", status.word());
            return Err(ApiError::invalid_state(title));
        }
        let amount = before.amount_cents;
        let details = self.read_invoice(fields, Some(before))?;
        if status == InvoiceStatus::Open && details.amount_cents != amount {
            return Err(ApiError::invalid_field(
                "amount_cents",
                "Invoice is already issued",
            ));
        }
        let invoice = self.invoices.get_mut(id).ok_or_else(ApiError::not_found)?;
        invoice.details = details;
        Ok(())
    }

    fn read_invoice(
        &mut self,
        fields: &Fields,
        before: Option<InvoiceDetails>,
    ) -> Result<InvoiceDetails, ApiError> {
        let amount = fields.cents("amount_cents")?;
        let items = self.read_items(fields, "invoice_items")?;
        let given: Vec<&str> = KEPT.into_iter().filter(|name| fields.has(name)).collect();
        let mut details = match before {
            Some(before) => before,
            None => InvoiceDetails {
                amount_cents: amount.ok_or_else(|| missing("amount_cents"))?,
                tax_cents: None,
                shipping_cents: None,
                merchant_notes: None,
                merchant_invoice_id: None,
                due_at: None,
                items: Vec::new(),
                kept: Map::new(),
            },
        };
        details.amount_cents = amount.unwrap_or(details.amount_cents);
        details.items = items.unwrap_or(details.items);
        details.tax_cents = fields.cents("tax_cents")?.or(details.tax_cents);
        details.shipping_cents = fields.cents("shipping_cents")?.or(details.shipping_cents);
        details.merchant_notes = fields.text("merchant_notes")?.or(details.merchant_notes);
        details.merchant_invoice_id = fields
            .text("merchant_invoice_id")?
            .or(details.merchant_invoice_id);
        details.due_at = fields.moment("due_at")?.or(details.due_at);
        details.kept.extend(fields.kept(&given));
        Ok(details)
    }
}
