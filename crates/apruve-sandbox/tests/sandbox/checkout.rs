//! The lightbox: its script, its hash, and what comes of it; and the page of the account holder.

use aws_lc_rs::digest::{SHA256, digest};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bed::{Answer, Bed};

/// The order of a shop's page, and the text its hash is of after the key.
fn order(bed: &Bed, amount_cents: i64) -> (Value, String) {
    let merchant_id = &bed.sandbox.merchant_id;
    let order = json!({
        "merchant_id": merchant_id, "merchant_order_id": "SO-1", "amount_cents": amount_cents, "currency": "USD",
        "finalize_on_create": true, "invoice_on_create": false,
        "order_items": [{ "title": "Washer", "price_total_cents": amount_cents, "amount_cents": amount_cents, "quantity": 1 }],
    });
    let text = format!("{merchant_id}SO-1{amount_cents}USDtruefalseWasher{amount_cents}1");
    (order, text)
}

fn hash(bed: &Bed, text: &str) -> String {
    let hash = digest(&SHA256, format!("{}{text}", bed.sandbox.api_key).as_bytes());
    hash.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

async fn send(bed: &Bed, path: &str, body: &Value) -> Answer {
    // Plain text, as the script sends it.
    let request = bed.client.post(bed.url(path)).body(body.to_string());
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    (answer.status(), answer.json().await.expect("JSON"))
}

async fn open(bed: &Bed, amount_cents: i64) -> String {
    let (order, text) = order(bed, amount_cents);
    let body = json!({ "order": order, "secure_hash": hash(bed, &text) });
    let (status, checkout) = send(bed, "/js/v4/checkouts", &body).await;
    assert_eq!(status, StatusCode::OK, "{checkout}");
    checkout["id"].as_str().expect("an id").to_owned()
}

#[actix_web::test]
async fn an_order_with_its_hash_opens_the_lightbox_and_is_placed_once() {
    let bed = Bed::new().await;
    let checkout = open(&bed, 500).await;
    assert_eq!(bed.read("/orders").await, json!([]));
    let place = format!("/js/v4/checkouts/{checkout}/place");
    let (_, placed) = send(&bed, &place, &json!({ "approve": true })).await;
    assert_eq!(placed["status"], "accepted");
    assert_eq!(
        send(&bed, &place, &json!({ "approve": true })).await.1,
        placed
    );
    let (_, text) = order(&bed, 500);
    let by_hash = bed
        .read(&format!("/orders?secure_hash={}", hash(&bed, &text)))
        .await;
    assert_eq!(by_hash.as_array().map(Vec::len), Some(1));
    assert_eq!(by_hash[0]["id"], placed["order_id"]);
    assert_eq!(by_hash[0]["merchant_order_id"], "SO-1");
    assert_eq!(
        bed.events().await,
        ["payment_term.accepted", "order.accepted"]
    );
}

#[actix_web::test]
async fn an_order_with_another_hash_opens_nothing() {
    let bed = Bed::new().await;
    let (right, text) = order(&bed, 500);
    let right_hash = hash(&bed, &text);
    let mut cheaper = right.clone();
    cheaper["amount_cents"] = json!(5);
    let mut foreign = right.clone();
    foreign["merchant_id"] = json!("another");
    for (order, secure_hash) in [
        (cheaper, right_hash.as_str()),
        (foreign, right_hash.as_str()),
        (right.clone(), ""),
        (right, &hash(&bed, "something else")),
    ] {
        let body = json!({ "order": order, "secure_hash": secure_hash });
        let (status, refusal) = send(&bed, "/js/v4/checkouts", &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(refusal["error"].is_string());
    }
    assert_eq!(bed.read("/orders").await, json!([]));
}

#[actix_web::test]
async fn a_checkout_above_the_credit_is_canceled() {
    let bed = Bed::new().await;
    let checkout = open(&bed, 99_999_999).await;
    let place = format!("/js/v4/checkouts/{checkout}/place");
    let (_, placed) = send(&bed, &place, &json!({ "approve": true })).await;
    assert_eq!(placed["status"], "canceled");
}

#[actix_web::test]
async fn the_account_holder_approves_declines_or_lets_expire_on_a_page() {
    let bed = Bed::new().await;
    for (action, status) in [
        ("approve", "accepted"),
        ("decline", "canceled"),
        ("expire", "canceled"),
    ] {
        let checkout = open(&bed, 500).await;
        let place = format!("/js/v4/checkouts/{checkout}/place");
        let (_, placed) = send(&bed, &place, &json!({ "approve": false })).await;
        assert_eq!(placed["status"], "pending");
        let id = placed["order_id"].as_str().expect("an id");
        let page = bed.url(&format!("/buyer/orders/{id}"));
        let shown = bed
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
        let after = bed
            .client
            .post(format!("{page}/{action}"))
            .send()
            .await
            .expect("a page");
        let shown = after.text().await.expect("HTML");
        assert!(
            shown.contains(&format!("<b id=\"status\">{status}</b>")),
            "{shown}"
        );
        assert!(!shown.contains("<form"), "{shown}");
        assert_eq!(bed.read(&format!("/orders/{id}")).await["status"], status);
    }
}

#[actix_web::test]
async fn a_page_shows_a_shops_words_and_does_not_run_them() {
    let bed = Bed::new().await;
    let mut body = bed.order_body(100).await;
    body["merchant_order_id"] = json!("<script>alert(1)</script>");
    bed.make("/orders", &body).await;
    let page = bed
        .client
        .get(bed.url("/buyer"))
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
    let bed = Bed::new().await;
    let answer = bed
        .client
        .get(bed.url("/js/v4/apruve.js?display=compact"))
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
    let bed = Bed::new().await;
    let (mut order, text) = order(&bed, 500);
    order["finalize_on_create"] = json!(false);
    let text = text.replace("truefalse", "falsefalse");
    let body = json!({ "order": order, "secure_hash": hash(&bed, &text) });
    let (_, checkout) = send(&bed, "/js/v4/checkouts", &body).await;
    let place = format!(
        "/js/v4/checkouts/{}/place",
        checkout["id"].as_str().expect("an id")
    );
    let (_, placed) = send(&bed, &place, &json!({ "approve": true })).await;
    assert_eq!(placed["status"], "new");
    let path = format!("/orders/{}", placed["order_id"].as_str().expect("an id"));
    let (status, _) = bed
        .call(Method::POST, &format!("{path}/finalize"), &Value::Null)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(bed.read(&path).await["status"], "accepted");
}
