//! A shop that sells on terms, with all of Apruve beside it: the service, the sandbox, and an integration between the two.
//!
//! Both have clocks that are set by hand and go together. Nothing is registered for webhooks until a test asks for it.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use apruve_sandbox::{Clock, Options, Running, Sandbox};
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::START,
    support::{Database, client},
};

/// What the sandbox of every shop signs with: making a key takes as long as many a test.
static SIGNING_KEY: LazyLock<String> = LazyLock::new(|| {
    let key = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let document: Pkcs8V1Der<'_> = key.as_der().expect("PKCS#8");
    pem::encode(&pem::Pem::new("PRIVATE KEY", document.as_ref()))
});

pub struct TestShop {
    pub app: TestApp,
    pub sandbox: Running,
    /// The integration's address, `/v1/integrations/…`.
    pub integration: String,
    /// Its payment method's id, which one rule offers to every cart in USD.
    pub method: String,
    /// Where it takes Apruve's webhooks.
    pub webhook_url: String,
    client: reqwest::Client,
}

impl TestShop {
    pub async fn open(database: Database) -> Self {
        Self::open_with(Arc::new(database), &[], |_| {}).await
    }

    /// With settings of the service as (key, value), and with the sandbox's options changed.
    pub async fn open_with(
        database: Arc<Database>,
        flags: &[(&'static str, &str)],
        change: impl FnOnce(&mut Options),
    ) -> Self {
        Self::of(TestApp::start_with(database, flags).await, change).await
    }

    /// That of a service that was started already.
    pub async fn of(app: TestApp, change: impl FnOnce(&mut Options)) -> Self {
        let start = START.parse().expect("a moment");
        let mut options = Options {
            seed: 7,
            clock: Clock::from_fn(move || start),
            signing_key_pem: Some(SIGNING_KEY.clone()),
            ..Options::default()
        };
        change(&mut options);
        let sandbox = Sandbox::start(options).await.expect("a sandbox");
        let made = app.post("/v1/integrations", &account(&sandbox)).await;
        let made = made.expect(201);
        let text = |field: &str| made[field].as_str().expect("a text").to_owned();
        let method = text("paymentMethodId");
        app.rule("On terms", 10, &[&method], json!({})).await;
        TestShop {
            integration: format!("/v1/integrations/{}", text("id")),
            webhook_url: text("webhookUrl"),
            method,
            app,
            sandbox,
            client: client(),
        }
    }

    /// What Apruve shows the shop at a path below `/api/v4`.
    pub async fn at_apruve(&self, path: &str) -> Value {
        let (status, shown) = self.call(Method::GET, path, &Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{path}: {shown}");
        shown
    }

    /// A call to Apruve with the shop's key that goes past the service, as from the shop's own hand at Apruve.
    pub async fn call(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let key = ("Apruve-Api-Key", self.sandbox.api_key.as_str());
        self.send(method, &format!("/api/v4{path}"), body, Some(key))
            .await
    }

    /// A call to the sandbox's control API: moves of Apruve's own such as `/orders/{id}/approve`, faults, a look
    /// inside.
    pub async fn control(&self, method: Method, path: &str, body: &Value) -> Value {
        let path = format!("/control{path}");
        let (status, answer) = self.send(method, &path, body, None).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// The same, where it may be refused; whether it was done.
    pub async fn try_control(&self, path: &str, body: &Value) -> bool {
        let path = format!("/control{path}");
        let (status, _) = self.send(Method::POST, &path, body, None).await;
        status.is_success()
    }

    /// Lets calls go wrong: see the sandbox's `CallFault`.
    pub async fn fault(&self, fault: &Value) {
        self.control(Method::POST, "/faults/calls", fault).await;
    }

    /// The calls that Apruve had since the last look, each as `POST /orders`.
    pub async fn calls(&self) -> Vec<String> {
        let calls = self.control(Method::DELETE, "/calls", &Value::Null).await;
        let calls = calls.as_array().cloned().unwrap_or_default();
        let text = |call: &Value, field: &str| call[field].as_str().unwrap_or("?").to_owned();
        calls
            .iter()
            .map(|call| {
                let path = text(call, "path");
                let path = path.trim_start_matches("/api/v4");
                format!("{} {path}", text(call, "method"))
            })
            .collect()
    }

    /// Moves both clocks; whatever Apruve sends meanwhile has been sent.
    pub async fn pass(&self, time: Duration) {
        self.app.pass(time);
        let to = json!({ "to": self.app.now() });
        self.control(Method::POST, "/clock/advance", &to).await;
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        header: Option<(&str, &str)>,
    ) -> (StatusCode, Value) {
        let url = format!("{}{path}", self.sandbox.origin());
        let mut request = self.client.request(method, url);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a text");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

/// The sandbox's shop as an administrator enters it.
pub fn account(sandbox: &Running) -> Value {
    json!({
        "type": "apruve",
        "name": "Apruve US",
        "label": { "default": "Pay on terms" },
        "settings": {
            "merchantId": sandbox.merchant_id,
            "apiKey": sandbox.api_key,
            "testMode": true,
            "baseUrl": sandbox.origin(),
            "webhookPublicKeys": [sandbox.public_key_pem],
        },
    })
}
