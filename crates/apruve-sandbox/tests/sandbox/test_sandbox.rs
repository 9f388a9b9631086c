//! A sandbox with a fixed clock, a client with the shop's key, and a receiver of its webhooks.

use apruve_sandbox::{Clock, Options, Running, Sandbox};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::receiver::{Receiver, Taken};

/// The time at the start of every test.
pub const START: &str = "2026-01-15T16:00:00Z";

pub struct TestSandbox {
    pub running: Running,
    pub client: Client,
    pub receiver: Receiver,
}

/// An answer: its status, and its body where it is JSON.
pub type Answer = (StatusCode, Value);

impl TestSandbox {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With the options changed.
    pub async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let receiver = Receiver::start();
        let now = START.parse().expect("a time");
        let mut options = Options {
            seed: 7,
            clock: Clock::from_fn(move || now),
            webhook_urls: vec![receiver.url.clone()],
            ..Options::default()
        };
        change(&mut options);
        TestSandbox {
            running: Sandbox::start(options).await.expect("a sandbox"),
            client: Client::builder().no_proxy().build().expect("a client"),
            receiver,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.origin())
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, self.url(path));
        request.header("Apruve-Api-Key", &self.running.api_key)
    }

    /// A call to the API.
    pub async fn call(&self, method: Method, path: &str, body: &Value) -> Answer {
        let mut request = self.request(method, &format!("/api/v4{path}"));
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a text");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &Value::Null).await
    }

    /// A POST that creates an object.
    pub async fn make(&self, path: &str, body: &Value) -> Value {
        let (status, made) = self.post(path, body).await;
        assert_eq!(status, StatusCode::CREATED, "{path}: {made}");
        made
    }

    /// The JSON of a GET.
    pub async fn read(&self, path: &str) -> Value {
        let (status, shown) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {shown}");
        shown
    }

    /// A call to the control API that may fail.
    pub async fn try_control(&self, method: Method, path: &str, body: &Value) -> Answer {
        let mut request = self
            .client
            .request(method, self.url(&format!("/control{path}")));
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// A call to the control API that succeeds.
    pub async fn control(&self, method: Method, path: &str, body: &Value) -> Value {
        let (status, answer) = self.try_control(method, path, body).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// A POST to the control API without a body.
    pub async fn act(&self, path: &str) -> Value {
        self.control(Method::POST, path, &Value::Null).await
    }

    pub async fn fault(&self, kind: &str, fault: &Value) {
        self.control(Method::POST, &format!("/faults/{kind}"), fault)
            .await;
    }

    pub async fn advance(&self, seconds: u32) {
        let by = json!({ "seconds": seconds });
        self.control(Method::POST, "/clock/advance", &by).await;
    }

    /// The webhooks since the last call, after all due ones were sent.
    pub async fn webhooks(&self) -> Vec<Taken> {
        self.act("/webhooks/flush").await;
        self.receiver.taken()
    }

    /// The events since the last call.
    pub async fn events(&self) -> Vec<String> {
        let taken = self.webhooks().await;
        taken.iter().map(Taken::event).collect()
    }

    /// The account of the initial buyer.
    pub async fn account(&self) -> Value {
        let path = format!(
            "/merchants/{}/corporate_accounts?email={}",
            self.running.merchant_id, self.running.buyer_email
        );
        self.read(&path).await[0].clone()
    }

    /// The body of an order of one line.
    pub async fn order_body(&self, amount_cents: i64) -> Value {
        let account = self.account().await;
        json!({
            "merchant_id": self.running.merchant_id,
            "merchant_order_id": "SO-1",
            "shopper_id": account["authorized_buyers"][0]["id"],
            "payment_term": { "corporate_account_id": account["id"] },
            "amount_cents": amount_cents,
            "currency": "USD",
            "finalize_on_create": true,
            "invoice_on_create": false,
            "order_items": [{
                "title": "Nuts & bolts", "quantity": 1,
                "price_total_cents": amount_cents, "amount_cents": amount_cents,
            }],
        })
    }

    /// An accepted order, by id; the webhooks so far are taken.
    pub async fn accepted_order(&self, amount_cents: i64) -> String {
        let order = self
            .make("/orders", &self.order_body(amount_cents).await)
            .await;
        let id = order["id"].as_str().expect("an id").to_owned();
        self.act(&format!("/orders/{id}/approve")).await;
        self.webhooks().await;
        id
    }

    /// An issued invoice of a new order, by id; the webhooks so far are taken.
    pub async fn open_invoice(&self, amount_cents: i64) -> String {
        let order_id = self.accepted_order(amount_cents).await;
        let path = format!("/orders/{order_id}/invoices");
        let invoice = self
            .make(&path, &json!({ "amount_cents": amount_cents }))
            .await;
        self.webhooks().await;
        invoice["id"].as_str().expect("an id").to_owned()
    }
}
