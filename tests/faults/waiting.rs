//! Waits for what the service in this process does by itself. Its clock does not move meanwhile.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{buyer::at, support::Database, test_shop::TestShop};

/// Longer than anything here takes, even on a busy machine; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

impl TestShop {
    /// A shop whose workers poll often. No webhook says what happens at Apruve.
    pub async fn watchful(database: Database) -> Self {
        let flags = [
            ("payments.sweep", "20ms"),
            ("reconciliation.poll", "20ms"),
            ("rate_limits.admin", "0"),
        ];
        TestShop::open_with(std::sync::Arc::new(database), &flags, |_| {}).await
    }

    /// The same, with its webhooks registered at Apruve.
    pub async fn in_touch(database: Database) -> Self {
        let shop = TestShop::watchful(database).await;
        let path = format!("{}/webhook-endpoints", shop.integration);
        let registered = shop.post(&path, &json!({})).await;
        assert!(registered.status.is_success(), "{registered:?}");
        shop
    }

    /// Everything the sandbox holds.
    pub async fn held(&self) -> Value {
        self.control(Method::GET, "/state", &Value::Null).await
    }

    /// From now on nothing goes wrong any more.
    pub async fn mend(&self) {
        self.control(Method::DELETE, "/faults", &Value::Null).await;
    }

    /// How often Apruve was posted to at a path since the last look at its calls.
    pub async fn posts(&self, path: &str) -> usize {
        let wanted = format!("POST {path}");
        self.calls()
            .await
            .iter()
            .filter(|call| **call == wanted)
            .count()
    }

    /// The payment, once it is as wanted.
    pub async fn until(
        &self,
        payment: &Value,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Value {
        self.wait_for(&at(payment), what, holds).await
    }

    /// What is at a path, once it is as wanted.
    pub async fn wait_for(&self, path: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let read = self.app.get(path).await.expect(200);
            if holds(&read) {
                return read;
            }
            assert!(Instant::now() < end, "waited in vain for {what}: {read:#}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Moves both clocks to the next sync of a payment, and waits until its result was written. A payment that is settled
    /// has none.
    pub async fn pass_until_looked(&self, payment: &Value, time: Duration) -> Value {
        let before = self.payment(payment).await;
        if is_settled(&before) {
            return before;
        }
        self.pass(time).await;
        let is_synced = |now: &Value| now["version"] != before["version"];
        self.until(payment, "a sync", is_synced).await
    }

    /// Lets Apruve send what it has to tell, and waits until all of it is worked off; every event by when it came.
    pub async fn deliver_webhooks(&self) -> Vec<Value> {
        self.control(Method::POST, "/webhooks/flush", &Value::Null)
            .await;
        let rests = |list: &Value| {
            let all = list["items"].as_array().expect("a list");
            all.iter().all(|it| it["state"] != "received")
        };
        let path = "/v1/webhook-events?limit=200&sort=receivedAt";
        let list = self.wait_for(path, "the events", rests).await;
        list["items"].as_array().expect("a list").clone()
    }
}

/// Whether nothing of a payment is open on our side.
pub fn is_settled(payment: &Value) -> bool {
    payment["unsettled"] == false
}

/// The last transaction of this kind under a payment.
pub fn last<'p>(payment: &'p Value, action: &str) -> &'p Value {
    let all = payment["transactions"].as_array().expect("a list");
    all.iter()
        .rfind(|it| it["action"] == action)
        .expect("a transaction")
}
