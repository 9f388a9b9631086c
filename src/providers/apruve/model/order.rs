//! An order as it is read, and as it is sent. The status of the order decides, not that of its payment terms: the terms
//! can be accepted while the order is still pending.

use serde::{Serialize, Serializer};
use serde_with::skip_serializing_none;

use super::{line::WireLine, wire_time::WireTime};
use crate::providers::apruve::fields::{UnreadableAnswer, Wire, WireFields};
use crate::providers::{CleanText, OrderDraft, OrderSnapshot, OrderState, ProviderId};

impl Wire for OrderSnapshot {
    const NOUN: &'static str = "order";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        let (state, status) = order_state(fields.text("status").unwrap_or_default());
        Ok(OrderSnapshot {
            id: fields.own_id()?,
            state,
            status,
            merchant_id: fields.text("merchant_id"),
            merchant_order_id: fields.text("merchant_order_id"),
            amount: fields.cents("amount_cents")?,
            currency: fields.text("currency"),
            secure_hash: fields.text("secure_hash"),
            expire_at: fields.time("expire_at"),
            created_at: fields.time("created_at"),
            final_at: fields.time("final_state_at"),
        })
    }
}

/// The state that a status word means, and the word in its first spelling. An unknown word is kept as it was sent.
fn order_state(word: String) -> (OrderState, String) {
    let (state, known) = match word.to_ascii_lowercase().as_str() {
        "new" => (OrderState::Waiting, "new"),
        "pending" => (OrderState::Waiting, "pending"),
        "accepted" => (OrderState::Accepted, "accepted"),
        "canceled" | "cancelled" => (OrderState::Canceled, "canceled"),
        _ => return (OrderState::Unclear, word),
    };
    (state, known.to_owned())
}

/// An order to send: through Apruve's popup, where the buyer logs in, or with
/// [`Account::create_order`](crate::providers::apruve::Account::create_order), where the draft names the buyer. It
/// never has `accepts_payment_terms`, `plan_code` or `discount_total_cents`: Apruve's own clients disagree on how to
/// hash them.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WireOrder {
    pub merchant_id: ProviderId,
    /// The shop's own number, by which the order is found again. It is sent as it is, so it must contain nothing to
    /// clean.
    pub merchant_order_id: String,
    /// Lines + tax + shipping.
    pub amount_cents: i64,
    /// ISO 4217.
    pub currency: String,
    pub tax_cents: i64,
    pub shipping_cents: i64,
    /// When an order that is not yet approved expires; Apruve's default is 45 days.
    pub expire_at: Option<WireTime>,
    pub po_number: Option<CleanText>,
    /// `true`, because we never change an order after the buyer has seen it.
    pub finalize_on_create: Always<true>,
    /// `false`, because Apruve would otherwise invoice the whole order in addition to our own invoices.
    pub invoice_on_create: Always<false>,
    pub order_items: Vec<WireLine>,
    /// Absent for the popup.
    pub shopper_id: Option<ProviderId>,
    /// Absent for the popup.
    pub payment_term: Option<AccountChoice>,
}

/// The credit line that an order uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountChoice {
    pub corporate_account_id: ProviderId,
}

impl From<&OrderDraft> for WireOrder {
    fn from(order: &OrderDraft) -> Self {
        let buyer = order.buyer.as_ref();
        WireOrder {
            merchant_id: order.merchant.clone(),
            merchant_order_id: order.number.clone(),
            amount_cents: order.total.minor(),
            currency: order.total.currency().code().to_owned(),
            tax_cents: order.tax.minor(),
            shipping_cents: order.shipping.minor(),
            expire_at: order.expires_at.map(WireTime),
            po_number: order.po_number.clone(),
            finalize_on_create: Always,
            invoice_on_create: Always,
            order_items: WireLine::all(&order.lines, &order.charges),
            shopper_id: buyer.map(|buyer| buyer.person.clone()),
            payment_term: buyer.map(|buyer| AccountChoice {
                corporate_account_id: buyer.company.clone(),
            }),
        }
    }
}

/// A constant flag that is always sent, because Apruve's defaults differ between REST and checkout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Always<const FLAG: bool>;

