//! `/v1/notification-endpoints` and `/v1/deliveries`.

mod attempts;
mod deliver;
mod endpoints;
mod receiver;
mod reseal;
mod websites;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{TestApp, app::until};
use receiver::{Behaviour, Receiver};

const ENDPOINTS: &str = "/v1/notification-endpoints";

/// Makes an endpoint; what it was answered with.
async fn subscribe(app: &TestApp, url: &str, types: &[&str]) -> Value {
    let body = json!({ "url": url, "types": types });
    app.post(ENDPOINTS, &body).await.expect(201)
}

fn path(endpoint: &Value) -> String {
    format!("{ENDPOINTS}/{}", endpoint["id"].as_str().expect("an id"))
}

fn secret(endpoint: &Value) -> &str {
    endpoint["secret"].as_str().expect("a secret")
}

/// The deliveries to an endpoint, the oldest first.
async fn deliveries(app: &TestApp, endpoint: &Value) -> Vec<Value> {
    let list = format!("{}/deliveries?sort=createdAt", path(endpoint));
    let page = app.get(&list).await.expect(200);
    page["items"].as_array().cloned().expect("a list")
}

/// Waits until so many deliveries were made and none is under way or due at the present moment.
async fn rested(app: &TestApp, endpoint: &Value, count: usize) -> Vec<Value> {
    // What is under way shows the end of its lease.
    let lease_ends = app.now() + TimeDelta::seconds(60);
    let rests = |it: &Value| {
        let next = it["nextAttemptAt"].as_str();
        let next = next.map(|it| it.parse::<DateTime<Utc>>().expect("a moment"));
        next.is_none_or(|next| next > app.now() && next != lease_ends)
    };
    until(async || {
        let all = deliveries(app, endpoint).await;
        all.len() >= count && all.iter().all(rests)
    })
    .await;
    deliveries(app, endpoint).await
}

/// Waits until a receiver got so many messages.
async fn got(receiver: &Receiver, count: usize) {
    until(async || receiver.received().len() >= count).await;
}

/// Something that is told as `rules.changed`.
async fn change_rules(app: &TestApp, name: &str) {
    app.rule(name, 1, &[], json!({ "enabled": false })).await;
}
