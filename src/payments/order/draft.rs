//! Orders and invoices as they are put to Apruve.

use super::{InvoiceTotals, OrderTotals, line::OrderLine};
use crate::{
    cart::sums::Charges,
    http::problem::FieldError,
    money::Money,
    payments::Reference,
    providers::{Always, CleanText, InvoiceDraft, LineDraft, MOST_CENTS, OrderDraft, ProviderId},
};

impl OrderTotals {
    /// The order as Apruve is asked for it, in the `attempt`th attempt, from 1, to pay it. Buyer, account and expiry are
    /// the caller's to add.
    ///
    /// # Errors
    /// The total is more than Apruve takes.
    pub fn to_draft(
        &self,
        merchant_id: ProviderId,
        order_id: &Reference,
        attempt: u32,
        po_number: Option<&Reference>,
    ) -> Result<OrderDraft, FieldError> {
        check_amount("/total", self.total())?;
        let mut items = drafts(self.lines());
        if items.is_empty() {
            let title = CleanText::line(&format!("Order {order_id}"));
            items.push(LineDraft::new(title, self.goods().minor()));
        }
        items.extend(charge_drafts(self.charges()));
        Ok(OrderDraft {
            merchant_id,
            merchant_order_id: order_id.of_attempt(attempt),
            amount_cents: self.total().minor(),
            currency: self.total().currency().code().to_owned(),
            tax_cents: self.charges().tax_on_top().minor(),
            shipping_cents: self.charges().shipping.minor(),
            expire_at: None,
            po_number: po_number.map(Reference::to_text),
            finalize_on_create: Always,
            invoice_on_create: Always,
            order_items: items,
            shopper_id: None,
            payment_term: None,
        })
    }
}

impl InvoiceTotals {
    /// The invoice as Apruve is asked for it. Notes, addresses and due date are the caller's to add.
    ///
    /// # Errors
    /// The amount is more than Apruve takes.
    pub fn to_invoice_draft(
        &self,
        invoice_id: &Reference,
        issue_on_create: bool,
    ) -> Result<InvoiceDraft, FieldError> {
        check_amount("/amount", self.amount())?;
        let mut items = drafts(self.lines());
        items.extend(charge_drafts(self.charges()));
        Ok(InvoiceDraft {
            amount_cents: self.amount().minor(),
            currency: self.amount().currency().code().to_owned(),
            tax_cents: self.charges().tax_on_top().minor(),
            shipping_cents: self.charges().shipping.minor(),
            merchant_invoice_id: invoice_id.as_str().to_owned(),
            merchant_notes: None,
            due_at: None,
            bill_to_address: None,
            ship_to_address: None,
            terms_of_delivery: None,
            issue_on_create,
            invoice_items: items,
        })
    }
}

fn drafts(lines: &[OrderLine]) -> Vec<LineDraft> {
    lines.iter().map(OrderLine::to_draft).collect()
}

/// Handling, insurance, surcharge and discount, for which Apruve has no members of an order.
fn charge_drafts(charges: &Charges) -> impl Iterator<Item = LineDraft> {
    let lines = charges.as_lines();
    lines.map(|(title, amount)| LineDraft::new(CleanText::line(title), amount.minor()))
}

fn check_amount(pointer: &str, amount: Money) -> Result<(), FieldError> {
    if amount.minor() <= MOST_CENTS {
        return Ok(());
    }
    let most = Money::from_minor(MOST_CENTS, amount.currency());
    let message = format!("{amount} is more than Apruve takes, which is {most}.");
    Err(FieldError::at(pointer, "out_of_range", message))
}
