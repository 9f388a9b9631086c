//! The sandbox, and beside it real processes of the service that are started and killed. Time is the system's.

use std::time::{Duration, Instant};

use apruve_sandbox::{Options, Running, Sandbox};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::{
    buyer::{fresh_key, payable},
    process::{Ended, Served, Workspace},
    support::Database,
    test_shop::account,
};

/// Longer than anything here takes, even on a busy machine; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(90);

pub struct TestCluster {
    place: Workspace,
    sandbox: Running,
    client: Client,
    token: String,
    method: String,
    /// The last part of the integration's webhook address.
    webhook_token: String,
    /// Kept last: the database goes when everything that uses it is gone.
    _database: Database,
}

impl TestCluster {
    /// A sandbox, and a first process with an integration between the two and a rule that offers it.
    pub async fn open(database: Database) -> (Self, Served) {
        let sandbox = Sandbox::start(Options::default()).await.expect("a sandbox");
        let place = Workspace::new()
            .with_keys()
            .with("DATABASE_URL", database.url())
            .with("ONTERMS__LOG__FILTER", "info,actix_server=warn")
            // A call, and the margin after it, is the lease of what was begun.
            .with("ONTERMS__APRUVE__TIMEOUT", "6s")
            .with("ONTERMS__PAYMENTS__SWEEP", "100ms")
            .with("ONTERMS__WEBHOOKS__POLL", "100ms")
            .with("ONTERMS__WEBHOOKS__LEASE", "2s")
            .with("ONTERMS__RULEBOOK__REFRESH", "20ms")
            // A test that waits asks often.
            .with("ONTERMS__RATE_LIMITS__ADMIN", "0");
        let first = place.serve(&[]);
        let mut cluster = TestCluster {
            token: place.token("admin"),
            place,
            // A connection that the sandbox is just closing would be a call without an answer.
            client: Client::builder()
                .no_proxy()
                .pool_max_idle_per_host(0)
                .build()
                .expect("a client"),
            method: String::new(),
            webhook_token: String::new(),
            sandbox,
            _database: database,
        };
        let (status, made) = cluster
            .post(&first, "/v1/integrations", &account(&cluster.sandbox))
            .await;
        assert_eq!(status, 201, "{made}");
        let text = |field: &str| made[field].as_str().expect("a text").to_owned();
        cluster.method = text("paymentMethodId");
        let token = text("webhookUrl");
        cluster.webhook_token = token.rsplit('/').next().expect("a token").to_owned();
        let rule = json!({
            "name": "On terms", "sortOrder": 1, "currency": "USD", "paymentMethods": [{ "id": cluster.method }],
        });
        let (status, made) = cluster.post(&first, "/v1/payment-rules", &rule).await;
        assert_eq!(status, 201, "{made}");
        (cluster, first)
    }

    /// One more process on the same database.
    pub fn serve(&self) -> Served {
        self.place.serve(&[])
    }

    /// The same with other settings; `None` takes one away.
    pub async fn serve_with(&self, variables: &[(&str, Option<&str>)]) -> Served {
        let place = self.place_with(variables);
        aside(move || place.serve(&[])).await
    }

    /// Runs a command with other settings.
    pub async fn run_with(
        &self,
        variables: &[(&str, Option<&str>)],
        arguments: &'static [&str],
    ) -> Ended {
        let place = self.place_with(variables);
        aside(move || place.run(arguments)).await
    }

    fn place_with(&self, variables: &[(&str, Option<&str>)]) -> Workspace {
        let place = self.place.clone();
        variables
            .iter()
            .fold(place, |place, (name, value)| match value {
                Some(value) => place.with(name, value),
                None => place.without(name),
            })
    }

