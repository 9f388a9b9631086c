//! The secure hash of a checkout order, as the server behind apruve.js computes it.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value};

/// The hashed fields of an order, in order. `accepts_payment_terms` is not among them.
const ORDER: [&str; 9] = [
    "merchant_id",
    "merchant_order_id",
    "amount_cents",
    "currency",
    "tax_cents",
    "shipping_cents",
    "expire_at",
    "finalize_on_create",
    "invoice_on_create",
];
/// The hashed fields of an item, in order.
const ITEM: [&str; 10] = [
    "title",
    "price_total_cents",
    "price_ea_cents",
    "quantity",
    "merchant_notes",
    "description",
    "variant_info",
    "sku",
    "vendor",
    "view_product_url",
];

/// Lower-case hex SHA-256 of the API key, the order's fields and each item's fields, without separators.
pub fn secure_hash(api_key: &str, order: &Map<String, Value>) -> String {
    let mut text = api_key.to_owned();
    for name in ORDER {
        push(&mut text, order.get(name));
    }
    let items = order.get("order_items").and_then(Value::as_array);
    for item in items.into_iter().flatten() {
        for name in ITEM {
            push(&mut text, item_field(item, name));
        }
    }
    super::hex(digest(&SHA256, text.as_bytes()).as_ref())
}

/// A field of an item; the total has an older name as well.
fn item_field<'a>(item: &'a Value, name: &str) -> Option<&'a Value> {
    match (item.get(name), name) {
        (None | Some(Value::Null), "price_total_cents") => item.get("amount_cents"),
        (found, _) => found,
    }
}

fn push(text: &mut String, value: Option<&Value>) {
    match value {
        None | Some(Value::Null) => {}
        Some(Value::String(piece)) => text.push_str(piece),
        Some(other) => text.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_vectors_reproduce() {
        let vectors: Value =
            serde_json::from_str(include_str!("secure_hash_vectors.json")).expect("JSON");
        for vector in vectors.as_array().expect("a list") {
            let order = vector["order"].as_object().expect("an order");
            let key = vector["api_key"].as_str().expect("a key");
            assert_eq!(
                secure_hash(key, order),
                vector["sha256_hex"],
                "{}",
                vector["id"]
            );
        }
    }

    #[test]
    fn the_older_name_of_a_line_total_counts_where_the_newer_is_absent() {
        let order = |name: &str| {
            json!({ "order_items": [{ "title": "Washer", name: 500 }] })
                .as_object()
                .cloned()
                .expect("an object")
        };
        let newer = secure_hash("key", &order("price_total_cents"));
        assert_eq!(newer, secure_hash("key", &order("amount_cents")));
        assert_ne!(newer, secure_hash("key", &order("some_cents")));
    }
}
