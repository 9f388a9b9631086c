//! `/webhooks/apruve/{token}`, `/v1/webhook-events` and `/v1/webhook-replays`.

mod apply;
mod events;
pub mod payments;
mod receive;
mod replay;

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::{Answer, awaited},
    apruve::{API_KEY, Apruve, MERCHANT},
};

/// Signs webhooks as Apruve does.
struct Signer(KeyPair);

/// Apruve's key in these tests, and somebody else's.
static APRUVE: LazyLock<Signer> = LazyLock::new(Signer::new);
static SOMEBODY: LazyLock<Signer> = LazyLock::new(Signer::new);

impl Signer {
    fn new() -> Self {
        Signer(KeyPair::generate(KeySize::Rsa2048).expect("a key"))
    }

    fn sign(&self, body: &[u8]) -> String {
        let mut signature = vec![0; self.0.public_modulus_len()];
        let random = SystemRandom::new();
        let signed = self
            .0
            .sign(&RSA_PKCS1_SHA256, &random, body, &mut signature);
        signed.expect("a signature");
        STANDARD.encode(signature)
    }

    fn public_pem(&self) -> String {
        let der = self.0.public_key().as_der().expect("a public key");
        pem::encode(&pem::Pem::new("PUBLIC KEY", der.as_ref()))
    }
}

/// A shop's account at Apruve, and the address of its webhooks.
struct Account {
    id: String,
    /// Of the integration.
    address: String,
    /// Of its webhooks.
    path: String,
}

impl Account {
    /// One whose webhooks Apruve's key signs.
    async fn new(app: &TestApp, name: &str) -> Self {
        let keys = json!({ "webhookPublicKeys": [APRUVE.public_pem()] });
        Self::with(app, name, keys).await
    }

    /// The same, at this stand-in.
    async fn at(app: &TestApp, name: &str, apruve: &Apruve) -> Self {
        let keys = [APRUVE.public_pem()];
        let settings = json!({ "webhookPublicKeys": keys, "baseUrl": apruve.origin });
        Self::with(app, name, settings).await
    }

    /// One with other settings.
    async fn with(app: &TestApp, name: &str, settings: Value) -> Self {
        let mut body = json!({
            "type": "apruve", "name": name, "label": { "default": "Pay on terms" },
            // Nothing listens there.
            "settings": { "merchantId": MERCHANT, "apiKey": API_KEY, "baseUrl": "http://127.0.0.1:9" },
        });
        for (key, value) in settings.as_object().expect("an object") {
            body["settings"][key] = value.clone();
        }
        let made = app.post("/v1/integrations", &body).await.expect(201);
        let id = made["id"].as_str().expect("an id").to_owned();
        Account {
            address: format!("/v1/integrations/{id}"),
            path: path_of(&made),
            id,
        }
    }

    /// A webhook as Apruve sends it.
    async fn hears(&self, app: &TestApp, body: impl Into<Vec<u8>>) -> Answer {
        let body = body.into();
        let signature = APRUVE.sign(&body);
        send(app, &self.path, body, Some(&signature)).await
    }
}

/// The path in `webhookUrl`.
fn path_of(integration: &Value) -> String {
    let url = integration["webhookUrl"].as_str().expect("a URL");
    let token = url.rsplit('/').next().expect("a token");
    format!("/webhooks/apruve/{token}")
}

/// Posts to a webhook address.
async fn send(app: &TestApp, path: &str, body: Vec<u8>, signature: Option<&str>) -> Answer {
    let request = app.bare(Method::POST, path).raw(body);
    let request = match signature {
        Some(signature) => request.header("x-apruve-signature", signature),
        None => request,
    };
    request.send().await
}

/// A body as Apruve writes it.
fn webhook(uuid: &str, event: &str, entity: Value) -> String {
    let created_at = "2026-03-01T06:59:30-05:00";
    json!({ "uuid": uuid, "created_at": created_at, "event": event, "entity": entity }).to_string()
}

/// A body that nothing follows from.
fn idle(uuid: &str) -> String {
    webhook(uuid, "order.archived", json!({ "id": "m1" }))
}

/// Every event, oldest first.
async fn events(app: &TestApp) -> Vec<Value> {
    let list = app
        .get("/v1/webhook-events?sort=receivedAt&limit=200")
        .await
        .expect(200);
    list["items"].as_array().expect("a list").clone()
}

/// Every event once each of them was applied at least once.
pub async fn at_rest(app: &TestApp) -> Vec<Value> {
    until(app, |events| {
        events.iter().all(|event| event["state"] != "received")
    })
    .await
}

/// Every event once the condition holds.
async fn until(app: &TestApp, holds: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    awaited(async || events(app).await, |events| holds(events)).await
}
