//! `/v1/integrations`.

mod change;
mod check;
mod corporate_accounts;
mod create;
mod delete;
mod health;
mod list;
pub mod reseal;
mod switch;
mod webhook_endpoints;
mod webhook_url;

use diesel::prelude::*;
use onterms::store::{StoreError, schema::payments, timestamp};
use serde_json::{Value, json};

use crate::{
    TestApp,
    apruve::{API_KEY, MERCHANT},
};

/// An Apruve integration as an administrator would enter it.
pub fn apruve(name: &str) -> Value {
    json!({
        "type": "apruve",
        "name": name,
        "label": { "default": "Pay on terms", "localized": { "fr": "Payer à terme" } },
        "shortLabel": { "default": "Apruve" },
        "settings": { "merchantId": MERCHANT, "apiKey": API_KEY, "testMode": true },
    })
}

/// The shop's own terms.
pub fn payment_term(name: &str) -> Value {
    json!({ "type": "payment_term", "name": name, "label": { "default": "Net 30" } })
}

/// Creates it and returns its address and the whole answer.
pub async fn create(app: &TestApp, body: &Value) -> (String, Value) {
    let created = app.post("/v1/integrations", body).await.expect(201);
    let address = format!(
        "/v1/integrations/{}",
        created["id"].as_str().expect("an id")
    );
    tick(app);
    (address, created)
}

/// A rule that offers these methods.
async fn create_rule(app: &TestApp, name: &str, methods: &[&Value]) -> String {
    let methods: Vec<Value> = methods
        .iter()
        .map(|integration| json!({ "id": integration["paymentMethodId"] }))
        .collect();
    let rule =
        json!({ "name": name, "sortOrder": 1, "currency": "USD", "paymentMethods": methods });
    let created = app.post("/v1/payment-rules", &rule).await.expect(201);
    tick(app);
    created["id"].as_str().expect("an id").to_owned()
}

/// A payment with an integration, as its row is when something is still to come.
pub async fn begin_payment(app: &TestApp, integration: &Value, id: &'static str) {
    let integration_id = integration["id"].as_str().expect("an id").to_owned();
    let method_type = integration["type"].as_str().expect("a type").to_owned();
    app.is_tampered();
    let now = timestamp::to_stored(app.now());
    let row = move || {
        (
            payments::id.eq(id),
            payments::integration_id.eq(integration_id),
            payments::method_type.eq(method_type),
            payments::method_label.eq("Pay on terms"),
            payments::order_id.eq(id),
            payments::currency.eq("USD"),
            payments::amount.eq(100),
            payments::version.eq(1),
            payments::created_at.eq(now),
            payments::updated_at.eq(now),
            payments::status.eq("pending"),
            payments::live.eq(true),
            payments::active.eq(true),
            payments::unsettled.eq(false),
            payments::authorized.eq(0),
            payments::invoiced.eq(0),
            payments::captured.eq(0),
            payments::returned.eq(0),
            payments::refunded.eq(0),
            payments::canceled.eq(0),
        )
    };
    let begun = app.service.store().write(move |tx| {
        let inserted = diesel::insert_into(payments::table).values(row());
        Ok::<_, StoreError>(inserted.execute(tx.conn())?)
    });
    assert_eq!(begun.await.expect("a row"), 1);
}

/// The same payment when nothing is to come any more.
async fn end_payment(app: &TestApp, id: &'static str) {
    let now = timestamp::to_stored(app.now());
    let ended = app.service.store().write(move |tx| {
        let row = diesel::update(payments::table.find(id));
        let rested = row.set((payments::rests_since.eq(now), payments::live.eq(false)));
        Ok::<_, StoreError>(rested.execute(tx.conn())?)
    });
    assert_eq!(ended.await.expect("a row"), 1);
}

/// Lets what comes next be later, so that ids sort as things happened.
fn tick(app: &TestApp) {
    app.pass(std::time::Duration::from_millis(1));
}

/// The names of the rules in a list of an answer.
fn names(rules: &Value) -> Vec<&str> {
    let rules = rules.as_array().expect("a list");
    rules
        .iter()
        .map(|rule| rule["name"].as_str().expect("a name"))
        .collect()
}

/// The audit log of one resource, oldest first: action and changed fields.
async fn audited(app: &TestApp, address: &str) -> Vec<(String, Value)> {
    let id = address.rsplit('/').next().expect("an id");
    let log = app
        .get(&format!("/v1/audit-log?resourceId={id}"))
        .await
        .expect(200);
    let items = log["items"].as_array().expect("a list");
    items
        .iter()
        .rev()
        .map(|entry| {
            let action = entry["action"].as_str().expect("an action").to_owned();
            (action, entry["changes"].clone())
        })
        .collect()
}
