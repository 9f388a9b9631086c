//! The lightbox: its script, hash and orders; and the page of the account holder.

use aws_lc_rs::digest::{SHA256, digest};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_sandbox::{Answer, TestSandbox};

/// The order of a shop's page, and the text its hash is of after the key.
fn order(sandbox: &TestSandbox, amount_cents: i64) -> (Value, String) {
    let merchant_id = &sandbox.running.merchant_id;
    let order = json!({
        "merchant_id": merchant_id, "merchant_order_id": "SO-1", "amount_cents": amount_cents, "currency": "USD",
        "finalize_on_create": true, "invoice_on_create": false,
        "order_items": [{ "title": "Washer", "price_total_cents": amount_cents, "amount_cents": amount_cents, "quantity": 1 }],
    });
    let text = format!("{merchant_id}SO-1{amount_cents}USDtruefalseWasher{amount_cents}1");
    (order, text)
}

fn hash(sandbox: &TestSandbox, text: &str) -> String {
    let hash = digest(
        &SHA256,
        format!("{}{text}", sandbox.running.api_key).as_bytes(),
    );
    hash.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

async fn send(sandbox: &TestSandbox, path: &str, body: &Value) -> Answer {
    // Plain text, as the script sends it.
    let request = sandbox
        .client
        .post(sandbox.url(path))
        .body(body.to_string());
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    (answer.status(), answer.json().await.expect("JSON"))
}

async fn open(sandbox: &TestSandbox, amount_cents: i64) -> String {
    let (order, text) = order(sandbox, amount_cents);
    let body = json!({ "order": order, "secure_hash": hash(sandbox, &text) });
    let (status, checkout) = send(sandbox, "/js/v4/checkouts", &body).await;
    assert_eq!(status, StatusCode::OK, "{checkout}");
    checkout["id"].as_str().expect("an id").to_owned()
}

#[actix_web::test]
async fn an_order_with_its_hash_opens_the_lightbox_and_is_placed_once() {
    let sandbox = TestSandbox::new().await;
    let checkout = open(&sandbox, 500).await;
    assert_eq!(sandbox.read("/orders").await, json!([]));
    let place = format!("/js/v4/checkouts/{checkout}/place");
    let (_, placed) = send(&sandbox, &place, &json!({ "approve": true })).await;
    assert_eq!(placed["status"], "accepted");
    assert_eq!(
        send(&sandbox, &place, &json!({ "approve": true })).await.1,
        placed
    );
    let (_, text) = order(&sandbox, 500);
    let by_hash = sandbox
        .read(&format!("/orders?secure_hash={}", hash(&sandbox, &text)))
        .await;
    assert_eq!(by_hash.as_array().map(Vec::len), Some(1));
    assert_eq!(by_hash[0]["id"], placed["order_id"]);
    assert_eq!(by_hash[0]["merchant_order_id"], "SO-1");
    assert_eq!(
        sandbox.events().await,
        ["payment_term.accepted", "order.accepted"]
    );
}

#[actix_web::test]
async fn an_order_with_another_hash_opens_nothing() {
    let sandbox = TestSandbox::new().await;
    let (right, text) = order(&sandbox, 500);
    let right_hash = hash(&sandbox, &text);
    let mut cheaper = right.clone();
    cheaper["amount_cents"] = json!(5);
    let mut foreign = right.clone();
    foreign["merchant_id"] = json!("another");
    for (order, secure_hash) in [
        (cheaper, right_hash.as_str()),
        (foreign, right_hash.as_str()),
        (right.clone(), ""),
        (right, &hash(&sandbox, "something else")),
    ] {
        let body = json!({ "order": order, "secure_hash": secure_hash });
        let (status, refusal) = send(&sandbox, "/js/v4/checkouts", &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(refusal["error"].is_string());
    }
    assert_eq!(sandbox.read("/orders").await, json!([]));
}

#[actix_web::test]
async fn a_checkout_above_the_credit_is_canceled() {
    let sandbox = TestSandbox::new().await;
    let checkout = open(&sandbox, 99_999_999).await;
    let place = format!("/js/v4/checkouts/{checkout}/place");
    let (_, placed) = send(&sandbox, &place, &json!({ "approve": true })).await;
    assert_eq!(placed["status"], "canceled");
}

#[actix_web::test]
async fn the_account_holder_approves_declines_or_lets_expire_on_a_page() {
    let sandbox = TestSandbox::new().await;
    for (action, status) in [
        ("approve", "accepted"),
        ("decline", "canceled"),
        ("expire", "canceled"),
    ] {
        let checkout = open(&sandbox, 500).await;
        let place = format!("/js/v4/checkouts/{checkout}/place");
        let (_, placed) = send(&sandbox, &place, &json!({ "approve": false })).await;
        assert_eq!(placed["status"], "pending");
        let id = placed["order_id"].as_str().expect("an id");
        let page = sandbox.url(&format!("/buyer/orders/{id}"));
        let shown = sandbox
            .client
            .get(&page)
            .send()
            .await
            .expect("a page")
            .text()
            .await
            .expect("HTML");
        assert!(
            shown.contains(&format!("action=\"/buyer/orders/{id}/{action}\"")),
            "{shown}"
        );
        let after = sandbox
            .client
            .post(format!("{page}/{action}"))
            .send()
            .await
            .expect("a page");
        let shown = after.text().await.expect("HTML");
        assert!(
            shown.contains(&format!("data-status=\"{status}\"")),
            "{shown}"
        );
        assert!(!shown.contains("<form"), "{shown}");
        assert_eq!(
            sandbox.read(&format!("/orders/{id}")).await["status"],
            status
        );
    }
}

#[actix_web::test]
async fn a_page_shows_a_shops_words_and_does_not_run_them() {
    let sandbox = TestSandbox::new().await;
    let mut body = sandbox.order_body(100).await;
    body["merchant_order_id"] = json!("<script>alert(1)</script>");
    sandbox.make("/orders", &body).await;
    let page = sandbox
        .client
        .get(sandbox.url("/buyer"))
        .send()
        .await
        .expect("a page");
    let page = page.text().await.expect("HTML");
    assert!(
        page.contains("&lt;script&gt;") && !page.contains("<script>"),
        "{page}"
    );
}

#[actix_web::test]
async fn the_script_offers_what_apruves_does() {
    let sandbox = TestSandbox::new().await;
    let answer = sandbox
        .client
        .get(sandbox.url("/js/v4/apruve.js?display=compact"))
        .send()
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(
        answer.headers()["content-type"],
        "text/javascript; charset=utf-8"
    );
    let script = answer.text().await.expect("a script");
    for member in [
        "setOrder",
        "setShopper",
        "registerApruveCallback",
        "startCheckout",
        "loadButton",
        "errors",
        "APRUVE_LAUNCHED_EVENT",
        "APRUVE_COMPLETE_EVENT",
        "APRUVE_CLOSED_EVENT",
    ] {
        assert!(script.contains(&format!("    {member}: ")), "{member}");
    }
}

#[actix_web::test]
async fn a_buyer_who_confirmed_needs_no_approval_once_the_shop_finalizes() {
    let sandbox = TestSandbox::new().await;
    let (mut order, text) = order(&sandbox, 500);
    order["finalize_on_create"] = json!(false);
    let text = text.replace("truefalse", "falsefalse");
    let body = json!({ "order": order, "secure_hash": hash(&sandbox, &text) });
    let (_, checkout) = send(&sandbox, "/js/v4/checkouts", &body).await;
    let place = format!(
        "/js/v4/checkouts/{}/place",
        checkout["id"].as_str().expect("an id")
    );
    let (_, placed) = send(&sandbox, &place, &json!({ "approve": true })).await;
    assert_eq!(placed["status"], "new");
    let path = format!("/orders/{}", placed["order_id"].as_str().expect("an id"));
    let (status, _) = sandbox
        .call(Method::POST, &format!("{path}/finalize"), &Value::Null)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(sandbox.read(&path).await["status"], "accepted");
}
