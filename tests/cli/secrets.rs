//! Nothing the service writes for operators holds a secret or a person, however much it is told to write.

use reqwest::{Method, header};
use serde_json::json;

use crate::{
    process::{Served, Workspace},
    support::{Database, on_both_databases},
};

const API_KEY: &str = "planted-api-key-0123456789abcdef";
const HS256_SECRET: &str = "planted hs256 secret of 32 bytes";
const MASTER_KEY: &str = "cGxhbnRlZG1hc3RlcmtleXdpdGgzMmJ5dGVzaW5pdDA=";
const PASSWORD: &str = "planted-database-password";
const PROXY_PASSWORD: &str = "planted-proxy-password";
/// User and password as the proxy gets them.
const PROXY_CREDENTIALS: &str = "cGxhbnRlZDpwbGFudGVkLXByb3h5LXBhc3N3b3Jk";
const EMAIL: &str = "planted.buyer@acme.example";
const STREET: &str = "1 Planted Street";
const RUBBISH: &str = "planted-rubbish";

/// The database's address with a password in it, where one can have one.
fn with_password(url: &str) -> String {
    match url.split_once('?') {
        Some(_) => format!("{url}&password={PASSWORD}"),
        None => url.to_owned(),
    }
}

fn place(url: &str) -> Workspace {
    Workspace::new()
        .with("DATABASE_URL", url)
        .with("ONTERMS__AUTH__HS256_SECRET", HS256_SECRET)
        .with(
            "ONTERMS__SECRETS__MASTER_KEY",
            &format!("base64:{MASTER_KEY}"),
        )
        .with(
            "ONTERMS__OUTBOUND__PROXY",
            &format!("http://planted:{PROXY_PASSWORD}@127.0.0.1:1"),
        )
        .with("ONTERMS__APRUVE__ALLOWED_HOSTS", "10.255.255.1")
        .with("ONTERMS__LOG__FILTER", "trace")
}

/// Sends what somebody might, well-formed or not, and returns secrets that only the service knew before.
async fn drive(service: &Served, admin: &str) -> Vec<String> {
    let integration = json!({
        "type": "apruve", "name": "Planted", "label": { "default": "Terms" },
        "settings": { "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6", "apiKey": API_KEY,
                      "baseUrl": "http://127.0.0.1:1", "testMode": true },
    });
    let (status, made) = service.post("/v1/integrations", admin, &integration).await;
    assert_eq!(status, 201, "{made}");
    let url = made["webhookUrl"].as_str().expect("a webhook URL");
    let webhook_token = url.rsplit('/').next().expect("a token").to_owned();
    let id = made["id"].as_str().expect("an id");

    let (status, found) = service
        .post(&format!("/v1/integrations/{id}/check"), admin, &json!({}))
        .await;
    assert_eq!(
        (status, &found["result"]),
        (200, &json!("unreachable")),
        "{found}"
    );
    // This one goes through the proxy, which is not there.
    let far = json!({ "type": "apruve", "settings": { "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6",
                      "apiKey": API_KEY, "baseUrl": "https://10.255.255.1", "testMode": true } });
    let (status, found) = service.post("/v1/integrations/check", admin, &far).await;
    assert_eq!(
        (status, &found["result"]),
        (200, &json!("unreachable")),
        "{found}"
    );
    let wrong = json!({ "type": "apruve", "name": "x", "settings": { "apiKey": [API_KEY], "apiKeys": API_KEY } });
    assert_eq!(service.post("/v1/integrations", admin, &wrong).await.0, 422);

    let rule = json!({
        "name": "Fails", "sortOrder": 1, "currency": "USD", "expression": "customerUser.email > 1",
        "paymentMethods": [{ "id": made["paymentMethodId"] }],
    });
    let (status, made) = service.post("/v1/payment-rules", admin, &rule).await;
    assert!(status == 201 || status == 422, "{made}");
    let cart = json!({
        "currency": "USD", "total": "10.00", "customerUser": { "email": EMAIL },
        "billingAddress": { "countryIso2": "US", "street": STREET },
    });
    let path = "/v1/checkout/payment-methods?explain=full";
    assert_eq!(service.post(path, admin, &cart).await.0, 200);
    let broken = json!({ "currency": EMAIL, "total": STREET });
    assert_eq!(service.post(path, admin, &broken).await.0, 422);

    for (method, path) in [
        (
            Method::GET,
            format!("/v1/payment-rules?name={EMAIL}&{RUBBISH}=1"),
        ),
        (Method::GET, format!("/{RUBBISH}/{EMAIL}")),
        (Method::POST, format!("/webhooks/apruve/{webhook_token}")),
        (Method::DELETE, format!("/v1/integrations/{RUBBISH}")),
    ] {
        let sent = service
            .request(method, &path)
            .bearer_auth(admin)
            .send()
            .await;
        assert!(
            sent.expect("an answer").status().is_client_error(),
            "{path}"
        );
    }
    let forged = format!("{admin}{RUBBISH}");
    let refused = service
        .request(Method::GET, "/v1/settings")
        .bearer_auth(forged);
    assert_eq!(refused.send().await.expect("an answer").status(), 401);
    let text = service
        .request(Method::POST, "/v1/checkout/payment-methods")
        .bearer_auth(admin)
        .header(header::CONTENT_TYPE, "application/json")
        .body(format!("{{ \"currency\": \"USD\", {STREET}"));
    assert_eq!(text.send().await.expect("an answer").status(), 400);
    vec![webhook_token]
}

on_both_databases! {
    async fn no_log_line_and_no_metric_holds_a_secret_or_a_person(database: Database) {
        let place = place(&with_password(database.url()));
        let mut service = place.serve(&[]);
        let admin = place.token("admin");
        let mut planted = drive(&service, &admin).await;
        let metrics = service.metrics().await;
        service.terminate();
        let (status, log) = service.wait();
        assert_eq!(status.code(), Some(0));
        assert!(log.contains("\"TRACE\"") && log.contains("answered a request"), "{log}");

        let signature = admin.rsplit('.').next().expect("a signature");
        let known = [
            API_KEY, HS256_SECRET, MASTER_KEY, PASSWORD, PROXY_PASSWORD, PROXY_CREDENTIALS, EMAIL, STREET, RUBBISH,
            &admin, signature,
        ];
        planted.extend(known.map(str::to_owned));
        for secret in planted {
            for (what, text) in [("the log", &log), ("the metrics", &metrics)] {
                let line = text.lines().find(|line| line.contains(&secret));
                assert_eq!(line, None, "`{secret}` is in {what}");
            }
        }
    }
}

#[test]
fn a_database_that_cannot_be_reached_is_complained_of_without_its_password() {
    let url = format!("postgres://shop:{PASSWORD}@127.0.0.1:1/onterms");
    for url in [url.clone(), url.replace("127.0.0.1:1", "no host/")] {
        let ended = place(&url).run(&["serve"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(!ended.err.contains(PASSWORD), "{}", ended.err);
        let ended = place(&url).run(&["migrate"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(!ended.err.contains(PASSWORD), "{}", ended.err);
    }
}
