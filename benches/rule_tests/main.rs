//! How long the tests of rules take: 500 carts against 100 and 1,000 rules, as before each change. The goal is 50 ms.

use std::{hint::black_box, time::Instant};

use chrono::{DateTime, Utc};
use onterms::{checkout::rule_tests::passes, payment_rules::read_offline};
use serde_json::{Value, json};

const TESTS: usize = 500;
const ROUNDS: usize = 20;
const GOAL_MS: f64 = 50.0;

fn main() {
    let at = DateTime::UNIX_EPOCH;
    for rules in [100, 1000] {
        let text = file(rules).to_string();
        let (read_ms, (book, tests)) = timed(|| read_offline(text.as_bytes(), at).expect("a file"));
        assert_eq!(tests.len(), TESTS);
        let passed = tests.iter().filter(|test| passes(test, &book, at)).count();
        assert_eq!(passed, TESTS, "every test passes");
        let run = || {
            let all = tests.iter().filter(|test| passes(test, &book, at));
            black_box(all.count());
        };
        let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| timed(run).0).collect();
        rounds.sort_by(f64::total_cmp);
        let median = rounds[ROUNDS / 2];
        println!(
            "{TESTS} tests against {rules} rules: {median:.1} ms (worst {:.1} ms), {:.2} of the goal of {GOAL_MS} ms; reading the file {read_ms:.1} ms",
            rounds[ROUNDS - 1],
            median / GOAL_MS,
        );
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed().as_secs_f64() * 1000.0, done)
}

/// A tenth of the rules could match a cart; carts have 1.5 KB and five lines.
fn file(rules: usize) -> Value {
    let rules: Vec<Value> = (0..rules)
        .map(|place| {
            let country = if place % 10 == 0 { "US" } else { "DE" };
            json!({
                "name": format!("Rule {place}"), "sortOrder": place, "currency": "USD",
                "expression": format!("total > {} and lineItems.any(lineItem.quantity > {})", 100 + place, place % 7),
                "destinations": [{ "country": country }],
                "paymentMethods": [{ "type": "check_money_order", "name": format!("Method {}", place % 3) }],
            })
        })
        .collect();
    let lines: Vec<Value> = (0..5)
        .map(|line| {
            json!({
                "productSku": format!("SKU-{line}"), "quantity": 10, "product": { "sku": format!("SKU-{line}"), "name": "Clog", "category": { "id": 2 } },
                "productUnit": { "code": "item" }, "price": { "value": "258.10", "currency": "USD" },
            })
        })
        .collect();
    let cart = json!({
        "currency": "USD", "website": "us-store", "total": "12905.00", "lineItems": lines,
        "billingAddress": { "countryIso2": "US", "regionCode": "CA", "postalCode": "90210", "city": "Beverly Hills", "street": "1 Main Street" },
        "shippingAddress": { "countryIso2": "US", "regionCode": "NY", "postalCode": "10001" },
        "customer": { "id": 42, "name": "Acme", "group": { "id": 3, "name": "Wholesale" }, "paymentTerm": { "id": 1, "label": "Net 30" } },
    });
    let tests: Vec<Value> = (0..TESTS)
        .map(|test| {
            let name = format!("Test {test}");
            json!({ "name": name, "cart": cart, "expect": { "contains": ["Method 0"] } })
        })
        .collect();
    let at: DateTime<Utc> = DateTime::UNIX_EPOCH;
    json!({ "version": 1, "exportedAt": at, "rules": rules, "tests": tests })
}
