//! Payments of buyers; embedded in the JSON of their invoice.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{SandboxState, shown_time};

/// A captured payment.
pub struct Payment {
    pub id: String,
    pub payer_id: String,
    pub amount_cents: i64,
    pub refunded_cents: i64,
    pub captured_at: DateTime<Utc>,
}

impl SandboxState {
    /// The JSON of a payment for this invoice.
    pub fn show_payment(&self, invoice_id: &str, currency: &str, payment: &Payment) -> Value {
        let captured_at = shown_time(payment.captured_at);
        let shown = json!({
            "id": payment.id,
            "invoice_ids": [invoice_id],
            "payer_id": payment.payer_id,
            "amount_cents": payment.amount_cents,
            "refunded_amount_cents": payment.refunded_cents,
            "currency": currency,
            "failure_reason": null,
            "status": "captured",
            "created_at": captured_at,
            "captured_at": captured_at,
            "state_changed_at": captured_at,
            "paid_out": false,
            "links": {
                "self": self.link(&format!("payments/{}", payment.id)),
                "invoices": [self.link(&format!("invoices/{invoice_id}"))],
                "payer": self.link(&format!("users/{}", payment.payer_id)),
                "refunds": null,
            },
            "payment_method": {
                "type": "bank_account",
                "card_type": null,
                "last4": "6789",
                "nickname": "Checking",
                "links": { "owner": self.link(&format!("users/{}", payment.payer_id)) },
            },
        });
        self.shown(&payment.id, shown)
    }
}
