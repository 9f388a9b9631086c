//! Orders, queries for them, and their JSON.

mod lines;
mod read;
mod transitions;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    SandboxState, behaviour::PaymentTermField, item::Item, object::ApiObject, shown_time,
    shown_time_or_null, table::Table,
};

pub use read::OrderSource;

/// An order.
pub struct Order {
    pub id: String,
    pub merchant_id: String,
    pub account_id: String,
    pub shopper_id: String,
    pub status: OrderStatus,
    pub details: OrderDetails,
    pub finalize_on_create: bool,
    pub invoice_on_create: bool,
    /// Only for orders from the checkout.
    pub secure_hash: Option<String>,
    /// Whether the buyer approved the order at checkout; it then only has to be finalized.
    pub confirmed: bool,
    pub created_at: DateTime<Utc>,
    pub final_state_at: Option<DateTime<Utc>>,
    pub invoices: Vec<String>,
}

/// The fields that may be changed before an order is finalized.
#[derive(Clone)]
pub struct OrderDetails {
    pub merchant_order_id: Option<String>,
    pub po_number: Option<String>,
    pub amount_cents: i64,
    pub currency: String,
    pub tax_cents: i64,
    pub shipping_cents: i64,
    pub expire_at: DateTime<Utc>,
    pub items: Vec<Item>,
    pub default_payment_method: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    New,
    Pending,
    Accepted,
    Canceled,
}

impl OrderStatus {
    pub fn word(self) -> &'static str {
        match self {
            OrderStatus::New => "new",
            OrderStatus::Pending => "pending",
            OrderStatus::Accepted => "accepted",
            OrderStatus::Canceled => "canceled",
        }
    }
}

/// Filters for a list of orders.
pub struct OrderFilter<'a> {
    pub merchant_order_id: Option<&'a str>,
    pub secure_hash: Option<&'a str>,
}

impl SandboxState {
    /// The orders of a shop, the oldest first.
    pub fn orders_of<'a>(
        &'a self,
        merchant_id: &'a str,
        filter: &'a OrderFilter<'a>,
    ) -> impl Iterator<Item = &'a Order> {
        let fits = |wanted: Option<&str>, value: &Option<String>| {
            wanted.is_none() || wanted == value.as_deref()
        };
        self.orders.iter().filter(move |order| {
            order.merchant_id == merchant_id
                && fits(filter.merchant_order_id, &order.details.merchant_order_id)
                && fits(filter.secure_hash, &order.secure_hash)
        })
    }

    /// The payment term of an order; always `accepted`, in any status of the order.
    pub(super) fn show_payment_term(&self, order: &Order) -> Value {
        let created_at = shown_time(order.created_at);
        json!({
            "po_number": order.details.po_number,
            "type": "CorporateAccount",
            "corporate_account_id": order.account_id,
            "status": "accepted",
            "escalated_at": created_at,
            "final_state_at": created_at,
            "links": { "order": self.link(&format!("orders/{}.json", order.id)) },
            "merchant_order_id": null,
            "purchase_order_id": order.id,
        })
    }

    pub fn show_order_item(&self, order: &Order, item: &Item) -> Value {
        item.show(json!({
            "order_id": order.id,
            "plan_code": null,
            "links": {
                "self": self.link(&format!("order_items/{}.json", item.id)),
                "order": self.link(&format!("orders/{}.json", order.id)),
            },
        }))
    }
}

impl ApiObject for Order {
    fn table(state: &SandboxState) -> &Table<Self> {
        &state.orders
    }

    fn merchant_id(&self, _: &SandboxState) -> String {
        self.merchant_id.clone()
    }

    fn show(&self, state: &SandboxState) -> Value {
        let (path, details) = (format!("orders/{}", self.id), &self.details);
        let shopper = state.link(&format!("users/{}.json", self.shopper_id));
        let items = details.items.iter();
        let items = items.map(|item| state.show_order_item(self, item));
        let mut shown = json!({
            "id": self.id,
            "merchant_id": self.merchant_id,
            "customer_id": self.shopper_id,
            "shopper_id": self.shopper_id,
            "merchant_order_id": details.merchant_order_id,
            "po_number": details.po_number,
            "amount_cents": details.amount_cents,
            "currency": details.currency,
            "tax_cents": details.tax_cents,
            "shipping_cents": details.shipping_cents,
            "status": self.status.word(),
            "expire_at": shown_time(details.expire_at),
            "created_at": shown_time(self.created_at),
            "final_state_at": shown_time_or_null(self.final_state_at),
            "accepts_payment_via": [],
            "accepts_payment_terms": false,
            "default_payment_method": details.default_payment_method,
            "finalize_on_create": self.finalize_on_create,
            "invoice_on_create": self.invoice_on_create,
            "secure_hash": self.secure_hash,
            "links": {
                "self": state.link(&format!("{path}.json")),
                "customer": shopper,
                "shopper": shopper,
                "merchant": state.link(&format!("merchants/{}.json", self.merchant_id)),
                "invoices": state.link(&format!("{path}/invoices.json")),
            },
            "order_items": items.collect::<Vec<_>>(),
        });
        let field = match state.behaviour.payment_term_field {
            PaymentTermField::PaymentTerm => "payment_term",
            PaymentTermField::PaymentTerms => "payment_terms",
        };
        shown[field] = state.show_payment_term(self);
        state.shown(&self.id, shown)
    }
}