    /// Has Apruve post its webhooks to this process too.
    pub async fn listen(&self, served: &Served) {
        let url = format!(
            "http://{}/webhooks/apruve/{}",
            served.address, self.webhook_token
        );
        let path = format!(
            "/api/v4/merchants/{}/webhook_endpoints",
            self.sandbox.merchant_id
        );
        let request = self.client.post(format!("{}{path}", self.sandbox.origin()));
        let request = request
            .header("Apruve-Api-Key", &self.sandbox.api_key)
            .json(&json!({ "url": url }));
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// A call to the sandbox's control API.
    pub async fn control(&self, method: Method, path: &str, body: &Value) -> Value {
        let url = format!("{}/control{path}", self.sandbox.origin());
        let mut request = self.client.request(method, url);
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {answer:?}");
        answer.json().await.expect("JSON")
    }

    /// Everything the sandbox holds.
    pub async fn held(&self) -> Value {
        self.control(Method::GET, "/state", &Value::Null).await
    }

    /// What goes wrong with the next call to a path at Apruve that changes something, or with the next look there.
    pub async fn fault(&self, method: &str, path: &str, when: &str, kind: &str) {
        let fault =
            json!({ "method": method, "path": path, "when": when, "effect": { "kind": kind } });
        self.control(Method::POST, "/faults/calls", &fault).await;
    }

    /// Waits until every call is held that was to be; a fault that has struck for the last time is gone.
    pub async fn all_held(&self) {
        self.eventually("the calls to be held", || async {
            let faults = self.control(Method::GET, "/faults", &Value::Null).await;
            (faults["calls"] == json!([])).then_some(())
        })
        .await;
    }

    /// Lets the calls go on that are held.
    pub async fn release(&self) {
        self.control(Method::DELETE, "/faults", &Value::Null).await;
    }

    /// How often a path was posted to.
    pub async fn posts(&self, path: &str) -> usize {
        let calls = self.control(Method::GET, "/calls", &Value::Null).await;
        let path = format!("/api/v4{path}");
        let calls = calls.as_array().expect("a list").iter();
        calls
            .filter(|call| call["method"] == "POST" && call["path"] == path)
            .count()
    }

    /// A request with a key of its own.
    pub async fn post(&self, served: &Served, path: &str, body: &Value) -> (u16, Value) {
        let sent = self.send(served, &fresh_key(), path, body).await;
        sent.expect("an answer")
    }

    /// A request with this key. `None` when the process was gone before it answered.
    pub async fn send(
        &self,
        served: &Served,
        key: &str,
        path: &str,
        body: &Value,
    ) -> Option<(u16, Value)> {
        self.request(served, key, path, body).send().await
    }

    /// The same, not sent yet.
    pub fn request(&self, served: &Served, key: &str, path: &str, body: &Value) -> Pending {
        let request = served.request(Method::POST, path).bearer_auth(&self.token);
        Pending(request.header("Idempotency-Key", key).json(body))
    }

    pub async fn get(&self, served: &Served, path: &str) -> Value {
        let request = served.request(Method::GET, path).bearer_auth(&self.token);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.expect("JSON")
    }

    /// The same, whatever the answer is. `None` when the process was gone before it answered.
    pub async fn try_get(&self, served: &Served, path: &str) -> Option<(u16, Value)> {
        let request = served.request(Method::GET, path).bearer_auth(&self.token);
        Pending(request).send().await
    }

    /// Reads a resource until it is as wanted.
    pub async fn until(
        &self,
        served: &Served,
        path: &str,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Value {
        self.eventually(what, || async {
            let read = self.get(served, path).await;
            holds(&read).then_some(read)
        })
        .await
    }

    /// Asks again and again until there is an answer.
    pub async fn eventually<T, F: Future<Output = Option<T>>>(
        &self,
        what: &str,
        mut ask: impl FnMut() -> F,
    ) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            assert!(Instant::now() < end, "waited in vain for {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The body that begins a payment of the usual cart.
    pub fn new_payment(&self, order_id: &str) -> Value {
        json!({ "paymentMethodId": self.method, "orderId": order_id, "cart": payable() })
    }

    /// The body of a sales rep's order.
    pub fn on_behalf(&self, order_id: &str) -> Value {
        let mut body = self.new_payment(order_id);
        body["buyerEmail"] = json!(self.sandbox.buyer_email);
        body
    }

    /// A payment that Apruve has accepted.
    pub async fn authorized(&self, served: &Served, order_id: &str) -> Value {
        let (status, payment) = self
            .post(served, "/v1/payments", &self.new_payment(order_id))
            .await;
        assert_eq!(status, 201, "{payment}");
        let order = self.confirm(&payment).await;
        let path = format!("{}/authorize", crate::buyer::at(&payment));
        let (status, payment) = self
            .post(served, &path, &json!({ "apruveOrderId": order }))
            .await;
        assert_eq!(
            (status, &payment["status"]),
            (200, &json!("authorized")),
            "{payment}"
        );
        payment
    }

    /// An invoice over a part of a payment, as the answer shows it.
    pub async fn invoiced(&self, served: &Served, payment: &Value, body: Value) -> Value {
        let path = format!("{}/invoices", crate::buyer::at(payment));
        let (status, invoice) = self.post(served, &path, &body).await;
        assert_eq!(status, 201, "{invoice}");
        invoice
    }

    /// The buyer confirms in the popup; the order's id at Apruve.
    pub async fn confirm(&self, payment: &Value) -> String {
        let next = &payment["nextAction"];
        let body = json!({ "order": next["order"], "secure_hash": next["secureHash"] });
        let checkout = self.in_browser("/js/v4/checkouts", &body).await;
        let id = checkout["id"].as_str().expect("an id");
        let placed = self
            .in_browser(
                &format!("/js/v4/checkouts/{id}/place"),
                &json!({ "approve": true }),
            )
            .await;
        placed["order_id"].as_str().expect("an order").to_owned()
    }

    async fn in_browser(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.sandbox.origin()));
        let answer = request
            .body(body.to_string())
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.expect("JSON")
    }
}

/// Does something that takes its time while requests go on.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    actix_web::web::block(work).await.expect("no panic")
}

/// A request that may outlive the process it goes to.
pub struct Pending(reqwest::RequestBuilder);

impl Pending {
    /// `None` when the process was gone before it answered.
    pub async fn send(self) -> Option<(u16, Value)> {
        let answer = self.0.send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }
}