impl<const FLAG: bool> Serialize for Always<FLAG> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(FLAG)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        providers::{
            LineDraft, OrderBuyer,
            apruve::{fields::read_one, model::usd, secure_hash::secure_hash},
        },
        secret::SecretText,
    };

    fn read(body: &Value) -> OrderSnapshot {
        read_one(body.to_string().as_bytes()).expect("an order")
    }

    #[test]
    fn the_status_of_a_recorded_order_is_its_own_and_not_that_of_its_terms() {
        let mut body = json!({
            "id": "00000000000000000000000000000001", "merchant_id": "a1b2c3d4e5f60718293a4b5c6d7e8f90",
            "customer_id": "aaa", "shopper_id": "aaa", "amount_cents": 1700, "currency": "USD", "status": "pending",
            "merchant_order_id": "SO-1", "accepts_payment_via": [], "accepts_payment_terms": false, "tax_cents": 0,
            "shipping_cents": 500, "expire_at": "2026-03-01T23:59:59-06:00", "created_at": "2026-01-15T10:00:00-06:00",
            "final_state_at": null, "default_payment_method": null, "secure_hash": null,
            "links": { "self": "https://test.apruve.com/api/v4/orders/1.json" },
            "order_items": [{ "id": "bbb", "title": "Washer", "quantity": 1, "price_total_cents": 1200 }],
        });
        let term = json!({ "po_number": "PO-7", "type": "CorporateAccount", "status": "accepted",
            "final_state_at": "2026-01-15T10:00:00-06:00", "purchase_order_id": "1" });
        for spelling in ["payment_term", "payment_terms"] {
            body[spelling] = term.clone();
            let order = read(&body);
            assert_eq!(
                (order.state, &*order.status),
                (OrderState::Waiting, "pending")
            );
            assert_eq!(order.amount, Some(1700));
            assert_eq!(order.expire_at, "2026-03-02T05:59:59Z".parse().ok());
            body[spelling] = Value::Null;
        }
    }

    #[test]
    fn an_order_needs_no_more_than_an_id() {
        let order = read(&json!({ "id": "1" }));
        assert_eq!((order.state, &*order.status), (OrderState::Unclear, ""));
        assert_eq!(order.amount, None);
    }

    #[test]
    fn every_spelling_of_a_status_is_read_and_unknown_words_are_kept() {
        for (word, state, status) in [
            ("new", OrderState::Waiting, "new"),
            ("pending", OrderState::Waiting, "pending"),
            ("accepted", OrderState::Accepted, "accepted"),
            ("canceled", OrderState::Canceled, "canceled"),
            ("cancelled", OrderState::Canceled, "canceled"),
            ("Canceled", OrderState::Canceled, "canceled"),
            ("On-Hold", OrderState::Unclear, "On-Hold"),
            ("", OrderState::Unclear, ""),
        ] {
            assert_eq!(order_state(word.to_owned()), (state, status.to_owned()));
        }
    }

    #[test]
    fn a_draft_says_both_flags_and_is_hashed_as_it_is_sent() {
        let mut line = LineDraft::new(CleanText::line("Copper pipe\n15mm"), usd(9000));
        line.quantity = Some(6.into());
        let mut draft = OrderDraft {
            merchant: ProviderId::parse("a1b2").expect("an id"),
            number: "SO-1001".to_owned(),
            total: usd(10600),
            tax: usd(600),
            shipping: usd(1000),
            lines: vec![line],
            charges: Vec::new(),
            po_number: None,
            expires_at: "2026-03-31T23:59:59Z".parse().ok(),
            buyer: None,
        };
        let sent = json!(WireOrder::from(&draft));
        assert_eq!(
            sent,
            json!({
                "merchant_id": "a1b2", "merchant_order_id": "SO-1001", "amount_cents": 10600, "currency": "USD",
                "tax_cents": 600, "shipping_cents": 1000, "expire_at": "2026-03-31T23:59:59+00:00",
                "finalize_on_create": true, "invoice_on_create": false,
                "order_items": [{ "title": "Copper pipe 15mm", "price_total_cents": 9000, "amount_cents": 9000, "quantity": 6 }],
            })
        );
        let key = SecretText::new("key");
        // SHA-256 of `keya1b2SO-100110600USD60010002026-03-31T23:59:59+00:00truefalseCopper pipe 15mm90006`.
        assert_eq!(
            secure_hash(&key, &sent),
            "fb8098deab725a30598f71a80a0ca0e5a235288b9ca0d897fbe53c802bc18319"
        );
        draft.buyer = Some(OrderBuyer {
            person: ProviderId::parse("u1").expect("an id"),
            company: ProviderId::parse("c1").expect("an id"),
        });
        let sent = json!(WireOrder::from(&draft));
        assert_eq!(
            (&sent["shopper_id"], &sent["payment_term"]),
            (&json!("u1"), &json!({ "corporate_account_id": "c1" }))
        );
    }
}
