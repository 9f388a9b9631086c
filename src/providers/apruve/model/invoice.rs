//! An invoice, what its buyer paid and what Apruve paid the shop. The latter is no status: an invoice can be funded while
//! it is still open.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    address::AddressDraft,
    line::{Line, LineDraft},
    string_enum::{InvoiceStatus, PaymentStatus},
    wire_time::WireTime,
};
use crate::providers::apruve::fields::{Fields, Unreadable, Wire};
use crate::providers::{CleanText, ProviderId};

/// An invoice as Apruve has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    pub id: ProviderId,
    pub order_id: Option<ProviderId>,
    /// The shop's own number. Some webhooks lack it, reads do not.
    pub merchant_invoice_id: Option<String>,
    pub status: InvoiceStatus,
    pub amount_cents: Option<i64>,
    pub tax_cents: Option<i64>,
    pub shipping_cents: Option<i64>,
    /// What the buyer still owes.
    pub amount_due_cents: Option<i64>,
    pub currency: Option<String>,
    pub merchant_notes: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    /// Since when the buyer owes it.
    pub issued_at: Option<DateTime<Utc>>,
    /// As the draft or else the account's terms say; none before it is issued.
    pub due_at: Option<DateTime<Utc>>,
    /// When it was closed or canceled.
    pub final_state_at: Option<DateTime<Utc>>,
    pub payments: Vec<Payment>,
    /// What Apruve paid the shop for it.
    pub funding_details: Vec<FundingDetail>,
    pub lines: Vec<Line>,
}

/// A buyer's payment; it may cover other invoices, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: Option<ProviderId>,
    pub status: PaymentStatus,
    pub amount_cents: Option<i64>,
    pub refunded_amount_cents: Option<i64>,
    pub currency: Option<String>,
    pub captured_at: Option<DateTime<Utc>>,
}

/// One payout to the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundingDetail {
    pub amount_cents: Option<i64>,
    /// What Apruve keeps of the amount.
    pub fee_cents: Option<i64>,
}

impl Wire for Invoice {
    const NOUN: &'static str = "invoice";

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        Ok(Invoice {
            id: fields.own_id()?,
            order_id: fields.id("order_id"),
            merchant_invoice_id: fields.text("merchant_invoice_id"),
            status: fields.word("status"),
            amount_cents: fields.cents("amount_cents")?,
            tax_cents: fields.any_cents("tax_cents"),
            shipping_cents: fields.any_cents("shipping_cents"),
            amount_due_cents: fields.any_cents("amount_due"),
            currency: fields.text("currency"),
            merchant_notes: fields.text("merchant_notes"),
            created_at: fields.time("created_at"),
            issued_at: fields
                .time("issued_at")
                .or_else(|| fields.time("opened_at")),
            due_at: fields.time("due_at"),
            final_state_at: fields.time("final_state_at"),
            payments: fields.any_list("payments"),
            funding_details: fields.list("funding_details")?,
            lines: fields.any_list("invoice_items"),
        })
    }
}

impl super::Entity for Invoice {
    fn id(&self) -> &ProviderId {
        &self.id
    }
}

impl Wire for Payment {
    const NOUN: &'static str = "payment";

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        Ok(Payment {
            id: fields.id("id"),
            status: fields.word("status"),
            amount_cents: fields.any_cents("amount_cents"),
            refunded_amount_cents: fields.any_cents("refunded_amount_cents"),
            currency: fields.text("currency"),
            captured_at: fields.time("captured_at"),
        })
    }
}

impl Wire for FundingDetail {
    const NOUN: &'static str = "funding_detail";

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        Ok(FundingDetail {
            amount_cents: fields.cents("amount_cents")?,
            fee_cents: fields.any_cents("fee_cents"),
        })
    }
}

/// An invoice to be made on an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvoiceDraft {
    /// Lines + tax + shipping.
    pub amount_cents: i64,
    /// ISO 4217.
    pub currency: String,
    pub tax_cents: i64,
    pub shipping_cents: i64,
    /// The shop's own number, by which the invoice is found again.
    pub merchant_invoice_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_notes: Option<CleanText>,
    /// As the account's terms say where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<WireTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_to_address: Option<AddressDraft>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ship_to_address: Option<AddressDraft>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_of_delivery: Option<CleanText>,
    /// Whether the buyer owes it at once or only after [`Account::issue_invoice`](crate::providers::apruve::Account::issue_invoice).
    pub issue_on_create: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invoice_items: Vec<LineDraft>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::providers::apruve::fields::read_one;

    #[test]
    fn a_closed_invoice_is_read_with_its_payments_and_funding() {
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
        let invoice: Invoice = read_one(body.to_string().as_bytes()).expect("an invoice");
        assert_eq!(invoice.status, InvoiceStatus::Closed);
        assert_eq!(invoice.tax_cents, None);
        assert_eq!(invoice.issued_at, "2017-05-11T14:05:09Z".parse().ok());
        assert_eq!(invoice.payments[0].status, PaymentStatus::Captured);
        assert_eq!(
            invoice.funding_details,
            [FundingDetail {
                amount_cents: Some(2000),
                fee_cents: Some(58)
            }]
        );
        assert_eq!(invoice.lines[0].total_cents, Some(1999));
    }

    #[test]
    fn a_draft_always_says_whether_it_is_issued() {
        let draft = InvoiceDraft {
            amount_cents: 500,
            currency: "USD".to_owned(),
            tax_cents: 0,
            shipping_cents: 0,
            merchant_invoice_id: "INV-1".to_owned(),
            merchant_notes: None,
            due_at: None,
            bill_to_address: None,
            ship_to_address: None,
            terms_of_delivery: None,
            issue_on_create: false,
            invoice_items: Vec::new(),
        };
        assert_eq!(
            serde_json::to_value(&draft).expect("JSON"),
            json!({ "amount_cents": 500, "currency": "USD", "tax_cents": 0, "shipping_cents": 0,
                "merchant_invoice_id": "INV-1", "issue_on_create": false })
        );
    }
}
