use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::money::Money;

/// A price in millionths and a quantity in thousandths.
fn any_line() -> impl Strategy<Value = (u32, u32)> {
    (0..2_000_000_000_u32, 1..1_000_000_u32)
}

/// The product in minor units as school teaches it, apart from the code it checks.
fn cents((price, quantity): (u32, u32)) -> i64 {
    let billionths = i128::from(price) * i128::from(quantity);
    let (whole, rest) = (billionths / 10_000_000, billionths % 10_000_000);
    let up = rest > 5_000_000 || (rest == 5_000_000 && whole % 2 == 1);
    i64::try_from(whole + i128::from(up)).expect("small")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_order_adds_up_exactly_or_is_refused(
        lines in prop::collection::vec(any_line(), 0..6),
        parts in prop::array::uniform3(0..1_000_000_i64),
        residue in -8..=8_i64,
        with_tax: bool,
    ) {
        let [tax, shipping, discount] = parts;
        let lines_sum: i64 = lines.iter().copied().map(cents).sum();
        let on_top = if with_tax { 0 } else { tax };
        let total = lines_sum + on_top + shipping - discount + residue;
        let money = |minor| Money::from_minor(minor, usd()).to_string();
        let cart = json!({
            "currency": "USD", "total": money(total), "taxAmount": money(tax), "shippingAmount": money(shipping),
            "discountAmount": money(discount), "pricesIncludeTax": with_tax,
            "lineItems": lines.iter().map(|(price, quantity)| json!({
                "quantity": rust_decimal::Decimal::new(i64::from(*quantity), 3).to_string(),
                "price": { "value": rust_decimal::Decimal::new(i64::from(*price), 6).to_string() },
            })).collect::<Vec<_>>(),
        });
        let may_differ = i64::try_from(lines.len()).expect("few");
        let adds_up = if lines.is_empty() { lines_sum + residue >= 0 } else { residue.abs() <= may_differ };
        let totals = totals(&cart);
        prop_assert_eq!(totals.is_ok(), adds_up && total > 0, "{}", cart);
        let id = ApruveId::parse("a1").expect("an id");
        let order_id = Reference::parse("SO-1").expect("a name");
        let draft = totals.ok().and_then(|totals| totals.to_draft(id, &order_id, 1, None).ok());
        let Some(draft) = draft else { return Ok(()) };
        let sent = serde_json::to_value(draft).expect("JSON");
        let items = sent["order_items"].as_array().expect("lines");
        let cents = |value: &Value| value.as_i64().expect("whole cents");
        let sum: i64 = items.iter().map(|item| cents(&item["price_total_cents"])).sum();
        prop_assert_eq!(sum + cents(&sent["tax_cents"]) + cents(&sent["shipping_cents"]), total);
        prop_assert!(items.iter().all(|item| item["amount_cents"] == item["price_total_cents"]));
    }
}
