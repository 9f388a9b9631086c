//! The hash that keeps an order from being changed between the shop and Apruve's checkout popup.
//!
//! SHA-256 over the API key and the order's values in a fixed order, without separators. It allows length extension,
//! and different orders can have the same hash. So it only protects the order on its way through the browser, and every
//! order is read back from Apruve.

use std::borrow::Cow;

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use crate::secret::SecretText;

/// The names of the hashed values, in order. An item's value may have several names; the first one present is used.
struct Recipe<'a> {
    order: &'a [&'a str],
    item: &'a [&'a [&'a str]],
}

/// The only recipe on which all of Apruve's own clients agree for the orders we send: without `accepts_payment_terms`
/// and `plan_code`, and with an item's total under both of its names.
const RECIPE: Recipe<'static> = Recipe {
    order: &[
        "merchant_id",
        "merchant_order_id",
        "amount_cents",
        "currency",
        "tax_cents",
        "shipping_cents",
        "expire_at",
        "finalize_on_create",
        "invoice_on_create",
    ],
    item: &[
        &["title"],
        &["price_total_cents", "amount_cents"],
        &["price_ea_cents"],
        &["quantity"],
        &["merchant_notes"],
        &["description"],
        &["variant_info"],
        &["sku"],
        &["vendor"],
        &["view_product_url"],
    ],
};

/// The hash of an order exactly as the page gets it, in lower-case hex: the second argument of `apruve.setOrder`.
pub fn secure_hash(api_key: &SecretText, order: &Value) -> String {
    RECIPE.hash(api_key, order)
}

/// An order for the page. Its members and those of its items are written in the order of the hash, followed by members
/// that are not hashed, because some of Apruve's own clients hash the members in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderJson(pub Value);

impl Serialize for OrderJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Value::Object(order) => {
                Ordered(order, RECIPE.order.iter().copied()).serialize(serializer)
            }
            other => other.serialize(serializer),
        }
    }
}

/// An object whose named members are written first.
struct Ordered<'a, N>(&'a Map<String, Value>, N);

impl<'a, N: Iterator<Item = &'a str> + Clone> Serialize for Ordered<'a, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Ordered(members, names) = self;
        let is_named = |name: &str| names.clone().any(|known| known == name);
        let named = names.clone().filter_map(|name| members.get_key_value(name));
        let others = members.iter().filter(|(name, _)| !is_named(name));
        let mut map = serializer.serialize_map(Some(members.len()))?;
        for (name, value) in named.chain(others) {
            match value {
                Value::Array(items) if name == "order_items" => {
                    let items: Vec<_> = items.iter().map(OrderItem).collect();
                    map.serialize_entry(name, &items)?;
                }
                value => map.serialize_entry(name, value)?,
            }
        }
        map.end()
    }
}

struct OrderItem<'a>(&'a Value);

impl Serialize for OrderItem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(item) => {
                let names = RECIPE.item.iter().flat_map(|names| names.iter().copied());
                Ordered(item, names).serialize(serializer)
            }
            other => other.serialize(serializer),
        }
    }
}

impl Recipe<'_> {
    fn hash(&self, api_key: &SecretText, order: &Value) -> String {
        let mut context = Context::new(&SHA256);
        context.update(api_key.expose().as_bytes());
        self.pieces(order, |piece| context.update(piece.as_bytes()));
        let digest = context.finish();
        let bytes = digest.as_ref().iter();
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }

    fn pieces(&self, order: &Value, mut take: impl FnMut(&str)) {
        for name in self.order {
            take(&piece(order.get(name)));
        }
        let items = order.get("order_items").and_then(Value::as_array);
        for item in items.into_iter().flatten() {
            for names in self.item {
                take(&piece(names.iter().find_map(|name| item.get(name))));
            }
        }
    }
}

