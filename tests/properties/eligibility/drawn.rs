//! Rulebooks, carts and budgets at random.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{
    prelude::*,
    sample::{select, subsequence},
};
use serde_json::{Value, json};

use crate::{
    checkout::tests::{check, credit::Known, method, terms_method},
    ids,
    payment_methods::{Method, MethodType, Terms},
    payment_rules::{Draft, Kept, Rule, rulebook::Rulebook},
    settings::ShopSettings,
};

/// Expressions that are cheap, costly, true, false, or fail.
const EXPRESSIONS: [&str; 11] = [
    "",
    "total > 1",
    "total < 1",
    "customer != null and customer.id = 42",
    "customerUser.email = 'x'",
    "customer.tier != 'x'",
    "lineItems.any(lineItem.quantity > 5)",
    "not lineItems.all(lineItem.quantity > 5)",
    "{n: 1..100}.n.any(nItem < 0)",
    "{n: 1..100}.n.all(nItem > 0)",
    "{n: 1..9999999999}.n.any(nItem < 0)",
];

#[derive(Clone, Debug)]
pub struct Drawn {
    pub rules: Vec<Value>,
    /// Which of the methods are on.
    pub on: Vec<bool>,
    pub cart: Value,
    pub steps: u64,
    pub known: Known,
}

pub fn at() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn methods() -> Vec<Method> {
    let terms = Terms::PaymentTerm {
        instructions: String::new(),
        net_days: None,
    };
    vec![
        check(),
        terms_method(),
        method(MethodType::PaymentTerm, terms),
        check(),
    ]
}

fn rule() -> impl Strategy<Value = Value> {
    let day = |days: i64| (at() + TimeDelta::days(days)).to_rfc3339();
    let dates = select(vec![
        json!({}),
        json!({}),
        json!({}),
        json!({ "activeUntil": day(0) }),
        json!({ "activeFrom": day(0) }),
        json!({ "activeFrom": day(1) }),
    ]);
    let places = select(vec![
        json!([]),
        json!([]),
        json!([{ "country": "US" }]),
        json!([{ "country": "US", "region": "US-CA" }, { "country": "PR" }]),
        json!([{ "country": "US", "postalCodes": ["90000..90999"] }]),
        json!([{ "country": "DE" }]),
    ]);
    (
        select(EXPRESSIONS.to_vec()),
        subsequence((0..4).collect::<Vec<usize>>(), 1..3),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.9),
        select(vec!["USD", "USD", "USD", "EUR"]),
        select(vec![json!([]), json!([]), json!(["us"]), json!(["eu", "us"])]),
        places,
        dates,
    )
        .prop_map(
            |(expression, methods, stops, enabled, currency, websites, places, dates)| {
                let mut rule = json!({
                    "name": "rule", "sortOrder": 1, "currency": currency, "expression": expression,
                    "stopProcessing": stops, "enabled": enabled, "websites": websites, "destinations": places,
                    "paymentMethods": methods,
                });
                for (name, value) in dates.as_object().into_iter().flatten() {
                    rule[name] = value.clone();
                }
                rule
            },
        )
}

fn any_cart() -> impl Strategy<Value = Value> {
    let addresses = select(vec![
        Value::Null,
        json!({ "countryIso2": "US", "regionCode": "CA", "postalCode": "90210" }),
        json!({ "countryIso2": "US", "regionCode": "NY" }),
        json!({ "countryIso2": "PR" }),
        json!({ "countryIso2": "US", "regionCode": "PR" }),
        json!({ "countryIso2": "DE" }),
    ]);
    (
        select(vec!["USD", "USD", "EUR"]),
        select(vec![Value::Null, json!("us"), json!("eu")]),
        select(vec!["10.00", "10.00", "10.00", "0.00", "11.00", "9999999.00"]),
        addresses,
        select(vec![
            Value::Null,
            json!({ "id": 42 }),
            json!({ "id": 7, "paymentTerm": { "id": 1 } }),
        ]),
    )
        .prop_map(|(currency, website, total, address, customer)| {
            json!({
                "currency": currency, "website": website, "total": total, "billingAddress": address, "customer": customer,
                "customerUser": { "email": "x@acme.example" },
                "lineItems": [{ "productSku": "A", "quantity": 10, "price": { "value": "1.00", "currency": currency } }],
            })
        })
}

pub fn drawn() -> impl Strategy<Value = Drawn> {
    (
        prop::collection::vec(rule(), 0..10),
        prop::collection::vec(prop::bool::weighted(0.9), 4),
        any_cart(),
        select(vec![0_u64, 20, 100, 400, 900, 2_000, 100_000]),
        Known::any(),
    )
        .prop_map(|(rules, on, cart, steps, known)| Drawn {
            rules,
            on,
            cart,
            steps,
            known,
        })
}

pub fn book(drawn: &Drawn) -> Rulebook {
    let mut methods = methods();
    for (method, on) in methods.iter_mut().zip(&drawn.on) {
        method.enabled = *on;
        if let Terms::Provider(terms) = &mut method.terms {
            terms.credit = drawn.known.policy;
        }
    }
    let compiled = drawn.rules.iter().enumerate().map(|(place, rule)| {
        let mut rule = rule.clone();
        let named = rule["paymentMethods"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let id = |place: &Value| {
            let place = place.as_u64().and_then(|place| usize::try_from(place).ok());
            json!({ "id": methods[place.expect("a place")].id.to_string() })
        };
        rule["paymentMethods"] = named.iter().map(id).collect();
        rule["sortOrder"] = json!(place);
        let rule = rule.as_object().cloned().unwrap_or_default();
        let (draft, _) = Draft::from_body(&rule, Kept::All).expect("a draft");
        Rule::new(ids::fresh(at()), draft, at())
    });
    let compiled = compiled.collect();
    Rulebook::new(1, compiled, methods, &ShopSettings::default())
}
