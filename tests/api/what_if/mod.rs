//! `/v1/payment-rules/what-if`: other rules on recorded carts.

mod agreement;
mod recorded;
mod refusals;
mod trials;

use std::sync::Arc;

use onterms::recording::{self, RecordingWindow};
use serde_json::{Value, json};

use crate::{TestApp, app::until, support::Database};

pub const PATH: &str = "/v1/payment-rules/what-if";

/// A service that records every cart.
pub async fn open(database: Database) -> TestApp {
    // A test evaluates more carts a minute than an administrator.
    let settings = [("recording.sample", "1"), ("rate_limits.evaluate", "0")];
    TestApp::start_with(Arc::new(database), &settings).await
}

/// Asks checkout about each cart, and waits until so many are recorded in all.
pub async fn record(app: &TestApp, carts: &[Value], in_all: i64) {
    for cart in carts {
        app.post("/v1/checkout/payment-methods", cart)
            .await
            .expect(200);
    }
    until(async || count(app).await == in_all).await;
}

/// How many carts are recorded.
pub async fn count(app: &TestApp) -> i64 {
    let counted = app
        .service
        .store()
        .read(|conn| recording::count(conn, RecordingWindow::default()));
    counted.await.expect("a count")
}

/// The trial at this path, once it is over.
pub async fn ended(app: &TestApp, path: &str) -> Value {
    until(async || app.get(path).await.expect(200)["status"] != "running").await;
    app.get(path).await.expect(200)
}

/// The result of a trial.
pub async fn result(app: &TestApp, body: &Value) -> Value {
    let begun = app.post(PATH, body).await;
    begun.expect(202);
    let ended = ended(app, &begun.header("location")).await;
    assert_eq!(ended["status"], "finished", "{ended}");
    assert_eq!(
        ended["progress"]["evaluated"], ended["progress"]["total"],
        "{ended}"
    );
    ended["result"].clone()
}

/// A draft of a rule in USD.
pub fn draft(expression: &str, methods: &[&str]) -> Value {
    let methods: Vec<Value> = methods.iter().map(|id| json!({ "id": id })).collect();
    json!({ "name": "Draft", "sortOrder": 1, "currency": "USD", "expression": expression, "paymentMethods": methods })
}

/// How many carts a method gains and loses.
pub fn moved(result: &Value, method: &str) -> (u64, u64) {
    let methods = result["methods"].as_array().cloned().unwrap_or_default();
    let found = methods
        .into_iter()
        .find(|it| it["id"] == method)
        .unwrap_or_default();
    let carts = |what: &str| found[what]["carts"].as_u64().unwrap_or(0);
    (carts("gained"), carts("lost"))
}
