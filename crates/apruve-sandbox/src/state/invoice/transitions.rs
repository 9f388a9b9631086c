//! Transitions of an invoice's status, and the effect on the credit of its account.

use super::{Funding, Invoice, InvoiceStatus};
use crate::{
    error::{ApiError, invalid},
    state::{SandboxState, payment::Payment},
};

use InvoiceStatus::{Canceled, Closed, Open, Pending};

/// The default fee of the financing partner: 3 %, rounded half up.
fn usual_fee(amount_cents: i64) -> i64 {
    // Full hundreds and the rest are calculated separately, so that the product cannot overflow.
    amount_cents / 100 * 3 + (amount_cents % 100 * 3 + 50) / 100
}

impl SandboxState {
    /// Fails if the account of this order has less credit available.
    pub(super) fn check_credit(&self, order_id: &str, cents: i64) -> Result<(), ApiError> {
        let order = self.orders.find(order_id)?;
        let account = self.accounts.get(&order.account_id);
        if account.is_some_and(|account| account.available_cents() >= cents) {
            return Ok(());
        }
        Err(invalid("amount_cents", "Not enough credit available"))
    }

    /// Issues an invoice: `pending` becomes `open`, and the credit is used.
    pub fn issue_invoice(&mut self, id: &str) -> Result<(), ApiError> {
        let invoice = self.invoice_in(id, &[Pending], "issued")?;
        let due = invoice.due_cents();
        self.check_credit(&invoice.order_id, due)?;
        let account_id = invoice.account_id.clone();
        let now = self.now();
        let account = self.accounts.get(&account_id);
        let usual_due_at = account.map(|account| account.due_at(now));
        let invoice = self.invoices.find_mut(id)?;
        invoice.status = Open;
        invoice.issued_at = Some(now);
        invoice.due_at = invoice.details.due_at.or(usual_due_at);
        invoice.credit_held_cents = due;
        self.move_credit(&account_id, due);
        Ok(())
    }

    /// Closes an invoice that the shop reports as settled in another way.
    pub fn close_invoice(&mut self, id: &str) -> Result<(), ApiError> {
        self.invoice_in(id, &[Open], "closed")?;
        self.finish(id, Closed, "invoice.closed")
    }

    /// Cancels an invoice; rejected once anything was paid for it.
    pub fn cancel_invoice(&mut self, id: &str) -> Result<(), ApiError> {
        let invoice = self.invoice_in(id, &[Pending, Open], "canceled")?;
        if !invoice.funding.is_empty() || !invoice.payments.is_empty() {
            let title = "Invoice is paid and cannot be canceled";
            return Err(ApiError::invalid_state(title));
        }
        self.finish(id, Canceled, "invoice.canceled")
    }

    /// Lets the financing partner pay the shop, less a fee; without an amount, everything that is not funded yet. A
    /// shop of physical goods must ship first.
    pub fn fund_invoice(
        &mut self,
        id: &str,
        amount_cents: Option<i64>,
        fee_cents: Option<i64>,
    ) -> Result<(), ApiError> {
        let invoice = self.invoice_in(id, &[Open, Closed], "funded")?;
        let amount_cents = amount_cents.unwrap_or_else(|| invoice.unfunded_cents());
        if amount_cents <= 0 {
            return Err(ApiError::invalid_state("Invoice is already funded"));
        }
        let merchant = self.merchants.get(&invoice.merchant_id);
        let ships = merchant.is_some_and(|merchant| merchant.physical_goods);
        if ships && invoice.shipments.is_empty() {
            let title = "Invoice has no shipment and is not funded";
            return Err(ApiError::invalid_state(title));
        }
        self.invoices.find_mut(id)?.funding.push(Funding {
            amount_cents,
            fee_cents: fee_cents.unwrap_or_else(|| usual_fee(amount_cents)),
        });
        self.announce::<Invoice>(id, "invoice.funded");
        Ok(())
    }

    /// Lets the buyer pay this amount, or everything that is due; the invoice closes when nothing is due any more.
    pub fn pay_invoice(&mut self, id: &str, amount_cents: Option<i64>) -> Result<(), ApiError> {
        let invoice = self.invoice_in(id, &[Open], "paid")?;
        let due = invoice.due_cents();
        let amount_cents = amount_cents.unwrap_or(due);
        if !(1..=due).contains(&amount_cents) {
            return Err(ApiError::invalid_state("Invoice has no such amount due"));
        }
        let order = self.orders.get(&invoice.order_id);
        let payer_id = order.map(|order| order.shopper_id.clone());
        let payment = Payment {
            id: self.ids.fresh(),
            payer_id: payer_id.unwrap_or_default(),
            amount_cents,
            refunded_cents: 0,
            captured_at: self.now(),
        };
        self.invoices.find_mut(id)?.payments.push(payment);
        if amount_cents == due {
            self.finish(id, Closed, "invoice.closed")?;
        }
        Ok(())
    }

    /// Takes back the buyer's last payment, as a bank does, and opens the invoice again. There is no event for it.
    pub fn bounce_invoice(&mut self, id: &str) -> Result<(), ApiError> {
        self.invoice_in(id, &[Open, Closed], "bounced")?;
        let invoice = self.invoices.find_mut(id)?;
        let payment = invoice.payments.pop();
        payment.ok_or_else(|| ApiError::invalid_state("Invoice has no payment"))?;
        invoice.status = Open;
        invoice.final_state_at = None;
        Ok(())
    }

    /// Changes the amount of an invoice in any status, as Apruve's staff can. There is no event for it.
    pub fn change_amount(&mut self, id: &str, amount_cents: i64) -> Result<(), ApiError> {
        self.invoices.find_mut(id)?.details.amount_cents = amount_cents;
        Ok(())
    }

    /// Sets a final status, releases the credit, and sends an event.
    fn finish(&mut self, id: &str, status: InvoiceStatus, event: &str) -> Result<(), ApiError> {
        let now = self.now();
        let invoice = self.invoices.find_mut(id)?;
        invoice.status = status;
        invoice.final_state_at = Some(now);
        let freed = std::mem::take(&mut invoice.credit_held_cents);
        let account_id = invoice.account_id.clone();
        self.announce::<Invoice>(id, event);
        if freed != 0 {
            self.move_credit(&account_id, -freed);
        }
        Ok(())
    }

    pub(super) fn invoice_in(
        &self,
        id: &str,
        states: &[InvoiceStatus],
        done: &str,
    ) -> Result<&Invoice, ApiError> {
        let invoice = self.invoices.find(id)?;
        if states.contains(&invoice.status) {
            return Ok(invoice);
        }
        let title = format!("Invoice is {} and cannot be {done}", invoice.status.word());
        Err(ApiError::invalid_state(title))
    }
}
