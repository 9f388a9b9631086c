//! Lines of orders, invoices and shipments.

use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::providers::apruve::fields::{UnreadableAnswer, Wire, WireFields};
use crate::providers::{ChargeDraft, CleanText, InvoiceLine, LineDraft};

impl Wire for InvoiceLine {
    const NOUN: &'static str = "order_item";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        // Absent if it is not a whole number.
        let quantity = fields.any_cents("quantity");
        // Old answers say `amount_cents`.
        let total = fields
            .any_cents("price_total_cents")
            .or_else(|| fields.any_cents("amount_cents"));
        Ok(InvoiceLine {
            line: None,
            title: fields.text("title").unwrap_or_default(),
            sku: fields.text("sku"),
            quantity: quantity.map(|quantity| quantity.to_string()),
            total: total.unwrap_or(0),
        })
    }
}

/// A line to send. Its texts are cleaned beforehand, so that the hash covers exactly what is sent.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WireLine {
    pub title: CleanText,
    #[serde(flatten)]
    total: Total,
    /// Sent only if it is a whole number.
    #[serde(rename = "price_ea_cents")]
    pub price_each_cents: Option<i64>,
    /// Sent only if it is a whole number.
    pub quantity: Option<i64>,
    pub description: Option<CleanText>,
    pub variant_info: Option<CleanText>,
    pub sku: Option<CleanText>,
    pub vendor: Option<CleanText>,
    pub view_product_url: Option<CleanText>,
}

/// A line's total under both of its names: Apruve hashes one of them, and which one has changed over the years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Total {
    price_total_cents: i64,
    amount_cents: i64,
}

impl WireLine {
    /// Lines, and charges as lines of their own, for which Apruve has no members. A discount is a line with a negative
    /// total.
    pub fn all(lines: &[LineDraft], charges: &[ChargeDraft]) -> Vec<Self> {
        let charges = charges.iter();
        let charges = charges.map(|it| LineDraft::new(CleanText::line(it.title), it.amount));
        let lines = lines.iter().map(WireLine::from);
        lines.chain(charges.map(|it| WireLine::from(&it))).collect()
    }
}

impl From<&LineDraft> for WireLine {
    fn from(line: &LineDraft) -> Self {
        WireLine {
            title: line.title.clone(),
            total: Total {
                price_total_cents: line.total.minor(),
                amount_cents: line.total.minor(),
            },
            price_each_cents: line.price_each.map(|price| price.minor()),
            quantity: line.whole_quantity(),
            description: line.description.clone(),
            variant_info: line.variant_info.clone(),
            sku: line.sku.clone(),
            vendor: line.vendor.clone(),
            view_product_url: line.product_url.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::providers::apruve::{fields::read_one, model::usd};

    #[test]
    fn a_draft_shows_its_total_under_both_names_and_leaves_out_what_it_lacks() {
        let mut draft = LineDraft::new(CleanText::line("Discount"), usd(-500));
        assert_eq!(
            json!(WireLine::from(&draft)),
            json!({ "title": "Discount", "price_total_cents": -500, "amount_cents": -500 })
        );
        draft.quantity = Some(1.into());
        draft.price_each = Some(usd(-500));
        let sent = json!(WireLine::from(&draft));
        assert_eq!(
            (&sent["quantity"], &sent["price_ea_cents"]),
            (&json!(1), &json!(-500))
        );
    }

    #[test]
    fn a_total_is_read_under_either_name_and_a_broken_quantity_is_none() {
        for (body, total) in [
            (
                json!({ "id": 1, "price_total_cents": 5, "amount_cents": 6 }),
                5,
            ),
            (
                json!({ "id": 1, "price_total_cents": null, "amount_cents": 6 }),
                6,
            ),
            (json!({ "id": 1 }), 0),
        ] {
            let line: InvoiceLine = read_one(body.to_string().as_bytes()).expect("a line");
            assert_eq!(line.total, total, "{body}");
        }
        let line: InvoiceLine = read_one(b"{\"id\":1,\"quantity\":1.5}").expect("a line");
        assert_eq!(line.quantity, None);
    }
}
