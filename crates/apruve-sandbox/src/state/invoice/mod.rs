//! Invoices, and their JSON.

mod read;
mod transitions;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{
    SandboxState, item::Item, object::ApiObject, order::Order, payment::Payment, shown_time,
    shown_time_or_null, table::Table,
};

/// An invoice.
pub struct Invoice {
    pub id: String,
    pub order_id: String,
    pub merchant_id: String,
    pub account_id: String,
    pub status: InvoiceStatus,
    pub issue_on_create: bool,
    pub currency: String,
    pub details: InvoiceDetails,
    pub created_at: DateTime<Utc>,
    pub issued_at: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
    pub final_state_at: Option<DateTime<Utc>>,
    /// The part of the account's credit that the invoice uses.
    pub credit_held_cents: i64,
    pub returned_cents: i64,
    /// Payments of the buyer, the oldest first.
    pub payments: Vec<Payment>,
    /// Payments of the financing partner, the oldest first.
    pub funding: Vec<Funding>,
    pub shipments: Vec<String>,
    pub returns: Vec<String>,
}

/// The fields of an invoice that a request sets.
#[derive(Clone, Default)]
pub struct InvoiceDetails {
    pub amount_cents: i64,
    /// May be null, unlike on orders.
    pub tax_cents: Option<i64>,
    pub shipping_cents: Option<i64>,
    pub merchant_notes: Option<String>,
    pub merchant_invoice_id: Option<String>,
    /// Set if the shop chose the due date.
    pub due_at: Option<DateTime<Utc>>,
    pub items: Vec<Item>,
    /// Fields that are only stored and returned, such as addresses.
    pub kept: Map<String, Value>,
}

/// A payment of the financing partner to the shop.
pub struct Funding {
    pub amount_cents: i64,
    pub fee_cents: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceStatus {
    Pending,
    Open,
    Closed,
    Canceled,
}

impl InvoiceStatus {
    pub fn word(self) -> &'static str {
        match self {
            InvoiceStatus::Pending => "pending",
            InvoiceStatus::Open => "open",
            InvoiceStatus::Closed => "closed",
            InvoiceStatus::Canceled => "canceled",
        }
    }
}

impl Invoice {
    /// Whether it counts against its order.
    pub fn is_active(&self) -> bool {
        self.status != InvoiceStatus::Canceled
    }

    /// The amount that the buyer still has to pay.
    pub fn due_cents(&self) -> i64 {
        match self.status {
            InvoiceStatus::Pending | InvoiceStatus::Open => {
                (self.details.amount_cents - self.returned_cents - self.paid_cents()).max(0)
            }
            InvoiceStatus::Closed | InvoiceStatus::Canceled => 0,
        }
    }

    /// The amount that the buyer has paid.
    pub fn paid_cents(&self) -> i64 {
        self.payments.iter().map(|it| it.amount_cents).sum()
    }

    /// The amount that the financing partner has not paid yet.
    pub fn unfunded_cents(&self) -> i64 {
        let funded: i64 = self.funding.iter().map(|it| it.amount_cents).sum();
        self.details.amount_cents - self.returned_cents - funded
    }
}

impl SandboxState {
    /// The shop of an invoice.
    pub(super) fn merchant_of_invoice(&self, id: &str) -> String {
        let invoice = self.invoices.get(id);
        invoice.map_or_else(String::new, |invoice| invoice.merchant_id.clone())
    }

    /// The invoices of an order, the oldest first.
    pub fn invoices_of<'a>(&'a self, order: &'a Order) -> impl Iterator<Item = &'a Invoice> {
        order.invoices.iter().filter_map(|id| self.invoices.get(id))
    }

    /// A payment of one of this shop's invoices, with the invoice.
    pub fn find_payment(&self, merchant_id: &str, id: &str) -> Option<(&Invoice, &Payment)> {
        let mut invoices = self.invoices.iter();
        invoices.find_map(|invoice| {
            let payment = invoice.payments.iter().find(|it| it.id == id)?;
            (invoice.merchant_id == merchant_id).then_some((invoice, payment))
        })
    }

    pub fn show_invoice_item(&self, invoice: &Invoice, item: &Item) -> Value {
        let path = format!("invoices/{}", invoice.id);
        item.show(json!({
            "invoice_id": invoice.id,
            "order_id": invoice.order_id,
            "links": {
                "self": self.link(&format!("{path}/invoice_items/{}", item.id)),
                "order": self.link(&format!("orders/{}", invoice.order_id)),
                "invoice": self.link(&path),
            },
        }))
    }
}

impl ApiObject for Invoice {
    fn table(state: &SandboxState) -> &Table<Self> {
        &state.invoices
    }

    fn merchant_id(&self, _: &SandboxState) -> String {
        self.merchant_id.clone()
    }

    fn show(&self, state: &SandboxState) -> Value {
        let details = &self.details;
        let payments = self.payments.iter();
        let payments = payments.map(|it| state.show_payment(&self.id, &self.currency, it));
        let funding = self.funding.iter().map(|funding| {
            json!({
                "invoice_id": self.id,
                "amount_cents": funding.amount_cents,
                "fee_cents": funding.fee_cents,
            })
        });
        let items = details.items.iter();
        let items = items.map(|item| state.show_invoice_item(self, item));
        let mut shown = json!({
            "id": self.id,
            "order_id": self.order_id,
            "amount_cents": details.amount_cents,
            "amount_due": self.due_cents(),
            "currency": self.currency,
            "status": self.status.word(),
            "issue_on_create": self.issue_on_create,
            "created_at": shown_time(self.created_at),
            "opened_at": shown_time_or_null(self.issued_at),
            "issued_at": shown_time_or_null(self.issued_at),
            "due_at": shown_time_or_null(self.due_at),
            "final_state_at": shown_time_or_null(self.final_state_at),
            "merchant_notes": details.merchant_notes,
            "merchant_invoice_id": details.merchant_invoice_id,
            "tax_cents": details.tax_cents,
            "shipping_cents": details.shipping_cents,
            "links": {
                "self": state.link(&format!("invoices/{}", self.id)),
                "order": state.link(&format!("orders/{}", self.order_id)),
            },
            "payments": payments.collect::<Vec<_>>(),
            "funding_details": funding.collect::<Vec<_>>(),
            "invoice_items": items.collect::<Vec<_>>(),
        });
        if let Value::Object(shown) = &mut shown {
            shown.extend(details.kept.clone());
        }
        state.shown(&self.id, shown)
    }
}
