//! Replacing the master key while replicas are replaced one by one: nobody is answered with an error meanwhile.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    process::{Served, Workspace},
    support::{Database, on_both_databases},
};

const MASTER: &str = "ONTERMS__SECRETS__MASTER_KEY";
const RETIRED: &str = "ONTERMS__SECRETS__RETIRED_MASTER_KEYS";

fn key(letter: &str) -> String {
    format!("base64:{}A=", letter.repeat(42))
}

/// Where a replica runs with this key, and knows the other one.
fn place(database: &Database, master: &str, retired: Option<&str>) -> Workspace {
    let place = Workspace::new()
        .with_keys()
        .with("DATABASE_URL", database.url());
    let place = place.with(MASTER, master);
    match retired {
        Some(retired) => place.with(RETIRED, retired),
        None => place,
    }
}

/// What a replica has sealed and every other one must open.
struct Sealed {
    integration: String,
    payment: String,
}

async fn ask(service: &Served, method: Method, path: &str, token: &str, body: &Value) -> Value {
    let request = service.request(method, path).bearer_auth(token).json(body);
    let request = request.header("Idempotency-Key", uuid::Uuid::now_v7().to_string());
    let response = request.send().await.expect("an answer");
    let (status, text) = (response.status(), response.text().await.expect("a text"));
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).expect("JSON")
}

async fn seal(service: &Served, token: &str, name: &str) -> Sealed {
    let apruve = json!({
        "type": "apruve", "name": name, "label": { "default": name },
        "settings": { "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6", "apiKey": "0123456789abcdef0123456789abcdef" },
    });
    let made = ask(service, Method::POST, "/v1/integrations", token, &apruve).await;
    let method = &made["paymentMethodId"];
    let rule = json!({ "name": name, "sortOrder": 1, "currency": "USD", "paymentMethods": [{ "id": method }] });
    ask(service, Method::POST, "/v1/payment-rules", token, &rule).await;
    let line = json!({ "productSku": "A", "quantity": 1, "price": { "value": "10.00", "currency": "USD" } });
    let cart = json!({
        "currency": "USD", "total": "10.00", "taxAmount": "0", "shippingAmount": "0", "lineItems": [line],
        "customerUser": { "email": "buyer@acme.example" },
    });
    let begin = json!({ "orderId": name, "paymentMethodId": method, "cart": cart });
    let payment = ask(service, Method::POST, "/v1/payments", token, &begin).await;
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    Sealed {
        integration: text(&made["id"]),
        payment: text(&payment["id"]),
    }
}

/// Opens the webhook token, the API key (for the order's hash) and the cart.
async fn open(service: &Served, token: &str, sealed: &Sealed) {
    let reveal = format!("/v1/integrations/{}/reveal-webhook-url", sealed.integration);
    ask(service, Method::POST, &reveal, token, &json!({})).await;
    let path = format!("/v1/payments/{}", sealed.payment);
    let payment = ask(service, Method::GET, &path, token, &Value::Null).await;
    assert_eq!(payment["lines"][0]["sku"], "A", "{payment}");
    assert!(payment["nextAction"]["secureHash"].is_string(), "{payment}");
}

on_both_databases! {
    async fn the_master_key_is_replaced_without_a_single_error(database: Database) {
        let (old, new) = (key("A"), key("B"));
        let stages = [
            // Every replica learns to open what the new key will seal.
            (&old, Some(new.as_str())),
            // Every replica seals with the new key and opens what the old one sealed.
            (&new, Some(old.as_str())),
            // After `rotate-key` nothing needs the old one any more.
            (&new, None),
        ];
        let first = place(&database, &old, None);
        let token = first.token("admin");
        let mut replicas = [first.serve(&[]), first.serve(&[])];
        let mut sealed = vec![seal(&replicas[0], &token, "SO-0").await];
        for (stage, (master, retired)) in stages.into_iter().enumerate() {
            let place = place(&database, master, retired);
            for turn in [0, 1] {
                replicas[turn] = place.serve(&[]);
                for (one, replica) in replicas.iter().enumerate() {
                    sealed.push(seal(replica, &token, &format!("SO-{stage}-{turn}-{one}")).await);
                }
                for replica in &replicas {
                    for sealed in &sealed {
                        open(replica, &token, sealed).await;
                    }
                }
            }
            if stage == 1 {
                let rotated = place.run(&["rotate-key"]);
                assert_eq!(rotated.code, Some(0), "{rotated:?}");
            }
        }
    }
}
