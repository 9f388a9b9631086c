//! `/v1/events` and `/v1/event-types`.

mod changes;
mod feed;
mod life;
mod types;

use serde_json::Value;

use crate::{TestApp, app::until};

/// Every event so far that passes a filter, once each has its place.
pub async fn reported(app: &TestApp, filter: &str) -> Vec<Value> {
    numbered(app).await;
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = app
            .get(&format!("/v1/events?limit=3&{filter}{after}"))
            .await;
        let page = page.expect(200);
        all.extend(page["items"].as_array().cloned().expect("a list"));
        after = format!("&after={}", text(&page, "next"));
        if page["caughtUp"] == true {
            return all;
        }
    }
}

/// Waits until every event that was written has its place.
pub async fn numbered(app: &TestApp) {
    until(async || {
        let waiting = app
            .service
            .store()
            .read(onterms::events::store::oldest_unnumbered);
        waiting.await.expect("an answer").is_none()
    })
    .await;
}

/// The types of events, in order.
pub fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|it| text(it, "type")).collect()
}

pub fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().expect("a text")
}
