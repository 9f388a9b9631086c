use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::*;

fn any_line() -> impl Strategy<Value = Value> {
    let price = (0..2_000_000_000_i64).prop_map(|it| Decimal::new(it, 6).to_string());
    let quantity = (1..1_000_000_i64).prop_map(|it| Decimal::new(it, 3).to_string());
    (price, quantity)
        .prop_map(|(price, quantity)| json!({ "price": { "value": price }, "quantity": quantity }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// How the lines are rounded is judged beside the sums; here they only have to reach the provider as they are.
    #[test]
    fn an_order_adds_up_exactly_at_the_provider(
        lines in prop::collection::vec(any_line(), 0..6),
        charges in prop::array::uniform6(0..1_000_000_i64),
        code in prop::sample::select(vec!["JPY", "USD", "KWD", "CLF"]),
        with_tax: bool,
    ) {
        let currency = Currency::parse(code).expect("a currency");
        let money = |minor| Decimal::new(minor, currency.digits()).to_string();
        let [tax, shipping, handling, insurance, surcharge, discount] = charges.map(money);
        let mut cart = json!({
            "currency": code, "total": money(1), "taxAmount": tax, "shippingAmount": shipping, "handlingAmount": handling,
            "insuranceAmount": insurance, "surchargeAmount": surcharge, "discountAmount": discount,
            "pricesIncludeTax": with_tax, "lineItems": lines,
        });
        // The refusal tells what the total would have to be.
        let errors = totals(&cart).err().unwrap_or_default();
        let sums = errors.first().and_then(|error| error.message.split(" = ").nth(1)?.split(',').next());
        if let Some(sum) = sums {
            cart["total"] = json!(sum);
        }
        let Ok(totals) = totals(&cart) else {
            let total: Decimal = cart["total"].as_str().expect("a text").parse().expect("a decimal");
            let [tax, .., discount] = charges.map(|minor| Decimal::new(minor, currency.digits()));
            prop_assert!(total <= Decimal::ZERO || (with_tax && tax > total + discount), "{}", cart);
            return Ok(());
        };
        let id = ProviderId::parse("a1").expect("an id");
        let order_id = Reference::parse("SO-1").expect("a name");
        let draft = totals.to_draft(id, &order_id, 1, None);
        let total = totals.total().minor();
        let provider = ProviderKind::Apruve;
        let checked = provider.check_order(&draft);
        prop_assert_eq!(checked.is_ok(), total <= provider.most(currency).minor(), "{}", cart);
        let sent: Value = serde_json::from_str(&provider.order_text(&draft)).expect("JSON");
        let items = sent["order_items"].as_array().expect("lines");
        let cents = |value: &Value| value.as_i64().expect("whole cents");
        let sum: i64 = items.iter().map(|item| cents(&item["price_total_cents"])).sum();
        prop_assert_eq!(sum + cents(&sent["tax_cents"]) + cents(&sent["shipping_cents"]), total);
        for item in items {
            prop_assert_eq!(&item["amount_cents"], &item["price_total_cents"]);
            prop_assert!(cents(&item["amount_cents"]) >= 0 || item["title"] == "Discount", "{}", cart);
        }
    }
}
