//! Orders and invoices as a provider is asked for them.

use super::{InvoiceTotals, OrderTotals, line::OrderLine};
use crate::{
    cart::sums::Charges,
    payments::Reference,
    providers::{ChargeDraft, CleanText, InvoiceDraft, LineDraft, OrderDraft, ProviderId},
};

impl OrderTotals {
    /// The order in the `attempt`th attempt, from 1, to pay it. Buyer and expiry are the caller's to add.
    pub fn to_draft(
        &self,
        merchant: ProviderId,
        order_id: &Reference,
        attempt: u32,
        po_number: Option<&Reference>,
    ) -> OrderDraft {
        let mut lines = drafts(self.lines());
        if lines.is_empty() {
            let title = CleanText::line(&format!("Order {order_id}"));
            lines.push(LineDraft::new(title, self.goods()));
        }
        OrderDraft {
            merchant,
            number: order_id.of_attempt(attempt),
            total: self.total(),
            tax: self.charges().tax_on_top(),
            shipping: self.charges().shipping,
            lines,
            charges: charge_drafts(self.charges()),
            po_number: po_number.map(Reference::to_text),
            expires_at: None,
            buyer: None,
        }
    }
}

impl InvoiceTotals {
    /// The invoice. Notes, addresses and due date are the caller's to add.
    pub fn to_draft(&self, number: &Reference, issue: bool) -> InvoiceDraft {
        InvoiceDraft {
            number: number.as_str().to_owned(),
            amount: self.amount(),
            tax: self.charges().tax_on_top(),
            shipping: self.charges().shipping,
            lines: drafts(self.lines()),
            charges: charge_drafts(self.charges()),
            notes: None,
            terms_of_delivery: None,
            due_at: None,
            bill_to: None,
            ship_to: None,
            issue,
        }
    }
}

fn drafts(lines: &[OrderLine]) -> Vec<LineDraft> {
    lines.iter().map(OrderLine::to_draft).collect()
}

fn charge_drafts(charges: &Charges) -> Vec<ChargeDraft> {
    let lines = charges.as_lines();
    lines
        .map(|(title, amount)| ChargeDraft { title, amount })
        .collect()
}
