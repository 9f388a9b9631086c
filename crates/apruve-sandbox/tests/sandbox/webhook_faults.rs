//! Webhooks that are lost, repeated, reordered, late, badly signed, or not accepted.

use reqwest::Method;
use serde_json::{Value, json};

use crate::test_sandbox::TestSandbox;

/// Causes these two events: a shipment, then another.
async fn ship_twice(sandbox: &TestSandbox, invoice: &str) {
    let body = json!({ "shipped_at": "2026-01-15T16:00:00Z" });
    for _ in 0..2 {
        sandbox
            .make(&format!("/invoices/{invoice}/shipments"), &body)
            .await;
    }
}

async fn states(sandbox: &TestSandbox, event: &str) -> Vec<String> {
    let webhooks = sandbox
        .control(Method::GET, "/webhooks", &Value::Null)
        .await;
    let webhooks = webhooks.as_array().expect("a list").iter();
    webhooks
        .filter(|webhook| webhook["event"] == event)
        .map(|webhook| webhook["state"]["is"].as_str().expect("a state").to_owned())
        .collect()
}

#[actix_web::test]
async fn a_lost_webhook_never_comes_unless_it_is_sent_by_hand() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.open_invoice(100).await;
    sandbox
        .fault(
            "webhooks",
            &json!({ "event": "invoice.*", "effect": { "kind": "lose" } }),
        )
        .await;
    sandbox.act(&format!("/invoices/{id}/close")).await;
    sandbox.advance(2 * 86_400).await;
    assert_eq!(sandbox.events().await, ["credit_available.updated"]);
    assert_eq!(states(&sandbox, "invoice.closed").await, ["lost"]);
    let webhooks = sandbox
        .control(Method::GET, "/webhooks", &Value::Null)
        .await;
    let webhooks = webhooks.as_array().expect("a list");
    let lost = webhooks
        .iter()
        .find(|webhook| webhook["state"]["is"] == "lost");
    let uuid = lost.expect("the lost one")["uuid"]
        .as_str()
        .expect("a uuid");
    sandbox.act(&format!("/webhooks/{uuid}/send")).await;
    assert_eq!(sandbox.events().await, ["invoice.closed"]);
}

#[actix_web::test]
async fn a_duplicated_webhook_comes_as_often_as_asked_with_one_uuid() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.open_invoice(100).await;
    let effect = json!({ "kind": "duplicate", "copies": 50 });
    sandbox
        .fault(
            "webhooks",
            &json!({ "event": "invoice.closed", "effect": effect }),
        )
        .await;
    sandbox.act(&format!("/invoices/{id}/close")).await;
    let taken = sandbox.webhooks().await;
    let closed: Vec<_> = taken
        .iter()
        .filter(|one| one.event() == "invoice.closed")
        .collect();
    assert_eq!(closed.len(), 50);
    assert!(closed.iter().all(|one| one.body == closed[0].body));
}

#[actix_web::test]
async fn a_reordered_webhook_comes_after_the_next_one() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.open_invoice(100).await;
    sandbox
        .fault(
            "webhooks",
            &json!({ "event": "invoice.funded", "effect": { "kind": "reorder" } }),
        )
        .await;
    let shipment = json!({ "shipped_at": "2026-01-15T16:00:00Z" });
    sandbox
        .make(&format!("/invoices/{id}/shipments"), &shipment)
        .await;
    sandbox.act(&format!("/invoices/{id}/fund")).await;
    assert_eq!(sandbox.events().await, ["shipment.created"]);
    sandbox.act(&format!("/invoices/{id}/close")).await;
    assert_eq!(
        sandbox.events().await,
        [
            "invoice.closed",
            "invoice.funded",
            "credit_available.updated"
        ]
    );
}

#[actix_web::test]
async fn a_late_webhook_comes_when_its_time_has_come() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.open_invoice(100).await;
    let effect = json!({ "kind": "late", "seconds": 86_400 });
    sandbox
        .fault("webhooks", &json!({ "effect": effect }))
        .await;
    ship_twice(&sandbox, &id).await;
    assert_eq!(sandbox.events().await.len(), 1);
    sandbox.advance(86_399).await;
    assert_eq!(sandbox.events().await.len(), 0);
    sandbox.advance(1).await;
    assert_eq!(sandbox.events().await.len(), 1);
}

#[actix_web::test]
async fn a_badly_signed_webhook_does_not_verify() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.open_invoice(100).await;
    let key = &sandbox.running.public_key_pem;
    for signature in ["missing", "garbage", "other-key", "other-body"] {
        let effect = json!({ "kind": "bad-signature", "signature": signature });
        sandbox
            .fault("webhooks", &json!({ "effect": effect }))
            .await;
        ship_twice(&sandbox, &id).await;
        let taken = sandbox.webhooks().await;
        let verified: Vec<bool> = taken.iter().map(|one| one.is_signed_by(key)).collect();
        assert_eq!(verified, [false, true], "{signature}");
        assert_eq!(taken[0].signature.is_none(), signature == "missing");
    }
}

#[actix_web::test]
async fn a_webhook_that_is_not_taken_comes_again_after_one_minute_and_then_after_two() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.open_invoice(100).await;
    sandbox.receiver.answer(&[500, 404]);
    sandbox
        .make(
            &format!("/invoices/{id}/shipments"),
            &json!({ "shipped_at": "2026-01-15T16:00:00Z" }),
        )
        .await;
    let first = sandbox.webhooks().await;
    sandbox.advance(59).await;
    assert_eq!(sandbox.events().await.len(), 0);
    sandbox.advance(1).await;
    let second = sandbox.webhooks().await;
    assert_eq!(second[0].body, first[0].body);
    sandbox.advance(119).await;
    assert_eq!(sandbox.events().await.len(), 0);
    sandbox.advance(1).await;
    assert_eq!(sandbox.events().await.len(), 1);
    sandbox.advance(86_400).await;
    assert_eq!(sandbox.events().await.len(), 0);
    assert_eq!(states(&sandbox, "shipment.created").await, ["delivered"]);
}

#[actix_web::test]
async fn a_webhook_that_nobody_takes_for_a_day_is_given_up() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.open_invoice(100).await;
    sandbox.receiver.answer(&[503; 20]);
    sandbox
        .make(
            &format!("/invoices/{id}/shipments"),
            &json!({ "shipped_at": "2026-01-15T16:00:00Z" }),
        )
        .await;
    sandbox.advance(3 * 86_400).await;
    assert_eq!(sandbox.events().await.len(), 13);
    assert_eq!(states(&sandbox, "shipment.created").await, ["givenUp"]);
}
