//! Creating and changing invoices from requests.

use super::{Invoice, InvoiceDetails, InvoiceStatus};
use crate::{
    error::{ApiError, invalid, missing},
    fields::Fields,
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
        let order = self.orders.find(order_id)?;
        if order.status != OrderStatus::Accepted {
            let title = format!("Order is {} and takes no invoice", order.status.word());
            return Err(ApiError::invalid_state(title));
        }
        let currency = fields.text("currency")?;
        if currency.is_some_and(|currency| currency != order.details.currency) {
            return Err(invalid("currency", "Currency is not the order's"));
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
        let order = self.orders.find(order_id)?;
        let mut details = InvoiceDetails {
            amount_cents: order.details.amount_cents,
            tax_cents: Some(order.details.tax_cents),
            shipping_cents: Some(order.details.shipping_cents),
            items: order.details.items.clone(),
            ..InvoiceDetails::default()
        };
        for item in &mut details.items {
            item.id = self.ids.fresh();
        }
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
        let order = self.orders.find_mut(order_id)?;
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
        let changeable = [InvoiceStatus::Pending, InvoiceStatus::Open];
        let invoice = self.invoice_in(id, &changeable, "changed")?;
        let (status, before) = (invoice.status, invoice.details.clone());
        let amount = before.amount_cents;
        let details = self.read_invoice(fields, Some(before))?;
        if status == InvoiceStatus::Open && details.amount_cents != amount {
            return Err(invalid("amount_cents", "Invoice is already issued"));
        }
        self.invoices.find_mut(id)?.details = details;
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
                ..InvoiceDetails::default()
            },
        };
        details.amount_cents = amount.unwrap_or(details.amount_cents);
        details.items = items.unwrap_or(details.items);
        details.tax_cents = fields.cents("tax_cents")?.or(details.tax_cents);
        details.shipping_cents = fields.cents("shipping_cents")?.or(details.shipping_cents);
        details.merchant_notes = fields.text("merchant_notes")?.or(details.merchant_notes);
        let number = fields.text("merchant_invoice_id")?;
        details.merchant_invoice_id = number.or(details.merchant_invoice_id);
        details.due_at = fields.moment("due_at")?.or(details.due_at);
        details.kept.extend(fields.kept(&given));
        Ok(details)
    }
}
