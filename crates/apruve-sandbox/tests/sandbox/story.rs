//! From an order to its payment, with every webhook on the way.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_sandbox::TestSandbox;

#[actix_web::test]
async fn an_order_is_approved_invoiced_issued_shipped_funded_and_paid() {
    let sandbox = TestSandbox::new().await;
    assert_eq!(sandbox.events().await, [] as [&str; 0]);

    let order = sandbox
        .make("/orders", &sandbox.order_body(150_000).await)
        .await;
    assert_eq!(order["status"], "pending");
    assert_eq!(order["payment_term"]["status"], "accepted");
    assert_eq!(order["tax_cents"], 0);
    assert_eq!(order["created_at"], "2026-01-15T10:00:00-06:00");
    assert_eq!(order["expire_at"], "2026-03-01T23:59:59-06:00");
    assert_eq!(order["secure_hash"], Value::Null);
    let order_path = format!("/orders/{}", order["id"].as_str().expect("an id"));
    sandbox.act(&format!("{order_path}/approve")).await;
    assert_eq!(
        sandbox.events().await,
        ["payment_term.accepted", "order.accepted"]
    );
    let order = sandbox.read(&order_path).await;
    assert_eq!(order["status"], "accepted");
    assert_eq!(order["final_state_at"], "2026-01-15T10:00:00-06:00");

    let body = json!({
        "amount_cents": 150_000, "issue_on_create": false, "merchant_invoice_id": "INV-1",
        "invoice_items": [{ "title": "Nuts", "price_total_cents": 150_000 }],
    });
    let invoice = sandbox.make(&format!("{order_path}/invoices"), &body).await;
    assert_eq!(invoice["status"], "pending");
    assert_eq!(invoice["due_at"], Value::Null);
    assert_eq!(invoice["tax_cents"], Value::Null);
    let path = format!("/invoices/{}", invoice["id"].as_str().expect("an id"));
    let (status, issued) = sandbox.post(&format!("{path}/issue"), &Value::Null).await;
    assert_eq!(
        (status, &issued["status"]),
        (StatusCode::OK, &json!("open"))
    );
    assert_eq!(issued["due_at"], "2026-02-14T00:00:00-06:00");
    assert_eq!(sandbox.account().await["credit_balance_cents"], 150_000);
    assert_eq!(sandbox.events().await, ["credit_available.updated"]);

    let (status, refusal) = sandbox
        .try_control(Method::POST, &format!("{path}/fund"), &Value::Null)
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        refusal["error"]
            .as_str()
            .is_some_and(|why| why.contains("no shipment")),
        "{refusal}"
    );
    let shipment = json!({ "shipped_at": "2026-01-15T16:00:00Z", "merchant_shipment_id": "S-1" });
    let shipment = sandbox.make(&format!("{path}/shipments"), &shipment).await;
    assert_eq!(shipment["status"], "fulfilled");
    assert_eq!(sandbox.events().await, ["shipment.created"]);

    let fee = json!({ "feeCents": 4_350 });
    sandbox
        .control(Method::POST, &format!("{path}/fund"), &fee)
        .await;
    let funded = sandbox.read(&path).await;
    assert_eq!(funded["status"], "open");
    assert_eq!(funded["funding_details"][0]["fee_cents"], 4_350);
    assert_eq!(sandbox.events().await, ["invoice.funded"]);

    sandbox.act(&format!("{path}/pay")).await;
    let closed = sandbox.read(&path).await;
    assert_eq!(
        (&closed["status"], &closed["amount_due"]),
        (&json!("closed"), &json!(0))
    );
    assert_eq!(closed["payments"][0]["status"], "captured");
    assert_eq!(closed["payments"][0]["amount_cents"], 150_000);
    assert_eq!(
        sandbox.events().await,
        ["invoice.closed", "credit_available.updated"]
    );
    assert_eq!(sandbox.account().await["credit_balance_cents"], 0);
}

