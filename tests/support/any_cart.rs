//! Random carts: most add up, many do so after rounding, and some are broken in one way.

use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

const CHARGES: [&str; 6] = [
    "taxAmount",
    "shippingAmount",
    "handlingAmount",
    "insuranceAmount",
    "surchargeAmount",
    "discountAmount",
];

/// What is wrong with a cart: members of the cart that are replaced; null takes them away.
fn any_fault() -> impl Strategy<Value = Option<Value>> {
    let line = |line: Value| json!({ "lineItems": [line] });
    let faults = vec![
        json!({ "shippingAmount": "-1" }),
        json!({ "taxAmount": "-1" }),
        json!({ "discountAmount": "-1" }),
        json!({ "handlingAmount": "-1" }),
        json!({ "total": "0" }),
        json!({ "total": "-5" }),
        json!({ "total": "1" }),
        json!({ "total": "9999" }),
        json!({ "total": "99999999" }),
        json!({ "total": "100000000" }),
        json!({ "total": null }),
        json!({ "taxAmount": null }),
        json!({ "shippingAmount": null }),
        json!({ "pricesIncludeTax": true }),
        json!({ "subtotal": { "value": "1", "currency": "XAF" } }),
        json!({ "lineItems": null }),
        line(json!({ "quantity": 1 })),
        line(json!({ "price": { "value": "1" } })),
        line(json!({ "price": { "value": "1", "currency": "XAF" }, "quantity": 1 })),
        line(json!({ "price": { "value": "-1" }, "quantity": 1 })),
        line(json!({ "price": { "value": "1" }, "quantity": 0 })),
        line(json!({ "price": { "value": "1" }, "quantity": "-2" })),
        line(json!({ "total": "-1" })),
        line(json!({ "total": "1.000001" })),
        line(
            json!({ "price": { "value": "9999999999" }, "quantity": "9999999999999999999999999999" }),
        ),
    ];
    prop_oneof![2 => Just(None), 3 => prop::sample::select(faults).prop_map(Some)]
}

/// Price, quantity, and whether the shop posts a total of its own.
fn any_line() -> impl Strategy<Value = (Decimal, Decimal, bool)> {
    let price = prop_oneof![
        (0..50_000_000_i64).prop_map(|it| Decimal::new(it, 6)),
        (0..5_000_i64).prop_map(|it| Decimal::new(it, 0)),
    ];
    let quantity = prop_oneof![
        (1..9_000_i64).prop_map(|it| Decimal::new(it, 3)),
        (1..20_i64).prop_map(|it| Decimal::new(it, 0)),
    ];
    (price, quantity, prop::bool::weighted(0.2))
}

prop_compose! {
    /// A cart in one of the currencies, each with its number of digits. Not every cart can be read.
    pub fn any_cart(currencies: &'static [(&'static str, u32)])(
        (code, digits) in prop::sample::select(currencies),
        posted in prop::collection::vec(any_line(), 1..6),
        charges in prop::array::uniform6(prop_oneof![Just(0_i64), 0..10_000_i64]),
        drift in prop_oneof![4 => Just(0_i64), 2 => -2..=2_i64, 1 => -9..=9_i64],
        fault in any_fault(),
    ) -> Value {
        let rounded = |amount: Decimal| amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointNearestEven);
        let mut total = Decimal::new(drift, digits);
        let mut lines = Vec::new();
        for (price, quantity, own) in posted {
            let amount = rounded(price * quantity);
            total += amount;
            lines.push(json!({
                "price": { "value": price.to_string(), "currency": code },
                "quantity": quantity.to_string(),
                "total": own.then(|| amount.to_string()),
            }));
        }
        let mut cart = json!({ "currency": code, "lineItems": lines });
        for (name, minor) in CHARGES.into_iter().zip(charges) {
            let amount = Decimal::new(minor, digits);
            cart[name] = json!(amount.to_string());
            total += if name == "discountAmount" { -amount } else { amount };
        }
        cart["total"] = json!(total.to_string());
        for (name, value) in fault.as_ref().and_then(Value::as_object).into_iter().flatten() {
            cart[name] = value.clone();
        }
        cart
    }
}

/// Whether a cart has all that it needs to be paid for.
pub fn is_complete(cart: &Value) -> bool {
    let given = |name: &str| cart.get(name).is_some_and(|value| !value.is_null());
    ["total", "lineItems", "taxAmount", "shippingAmount"]
        .into_iter()
        .all(given)
}
