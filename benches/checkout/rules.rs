//! Sets of rules to measure with. The cart bills to California, in USD, from `us-store`, with a total of 1290.50.

use serde_json::{Value, json};

/// `count` rules, ten of which could match the cart and are evaluated; the others are for other countries.
pub fn ten_of(count: usize) -> Vec<Value> {
    let countries = ["CA", "MX", "GB", "FR", "DE", "IT", "ES", "NL", "BE", "PL"];
    (0..count)
        .map(|place| {
            let country = if place % (count / 10) == 0 {
                "US"
            } else {
                countries[place % countries.len()]
            };
            rule(place, place / (count / 10).max(1), Some(country))
        })
        .collect()
}

/// `count` rules for everywhere, every one evaluated.
pub fn all(count: usize) -> Vec<Value> {
    (0..count).map(|place| rule(place, place, None)).collect()
}

/// `count` rules for everywhere with `clauses` conditions between them, none of which holds for the cart: each is evaluated, and
/// nothing is settled on the way.
pub fn all_false(count: usize, clauses: usize) -> Vec<Value> {
    let with_clause = |place: usize| {
        let mut rule = rule(place, place, None);
        let clause = place % clauses;
        rule["expression"] = json!(format!(
            "subtotal.value > {} and billingAddress.countryIso2 in [\"US\", \"CA\"]",
            2000 + clause
        ));
        rule
    };
    (0..count).map(with_clause).collect()
}

/// Ten candidates of which three are false, and a method that only those three name: what `explain=summary` has to explain.
pub fn explained() -> Vec<Value> {
    let mut rules = ten_of(100);
    let candidates = rules
        .iter_mut()
        .filter(|rule| rule["destinations"][0]["country"] == "US");
    for (place, rule) in candidates.enumerate() {
        let refused = place % 4 == 2;
        rule["paymentMethods"] =
            json!([{ "id": if refused { "check_money_order" } else { "apruve" } }]);
    }
    for rule in rules
        .iter_mut()
        .filter(|rule| rule["destinations"][0]["country"] != "US")
    {
        rule["paymentMethods"] = json!([{ "id": "payment_term" }]);
    }
    // The method of the other countries' rules is offered too, so that only the false candidates are left to explain.
    rules.push(json!({
        "name": "Terms", "sortOrder": 1000, "currency": "USD", "paymentMethods": [{ "id": "payment_term" }],
    }));
    rules
}

/// Three in four hold; none stops. Between them they offer all three methods.
fn rule(place: usize, turn: usize, country: Option<&str>) -> Value {
    let expressions = [
        "subtotal.value > 1000 and billingAddress.countryIso2 in [\"US\", \"CA\"]",
        "lineItems.any(lineItem.product.sku matches \"/^B/\")",
        "total <= 1000",
        "customer and customer.group and customer.group.name = \"Wholesale\"",
    ];
    let methods = ["apruve", "payment_term", "check_money_order"];
    let destinations: Vec<Value> = country
        .iter()
        .map(|country| json!({ "country": country }))
        .collect();
    json!({
        "name": format!("Rule {place}"),
        "sortOrder": place,
        "currency": "USD",
        "expression": expressions[turn % expressions.len()],
        "destinations": destinations,
        "paymentMethods": [{ "id": methods[turn % methods.len()] }],
    })
}
