//! Keys, and that one shop sees nothing of another.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_sandbox::TestSandbox;

#[actix_web::test]
async fn a_missing_or_wrong_key_opens_nothing() {
    let sandbox = TestSandbox::new().await;
    let path = sandbox.url(&format!(
        "/api/v4/merchants/{}",
        sandbox.running.merchant_id
    ));
    for key in [None, Some("0123456789abcdef0123456789abcdef")] {
        let mut request = sandbox.client.get(&path);
        if let Some(key) = key {
            request = request.header("Apruve-Api-Key", key);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["errors"][0]["title"], "Unauthorized");
    }
    let merchant = sandbox
        .read(&format!("/merchants/{}", sandbox.running.merchant_id))
        .await;
    assert_eq!(merchant["id"], json!(sandbox.running.merchant_id));
}

#[actix_web::test]
async fn an_unknown_id_is_plain_text_not_found() {
    let sandbox = TestSandbox::new().await;
    let answer = sandbox
        .request(Method::GET, "/api/v4/orders/unknown")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.text().await.expect("a text"), "Not Found");
}

#[actix_web::test]
async fn what_belongs_to_another_shop_is_not_known() {
    let sandbox = TestSandbox::new().await;
    let order = sandbox.accepted_order(100).await;
    let invoice = sandbox.open_invoice(100).await;
    let other = sandbox
        .control(Method::POST, "/merchants", &json!({ "name": "Other" }))
        .await;
    let other_key = other["apiKey"].as_str().expect("a key");
    for path in [
        format!("/api/v4/orders/{order}"),
        format!("/api/v4/orders/{order}/invoices"),
        format!("/api/v4/invoices/{invoice}"),
        format!("/api/v4/invoices/{invoice}/shipments"),
        format!("/api/v4/merchants/{}", sandbox.running.merchant_id),
        format!(
            "/api/v4/merchants/{}/corporate_accounts",
            sandbox.running.merchant_id
        ),
    ] {
        let request = sandbox
            .client
            .get(sandbox.url(&path))
            .header("Apruve-Api-Key", other_key);
        assert_eq!(
            request.send().await.expect("an answer").status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let request = sandbox
        .client
        .get(sandbox.url("/api/v4/orders"))
        .header("Apruve-Api-Key", other_key);
    let orders: Value = request
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(orders, json!([]));
}

#[actix_web::test]
async fn webhook_endpoints_are_added_listed_shown_and_removed() {
    let sandbox = TestSandbox::new().await;
    let path = format!(
        "/merchants/{}/webhook_endpoints",
        sandbox.running.merchant_id
    );
    let second = sandbox.receiver.url.replace("/hook", "/second");
    let body = json!({ "webhook_endpoint": { "url": second, "version": "v4" } });
    let made = sandbox.make(&path, &body).await;
    assert_eq!(
        (&made["url"], &made["version"]),
        (&json!(second), &json!("v4"))
    );
    assert_eq!(sandbox.read(&path).await.as_array().map(Vec::len), Some(2));
    let event = json!({ "merchantId": sandbox.running.merchant_id, "event": "moon.risen", "entity": "full" });
    sandbox.control(Method::POST, "/webhooks", &event).await;
    assert_eq!(sandbox.events().await, ["moon.risen", "moon.risen"]);
    let one = format!("{path}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(sandbox.read(&one).await, made);
    assert_eq!(
        sandbox.call(Method::DELETE, &one, &Value::Null).await.0,
        StatusCode::OK
    );
    assert_eq!(sandbox.get(&one).await.0, StatusCode::NOT_FOUND);
    sandbox.control(Method::POST, "/webhooks", &event).await;
    assert_eq!(sandbox.events().await, ["moon.risen"]);
    for url in ["", "ftp://shop.example/", "not an address"] {
        assert_eq!(
            sandbox.post(&path, &json!({ "url": url })).await.0,
            StatusCode::BAD_REQUEST,
            "{url}"
        );
    }
}
