//! An invoice, and Apruve's payouts to the shop. A payout does not change the status: an invoice can be funded while it
//! is still open.

use serde::Serialize;
use serde_with::skip_serializing_none;

use super::{address::WireAddress, line::WireLine, wire_time::WireTime};
use crate::providers::apruve::fields::{UnreadableAnswer, Wire, WireFields};
use crate::providers::{CleanText, FundingSnapshot, InvoiceDraft, InvoiceSnapshot, InvoiceStatus};

impl Wire for InvoiceSnapshot {
    const NOUN: &'static str = "invoice";

    /// Apruve lists the shipments and returns of an invoice separately.
    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(InvoiceSnapshot {
            id: fields.own_id()?,
            order: fields.id("order_id"),
            number: fields.text("merchant_invoice_id"),
            status: invoice_status(&fields.text("status").unwrap_or_default()),
            amount: fields.cents("amount_cents")?,
            currency: fields.text("currency"),
            tax: fields.any_cents("tax_cents").unwrap_or(0),
            shipping: fields.any_cents("shipping_cents").unwrap_or(0),
            issued_at: fields
                .time("issued_at")
                .or_else(|| fields.time("opened_at")),
            due_at: fields.time("due_at"),
            final_at: fields.time("final_state_at"),
            // Only accounts that finance themselves need it. Where it cannot be read, nothing is captured or reversed.
            amount_due: fields.any_cents("amount_due"),
            funding: funding(&fields.list("funding_details")?),
            lines: fields.any_list("invoice_items"),
            shipments: None,
            returns: None,
        })
    }
}

/// `None` for a status that we do not know.
fn invoice_status(word: &str) -> Option<InvoiceStatus> {
    match word.to_ascii_lowercase().as_str() {
        "cancelled" => Some(InvoiceStatus::Canceled),
        word => InvoiceStatus::parse(word),
    }
}

/// The sum of all payouts to the shop. It saturates, because Apruve's amounts are unchecked: an overflowing sum stays
/// larger than any valid amount.
fn funding(payouts: &[FundingSnapshot]) -> Option<FundingSnapshot> {
    payouts.iter().copied().reduce(|sum, it| FundingSnapshot {
        // If one amount is unknown, so is the sum.
        amount: sum
            .amount
            .zip(it.amount)
            .map(|(sum, amount)| sum.saturating_add(amount)),
        fee: sum.fee.saturating_add(it.fee),
    })
}

/// One payout to the shop.
impl Wire for FundingSnapshot {
    const NOUN: &'static str = "funding_detail";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(FundingSnapshot {
            amount: fields.cents("amount_cents")?,
            fee: fields.any_cents("fee_cents").unwrap_or(0),
        })
    }
}

/// An invoice to be made on an order.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WireInvoice {
    /// Lines + tax + shipping.
    pub amount_cents: i64,
    /// ISO 4217.
    pub currency: String,
    pub tax_cents: i64,
    pub shipping_cents: i64,
    /// The shop's own number, by which the invoice is found again.
    pub merchant_invoice_id: String,
    pub merchant_notes: Option<CleanText>,
    /// `None` leaves the due date to the account's terms.
    pub due_at: Option<WireTime>,
    pub bill_to_address: Option<WireAddress>,
    pub ship_to_address: Option<WireAddress>,
    pub terms_of_delivery: Option<CleanText>,
    /// Whether it is issued at once or by [`Account::issue_invoice`](crate::providers::apruve::Account::issue_invoice).
    pub issue_on_create: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invoice_items: Vec<WireLine>,
}

