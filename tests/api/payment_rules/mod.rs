//! What the tests of payment rules share.

mod analysis;
mod bulk;
mod concurrency;
mod crud;
mod editing;
mod import;
mod import_again;
mod list;
mod places;
mod refusals;
mod usage;
mod warnings;

use serde_json::{Value, json};

use crate::TestApp;

/// The least a rule must say.
pub fn least(name: &str, method: &str) -> Value {
    json!({ "name": name, "sortOrder": 10, "currency": "USD", "paymentMethods": [{ "id": method }] })
}

/// A rule that says more.
pub fn with(mut rule: Value, more: Value) -> Value {
    if let (Value::Object(rule), Value::Object(more)) = (&mut rule, more) {
        rule.extend(more);
    }
    rule
}

/// Makes a rule and returns it, without its analysis.
pub async fn make(app: &TestApp, rule: &Value) -> Value {
    let made = app.post("/v1/payment-rules?analyze=false", rule).await;
    made.expect(201)
}

/// The address of a rule.
pub fn path(rule: &Value) -> String {
    format!("/v1/payment-rules/{}", rule["id"].as_str().expect("an id"))
}

/// The names of rules in a list.
pub fn names(rules: &Value) -> Vec<String> {
    let rules = rules.as_array().expect("a list");
    rules
        .iter()
        .map(|rule| rule["name"].as_str().expect("a name").to_owned())
        .collect()
}