#[actix_web::test]
async fn webhooks_are_signed_over_exactly_what_is_sent_with_the_key_that_is_served() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.accepted_order(100).await;
    let invoice = json!({ "amount_cents": 100, "invoice_items": [{ "title": "Nuts & bolts" }] });
    let invoice = sandbox
        .make(&format!("/orders/{id}/invoices"), &invoice)
        .await;
    sandbox.webhooks().await;
    sandbox
        .act(&format!(
            "/invoices/{}/close",
            invoice["id"].as_str().expect("an id")
        ))
        .await;
    let taken = sandbox.webhooks().await;
    let served = sandbox
        .client
        .get(sandbox.url("/.well-known/webhook-key.pem"))
        .send()
        .await;
    let served = served.expect("an answer").text().await.expect("a key");
    assert_eq!(served, sandbox.running.public_key_pem);
    let closed = &taken[0];
    assert_eq!(closed.event(), "invoice.closed");
    assert!(closed.is_signed_by(&served));
    let text = String::from_utf8(closed.body.clone()).expect("UTF-8");
    assert!(
        text.starts_with(r#"{"uuid":""#) && text.contains(r"Nuts \u0026 bolts"),
        "{text}"
    );
    let mut changed = closed.clone();
    changed.body.push(b'\n');
    assert!(!changed.is_signed_by(&served));
}

#[actix_web::test]
async fn an_order_that_nobody_approves_expires_when_its_time_has_come() {
    let sandbox = TestSandbox::new().await;
    let mut body = sandbox.order_body(100).await;
    body["expire_at"] = json!("2026-01-15T17:00:00Z");
    let order = sandbox.make("/orders", &body).await;
    let path = format!("/orders/{}", order["id"].as_str().expect("an id"));
    sandbox.advance(3_599).await;
    assert_eq!(sandbox.read(&path).await["status"], "pending");
    sandbox.advance(1).await;
    assert_eq!(sandbox.read(&path).await["status"], "canceled");
    assert_eq!(sandbox.events().await, ["order.canceled"]);
}

#[actix_web::test]
async fn an_order_with_an_invoice_that_stands_cannot_be_canceled() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.accepted_order(100).await;
    let invoice = sandbox
        .make(
            &format!("/orders/{id}/invoices"),
            &json!({ "amount_cents": 40 }),
        )
        .await;
    let cancel = format!("/orders/{id}/cancel");
    let (status, refusal) = sandbox.post(&cancel, &Value::Null).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(refusal["errors"][0]["title"].is_string(), "{refusal}");
    let invoice_path = format!("/invoices/{}", invoice["id"].as_str().expect("an id"));
    let (status, canceled) = sandbox
        .post(&format!("{invoice_path}/cancel"), &Value::Null)
        .await;
    assert_eq!(
        (status, &canceled["status"]),
        (StatusCode::OK, &json!("canceled"))
    );
    let (status, canceled) = sandbox.post(&cancel, &Value::Null).await;
    assert_eq!(
        (status, &canceled["status"]),
        (StatusCode::OK, &json!("canceled"))
    );
    sandbox.webhooks().await;
    assert_eq!(
        sandbox.post(&cancel, &Value::Null).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(sandbox.events().await, [] as [&str; 0]);
}

#[actix_web::test]
async fn an_order_that_is_invoiced_on_create_gets_its_invoice_when_it_is_accepted() {
    let sandbox = TestSandbox::new().await;
    let mut body = sandbox.order_body(700).await;
    body["invoice_on_create"] = json!("true");
    let order = sandbox.make("/orders", &body).await;
    let path = format!("/orders/{}", order["id"].as_str().expect("an id"));
    assert_eq!(sandbox.read(&format!("{path}/invoices")).await, json!([]));
    sandbox.act(&format!("{path}/approve")).await;
    let invoices = sandbox.read(&format!("{path}/invoices")).await;
    assert_eq!(invoices[0]["status"], "open");
    assert_eq!(invoices[0]["amount_cents"], 700);
    assert_eq!(invoices.as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn one_seed_repeats_the_same_story() {
    let mut orders = Vec::new();
    for _ in 0..2 {
        let sandbox = TestSandbox::new().await;
        let mut order = sandbox
            .make("/orders", &sandbox.order_body(100).await)
            .await;
        // The port is the system's choice.
        order["links"] = Value::Null;
        order["payment_term"]["links"] = Value::Null;
        order["order_items"][0]["links"] = Value::Null;
        orders.push(order);
    }
    assert_eq!(orders[0], orders[1]);
}
