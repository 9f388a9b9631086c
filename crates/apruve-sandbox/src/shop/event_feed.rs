//! Follows the service's event feed instead of polling: an event of a payment of this shop is in the journal as soon as
//! it is in the feed.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    calls::CallerRole,
    journal::Journal,
    orders::Orders,
    service::{NewCall, Service},
};

/// The pause after a failed call.
const PAUSE: Duration = Duration::from_secs(1);

pub struct EventFeed {
    pub service: Arc<Service>,
    pub orders: Arc<Orders>,
    pub journal: Arc<Journal>,
}

impl EventFeed {
    /// Follows the feed until the task is dropped. The service answers when there is an event, or after 25 seconds.
    pub async fn follow(self) {
        let mut after = None;
        loop {
            match self.read(after.as_deref()).await {
                Some(next) => after = Some(next),
                None => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// Reads a page; returns the cursor after it.
    async fn read(&self, after: Option<&str>) -> Option<String> {
        let mut path = "events?type=payment.*&wait=25".to_owned();
        if let Some(after) = after {
            path += &format!("&after={after}");
        }
        let call = NewCall {
            role: CallerRole::Office,
            path: &path,
            key: None,
            body: None,
        };
        let answer = self.service.send(&call).await.ok()?;
        let page = answer.json();
        for event in page["items"].as_array().into_iter().flatten() {
            self.record(&path, event);
        }
        // If the cursor has expired, a 410 names the oldest one.
        let next = page.get("next").or_else(|| page.get("oldest"))?;
        Some(next.as_str()?.to_owned())
    }

    fn record(&self, path: &str, event: &Value) {
        let order_id = event["data"]["orderId"].as_str().unwrap_or_default();
        // The feed contains the payments of all systems that sell with the service.
        if self.orders.get(order_id).is_some() {
            self.journal
                .record_event(order_id, format!("GET /v1/{path}"), event.clone());
        }
    }
}