impl From<&InvoiceDraft> for WireInvoice {
    fn from(invoice: &InvoiceDraft) -> Self {
        WireInvoice {
            amount_cents: invoice.amount.minor(),
            currency: invoice.amount.currency().code().to_owned(),
            tax_cents: invoice.tax.minor(),
            shipping_cents: invoice.shipping.minor(),
            merchant_invoice_id: invoice.number.clone(),
            merchant_notes: invoice.notes.as_deref().map(CleanText::paragraph),
            due_at: invoice.due_at.map(WireTime),
            bill_to_address: invoice.bill_to.as_ref().map(WireAddress::from),
            ship_to_address: invoice.ship_to.as_ref().map(WireAddress::from),
            terms_of_delivery: invoice.terms_of_delivery.as_deref().map(CleanText::line),
            issue_on_create: invoice.issue,
            invoice_items: WireLine::all(&invoice.lines, &invoice.charges),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::providers::{
        AddressDraft, ChargeDraft, LineDraft,
        apruve::{fields::read_one, model::usd},
    };

    #[test]
    fn a_closed_invoice_is_read_with_its_funding() {
        let body = json!({
            "id": "i1", "order_id": "o1", "amount_cents": 2000, "currency": "USD", "status": "closed",
            "issue_on_create": true, "created_at": "2017-05-11T09:05:09-05:00", "opened_at": "2017-05-11T09:05:09-05:00",
            "issued_at": null, "due_at": "2017-06-10T00:00:00-05:00", "merchant_invoice_id": null, "tax_cents": null,
            "shipping_cents": 1,
            "payments": [{ "id": "p1", "invoice_ids": ["i1"], "amount_cents": 2000, "refunded_amount_cents": 0,
                "status": "captured", "paid_out": false, "links": { "refunds": null },
                "payment_method": { "type": "bank_account" } }],
            "funding_details": [{ "invoice_id": "i1", "amount_cents": "2000", "fee_cents": 58 }],
            "invoice_items": [{ "id": 13484, "price_total_cents": 1999 }],
        });
        let invoice: InvoiceSnapshot = read_one(body.to_string().as_bytes()).expect("an invoice");
        assert_eq!(invoice.status, Some(InvoiceStatus::Closed));
        assert_eq!(invoice.tax, 0);
        assert_eq!(invoice.issued_at, "2017-05-11T14:05:09Z".parse().ok());
        let funding = FundingSnapshot {
            amount: Some(2000),
            fee: 58,
        };
        assert_eq!(invoice.funding, Some(funding));
        assert_eq!(invoice.lines[0].total, 1999);
    }

    #[test]
    fn an_invoice_is_sent_with_clean_texts_and_always_says_whether_it_is_issued() {
        let mut draft = InvoiceDraft {
            number: "INV-1".to_owned(),
            amount: usd(500),
            tax: usd(0),
            shipping: usd(0),
            lines: Vec::new(),
            charges: Vec::new(),
            notes: None,
            terms_of_delivery: None,
            due_at: None,
            bill_to: None,
            ship_to: None,
            issue: false,
        };
        assert_eq!(
            json!(WireInvoice::from(&draft)),
            json!({ "amount_cents": 500, "currency": "USD", "tax_cents": 0, "shipping_cents": 0,
                "merchant_invoice_id": "INV-1", "issue_on_create": false })
        );
        draft.issue = true;
        draft.notes = Some("<p>Two\nparcels</p>".to_owned());
        draft.terms_of_delivery = Some(" EXW ".to_owned());
        draft.due_at = "2026-06-10T00:00:00Z".parse().ok();
        let city = |name| AddressDraft {
            city: Some(CleanText::line(name)),
            ..AddressDraft::default()
        };
        (draft.bill_to, draft.ship_to) = (Some(city("Here")), Some(city("There")));
        draft.lines = vec![LineDraft::new(CleanText::line("Clog"), usd(600))];
        draft.charges = vec![ChargeDraft {
            title: "Discount",
            amount: usd(-100),
        }];
        assert_eq!(
            json!(WireInvoice::from(&draft)),
            json!({ "amount_cents": 500, "currency": "USD", "tax_cents": 0, "shipping_cents": 0,
                "merchant_invoice_id": "INV-1", "issue_on_create": true, "merchant_notes": "Two parcels",
                "terms_of_delivery": "EXW", "due_at": "2026-06-10T00:00:00+00:00",
                "bill_to_address": { "city": "Here" }, "ship_to_address": { "city": "There" },
                "invoice_items": [
                    { "title": "Clog", "price_total_cents": 600, "amount_cents": 600 },
                    { "title": "Discount", "price_total_cents": -100, "amount_cents": -100 },
                ] })
        );
    }
}
