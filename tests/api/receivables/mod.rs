//! `/v1/invoices` and `/v1/reports`.

mod agreement;
mod dice;
mod invoices;
mod ledger_model;
mod overdue;
mod refusals;
mod reports;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{TestApp, app::Answer, buyer::payable, test_shop::TestShop};

/// A method by check that takes every cart in USD.
pub async fn check_method(shop: &TestShop, name: &str) -> String {
    let method = shop.app.check(name).await;
    shop.app
        .rule(&format!("Rule {name}"), 20, &[&method], json!({}))
        .await;
    method
}

/// An offline sale of 100; `more` adds to the payment, `cart` to its cart.
pub async fn sale(shop: &TestShop, method: &str, order: &str, more: Value, cart: Value) -> Value {
    let mut body = json!({ "paymentMethodId": method, "orderId": order, "cart": payable() });
    for (name, value) in cart.as_object().expect("an object") {
        body["cart"][name] = value.clone();
    }
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    shop.post("/v1/payments", &body).await.expect(201)
}

/// The items of a list.
pub async fn items(app: &TestApp, path: &str) -> Vec<Value> {
    let page = app.get(path).await.expect(200);
    page["items"].as_array().cloned().expect("a list")
}

/// A report with an `Accept`.
pub async fn accepting(app: &TestApp, path: &str, accept: &str) -> Answer {
    let request = app.request(Method::GET, path);
    request.header("accept", accept).send().await
}

/// A moment as a parameter.
pub fn moment(at: chrono::DateTime<chrono::Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}