/// The text of a value in the hash; empty if the value is absent, null, an array or an object.
fn piece(value: Option<&Value>) -> Cow<'_, str> {
    match value {
        Some(Value::String(text)) => Cow::Borrowed(text),
        Some(Value::Number(number)) => Cow::Owned(number.to_string()),
        Some(Value::Bool(true)) => Cow::Borrowed("true"),
        Some(Value::Bool(false)) => Cow::Borrowed("false"),
        None | Some(Value::Null | Value::Array(_) | Value::Object(_)) => Cow::Borrowed(""),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::providers::CleanText;

    #[derive(Deserialize)]
    struct Vectors {
        profiles: BTreeMap<String, Profile>,
        vectors: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Profile {
        order_fields: Vec<String>,
        item_fields: Vec<Vec<String>>,
    }

    #[derive(Deserialize)]
    struct Vector {
        id: String,
        profile: String,
        api_key: String,
        order: Value,
        string_to_hash: String,
        sha256_hex: String,
        must_differ_from: Option<String>,
        text_before_cleaning: Option<String>,
        text_after_cleaning: Option<String>,
    }

    fn vectors() -> Vectors {
        serde_json::from_str(include_str!("../../../tests/fixtures/apruve-vectors.json"))
            .expect("the fixture is well-formed")
    }

    impl Profile {
        fn with<T>(&self, use_it: impl FnOnce(&Recipe<'_>) -> T) -> T {
            let order: Vec<_> = self.order_fields.iter().map(String::as_str).collect();
            let names = self.item_fields.iter();
            let names: Vec<Vec<_>> = names
                .map(|names| names.iter().map(String::as_str).collect())
                .collect();
            let item: Vec<_> = names.iter().map(Vec::as_slice).collect();
            use_it(&Recipe {
                order: &order,
                item: &item,
            })
        }
    }

    #[test]
    fn every_vector_comes_out_under_the_profile_of_its_client() {
        let Vectors { profiles, vectors } = vectors();
        assert_eq!(vectors.len(), 26);
        for vector in &vectors {
            let key = SecretText::new(vector.api_key.as_str());
            profiles[&vector.profile].with(|recipe| {
                let mut text = vector.api_key.clone();
                recipe.pieces(&vector.order, |piece| text.push_str(piece));
                assert_eq!(text, vector.string_to_hash, "{}", vector.id);
                let hash = recipe.hash(&key, &vector.order);
                assert_eq!(hash, vector.sha256_hex, "{}", vector.id);
            });
        }
    }

    #[test]
    fn our_own_recipe_is_the_canonical_one() {
        let Vectors { profiles, vectors } = vectors();
        profiles["canonical"].with(|canonical| {
            assert_eq!(RECIPE.order, canonical.order);
            assert_eq!(RECIPE.item, canonical.item);
        });
        let ours: Vec<_> = vectors
            .iter()
            .filter(|vector| vector.profile == "canonical")
            .collect();
        assert_eq!(ours.len(), 13);
        for vector in ours {
            let key = SecretText::new(vector.api_key.as_str());
            let hash = secure_hash(&key, &vector.order);
            assert_eq!(hash, vector.sha256_hex, "{}", vector.id);
        }
    }

    #[test]
    fn an_order_is_written_as_it_is_hashed() {
        let order = serde_json::json!({
            "amount_cents": 1, "currency": "USD", "po_number": "PO-7", "merchant_id": "a", "merchant_order_id": "b",
            "finalize_on_create": true, "invoice_on_create": false, "tax_cents": 0, "shipping_cents": 0, "order_items": [
                { "amount_cents": 1, "description": "d", "more": [1], "price_ea_cents": 1, "price_total_cents": 1, "quantity": 1,
                  "sku": "s", "title": "t", "variant_info": "v", "vendor": "w", "view_product_url": "u" }, 7],
        });
        let written = serde_json::to_string(&OrderJson(order.clone())).expect("JSON");
        assert_eq!(
            written,
            r#"{"merchant_id":"a","merchant_order_id":"b","amount_cents":1,"currency":"USD","tax_cents":0,"shipping_cents":0,"finalize_on_create":true,"invoice_on_create":false,"order_items":[{"title":"t","price_total_cents":1,"amount_cents":1,"price_ea_cents":1,"quantity":1,"description":"d","variant_info":"v","sku":"s","vendor":"w","view_product_url":"u","more":[1]},7],"po_number":"PO-7"}"#
        );
        let read: Value = serde_json::from_str(&written).expect("JSON");
        assert_eq!(read, order);
    }

    #[test]
    fn profiles_that_disagree_give_other_hashes() {
        let vectors = vectors().vectors;
        let hash_of = |id: &str| {
            let found = vectors.iter().find(|vector| vector.id == id);
            found.map(|vector| vector.sha256_hex.as_str())
        };
        let pairs: Vec<_> = vectors
            .iter()
            .filter_map(|vector| Some((vector, vector.must_differ_from.as_deref()?)))
            .collect();
        assert_eq!(pairs.len(), 3);
        for (vector, other) in pairs {
            assert!(hash_of(other).is_some(), "{other}");
            assert_ne!(Some(vector.sha256_hex.as_str()), hash_of(other));
        }
    }

    #[test]
    fn texts_are_cleaned_as_the_vectors_clean_them() {
        let cleaned: Vec<_> = vectors()
            .vectors
            .into_iter()
            .filter_map(|vector| Some((vector.text_before_cleaning?, vector.text_after_cleaning?)))
            .collect();
        assert_eq!(cleaned.len(), 1);
        for (before, after) in cleaned {
            assert_eq!(CleanText::paragraph(&before).as_str(), after);
        }
    }
}
