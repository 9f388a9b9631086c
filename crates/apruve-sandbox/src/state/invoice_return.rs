//! Returns reduce the amount owed on an invoice, or are refunded if it was already paid. There are no events for them.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    SandboxState,
    invoice::{Invoice, InvoiceStatus},
    object::ApiObject,
    shown_time,
    table::Table,
};
use crate::{
    error::{ApiError, invalid},
    fields::Fields,
};

/// A return.
pub struct InvoiceReturn {
    pub id: String,
    pub invoice_id: String,
    amount_cents: i64,
    currency: String,
    reason: String,
    merchant_notes: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl SandboxState {
    /// Returns a part of an issued invoice, at most the part that has not been returned.
    pub fn create_return(&mut self, invoice_id: &str, fields: &Fields) -> Result<String, ApiError> {
        let amount_cents = fields.required_cents("amount_cents")?;
        let reason = fields.required_text("reason")?;
        let merchant_notes = fields.text("merchant_notes")?;
        let currency = fields.text("currency")?;
        let (id, now) = (self.ids.fresh(), self.now());
        let invoice = self.invoices.find_mut(invoice_id)?;
        check_returnable(invoice, amount_cents, currency.as_deref())?;
        invoice.returned_cents += amount_cents;
        // The payments beyond the remaining amount are refunded to the buyer.
        let over = invoice.paid_cents() + invoice.returned_cents - invoice.details.amount_cents;
        let refunded: i64 = invoice.payments.iter().map(|it| it.refunded_cents).sum();
        if let Some(payment) = invoice.payments.last_mut() {
            payment.refunded_cents += (over - refunded).max(0);
        }
        let freed = invoice.credit_held_cents.min(amount_cents);
        invoice.credit_held_cents -= freed;
        invoice.returns.push(id.clone());
        let (account_id, currency) = (invoice.account_id.clone(), invoice.currency.clone());
        let returned = InvoiceReturn {
            id: id.clone(),
            invoice_id: invoice_id.to_owned(),
            amount_cents,
            currency,
            reason,
            merchant_notes,
            created_at: now,
            updated_at: now,
        };
        self.returns.put(&id, returned);
        if freed > 0 {
            self.move_credit(&account_id, -freed);
        }
        Ok(id)
    }

    /// Changes the texts of a return; its amount cannot be changed.
    pub fn update_return(&mut self, id: &str, fields: &Fields) -> Result<(), ApiError> {
        let (reason, notes) = (fields.text("reason")?, fields.text("merchant_notes")?);
        let amount = fields.cents("amount_cents")?;
        let now = self.now();
        let returned = self.returns.find_mut(id)?;
        if amount.is_some_and(|amount| amount != returned.amount_cents) {
            return Err(invalid("amount_cents", "Amount cannot be changed"));
        }
        returned.reason = reason.unwrap_or_else(|| returned.reason.clone());
        returned.merchant_notes = notes.or_else(|| returned.merchant_notes.clone());
        returned.updated_at = now;
        Ok(())
    }

    /// The returns of an invoice, the oldest first.
    pub fn returns_of<'a>(
        &'a self,
        invoice: &'a Invoice,
    ) -> impl Iterator<Item = &'a InvoiceReturn> {
        invoice.returns.iter().filter_map(|id| self.returns.get(id))
    }
}

impl ApiObject for InvoiceReturn {
    fn table(state: &SandboxState) -> &Table<Self> {
        &state.returns
    }

    fn merchant_id(&self, state: &SandboxState) -> String {
        state.merchant_of_invoice(&self.invoice_id)
    }

    fn show(&self, state: &SandboxState) -> Value {
        let shown = json!({
            "id": self.id,
            "uuid": self.id,
            "invoice_id": self.invoice_id,
            "amount_cents": self.amount_cents,
            "currency": self.currency,
            "reason": self.reason,
            "merchant_notes": self.merchant_notes,
            "created_by_id": null,
            "created_at": shown_time(self.created_at),
            "updated_at": shown_time(self.updated_at),
        });
        state.shown(&self.id, shown)
    }
}

fn check_returnable(invoice: &Invoice, cents: i64, currency: Option<&str>) -> Result<(), ApiError> {
    if !matches!(invoice.status, InvoiceStatus::Open | InvoiceStatus::Closed) {
        let title = format!("Invoice is {} and takes no return", invoice.status.word());
        return Err(ApiError::invalid_state(title));
    }
    if currency.is_some_and(|currency| currency != invoice.currency) {
        return Err(invalid("currency", "Currency is not the invoice's"));
    }
    if cents == 0 {
        return Err(invalid("amount_cents", "Amount must be above zero"));
    }
    if cents > invoice.details.amount_cents - invoice.returned_cents {
        let title = "Amount is above what is not returned yet";
        return Err(invalid("amount_cents", title));
    }
    Ok(())
}
