//! Webhooks as Apruve would send them: signed once, and new to each account.
//!
//! Making an RSA-4096 signature takes milliseconds, so a few hundred bodies are signed and posted to many accounts that
//! verify with the same key: to each of them every body is an event of its own.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::service::Service;

const BODIES: usize = 400;
const ACCOUNTS: usize = 120;

pub struct SignedWebhooks {
    public_pem: String,
    signed: Vec<(String, String)>,
}

impl SignedWebhooks {
    /// Signs all bodies with a key made just now.
    pub fn sign() -> Self {
        let key = KeyPair::generate(KeySize::Rsa4096).expect("a key");
        let der = key.public_key().as_der().expect("a public key");
        let random = SystemRandom::new();
        let sign = |number| {
            let body = body(number);
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &random, body.as_bytes(), &mut signature)
                .expect("a signature");
            (body, STANDARD.encode(signature))
        };
        SignedWebhooks {
            public_pem: pem::encode(&pem::Pem::new("PUBLIC KEY", der.as_ref())),
            signed: (0..BODIES).map(sign).collect(),
        }
    }

    pub fn public_pem(&self) -> &str {
        &self.public_pem
    }

    pub fn bytes(&self) -> usize {
        self.signed[0].0.len()
    }

    /// Every body to every account, each once.
    pub fn genuine(&self, paths: Vec<String>) -> impl Fn() -> Option<Vec<u8>> + Sync + '_ {
        let count = AtomicUsize::new(0);
        move || {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let path = paths.get(number / BODIES)?;
            let (body, signature) = &self.signed[number % BODIES];
            Some(request(path, body, signature))
        }
    }

    /// A body with the signature of another one.
    pub fn forged(&self, path: &str) -> Vec<u8> {
        request(path, &self.signed[0].0, &self.signed[1].1)
    }
}

fn request(path: &str, body: &str, signature: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-apruve-signature: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// About as long as the genuine event that is public. Nothing follows from it, so that taking it in is all that is measured.
fn body(number: usize) -> String {
    let item = json!({
        "id": "2c1f0a9b8d7e6f5a4b3c2d1e0f9a8b7c", "title": "Nuts & bolts", "description": "A box of a hundred, zinc plated, metric",
        "quantity": 4, "price_ea_cents": 2500, "price_total_cents": 10_000, "currency": "USD", "sku": "1GB82",
        "product_url": "https://shop.example/products/1GB82", "merchant_notes": null, "variant_info": null,
    });
    json!({
        "uuid": format!("{number:032x}"), "created_at": "2026-03-01T12:00:00Z", "event": "order.archived",
        "entity": { "id": "9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d", "invoice_items": vec![item; 7] },
    })
    .to_string()
}

/// Makes one Apruve integration and returns the path of its webhooks.
pub fn account(service: &Service, public_pem: &str, name: &str) -> String {
    let body = json!({
        "type": "apruve", "name": name, "label": { "default": name },
        "settings": {
            "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6", "apiKey": "0123456789abcdef0123456789abcdef",
            "webhookPublicKeys": [public_pem],
        },
    });
    let made: Value =
        serde_json::from_str(&service.ask("/v1/integrations", &body.to_string())).expect("JSON");
    let url = made["webhookUrl"].as_str().expect("a URL");
    let place = url.find("/webhooks/").expect("a path");
    url[place..].to_owned()
}

/// Many of them, of which none has had a webhook yet.
pub fn accounts(service: &Service, public_pem: &str) -> Vec<String> {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let names = (0..ACCOUNTS).map(|_| format!("Account {}", MADE.fetch_add(1, Ordering::Relaxed)));
    names
        .map(|name| account(service, public_pem, &name))
        .collect()
}
