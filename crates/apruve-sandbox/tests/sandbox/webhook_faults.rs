//! Webhooks that are lost, repeated, overtaken, late, badly signed, or not taken.

use reqwest::Method;
use serde_json::{Value, json};

use crate::bed::Bed;

/// Makes these two events: a shipment, then another.
async fn ship_twice(bed: &Bed, invoice: &str) {
    let body = json!({ "shipped_at": "2026-01-15T16:00:00Z" });
    for _ in 0..2 {
        bed.make(&format!("/invoices/{invoice}/shipments"), &body)
            .await;
    }
}

async fn states(bed: &Bed, event: &str) -> Vec<String> {
    let webhooks = bed.control(Method::GET, "/webhooks", &Value::Null).await;
    let webhooks = webhooks.as_array().expect("a list").iter();
    webhooks
        .filter(|webhook| webhook["event"] == event)
        .map(|webhook| webhook["state"]["is"].as_str().expect("a state").to_owned())
        .collect()
}

#[actix_web::test]
async fn a_lost_webhook_never_comes_unless_it_is_sent_by_hand() {
    let bed = Bed::new().await;
    let id = bed.open_invoice(100).await;
    bed.fault(
        "webhooks",
        &json!({ "event": "invoice.*", "effect": { "kind": "lose" } }),
    )
    .await;
    bed.act(&format!("/invoices/{id}/close")).await;
    bed.advance(2 * 86_400).await;
    assert_eq!(bed.events().await, ["credit_available.updated"]);
    assert_eq!(states(&bed, "invoice.closed").await, ["lost"]);
    let webhooks = bed.control(Method::GET, "/webhooks", &Value::Null).await;
    let webhooks = webhooks.as_array().expect("a list");
    let lost = webhooks
        .iter()
        .find(|webhook| webhook["state"]["is"] == "lost");
    let uuid = lost.expect("the lost one")["uuid"]
        .as_str()
        .expect("a uuid");
    bed.act(&format!("/webhooks/{uuid}/send")).await;
    assert_eq!(bed.events().await, ["invoice.closed"]);
}

#[actix_web::test]
async fn a_duplicated_webhook_comes_as_often_as_asked_with_one_uuid() {
    let bed = Bed::new().await;
    let id = bed.open_invoice(100).await;
    let effect = json!({ "kind": "duplicate", "copies": 50 });
    bed.fault(
        "webhooks",
        &json!({ "event": "invoice.closed", "effect": effect }),
    )
    .await;
    bed.act(&format!("/invoices/{id}/close")).await;
    let taken = bed.webhooks().await;
    let closed: Vec<_> = taken
        .iter()
        .filter(|one| one.event() == "invoice.closed")
        .collect();
    assert_eq!(closed.len(), 50);
    assert!(closed.iter().all(|one| one.body == closed[0].body));
}

#[actix_web::test]
async fn a_reordered_webhook_comes_after_the_next_one() {
    let bed = Bed::new().await;
    let id = bed.open_invoice(100).await;
    bed.fault(
        "webhooks",
        &json!({ "event": "invoice.funded", "effect": { "kind": "reorder" } }),
    )
    .await;
    let shipment = json!({ "shipped_at": "2026-01-15T16:00:00Z" });
    bed.make(&format!("/invoices/{id}/shipments"), &shipment)
        .await;
    bed.act(&format!("/invoices/{id}/fund")).await;
    assert_eq!(bed.events().await, ["shipment.created"]);
    bed.act(&format!("/invoices/{id}/close")).await;
    assert_eq!(
        bed.events().await,
        [
            "invoice.closed",
            "invoice.funded",
            "credit_available.updated"
        ]
    );
}

#[actix_web::test]
async fn a_late_webhook_comes_when_its_time_has_come() {
    let bed = Bed::new().await;
    let id = bed.open_invoice(100).await;
    let effect = json!({ "kind": "late", "seconds": 86_400 });
    bed.fault("webhooks", &json!({ "effect": effect })).await;
    ship_twice(&bed, &id).await;
    assert_eq!(bed.events().await.len(), 1);
    bed.advance(86_399).await;
    assert_eq!(bed.events().await.len(), 0);
    bed.advance(1).await;
    assert_eq!(bed.events().await.len(), 1);
}

#[actix_web::test]
async fn a_badly_signed_webhook_does_not_verify() {
    let bed = Bed::new().await;
    let id = bed.open_invoice(100).await;
    let key = &bed.sandbox.public_key_pem;
    for signature in ["missing", "garbage", "other-key", "other-body"] {
        let effect = json!({ "kind": "bad-signature", "signature": signature });
        bed.fault("webhooks", &json!({ "effect": effect })).await;
        ship_twice(&bed, &id).await;
        let taken = bed.webhooks().await;
        let verified: Vec<bool> = taken.iter().map(|one| one.is_signed_by(key)).collect();
        assert_eq!(verified, [false, true], "{signature}");
        assert_eq!(taken[0].signature.is_none(), signature == "missing");
    }
}

#[actix_web::test]
async fn a_webhook_that_is_not_taken_comes_again_after_one_minute_and_then_after_two() {
    let bed = Bed::new().await;
    let id = bed.open_invoice(100).await;
    bed.receiver.answer(&[500, 404]);
    bed.make(
        &format!("/invoices/{id}/shipments"),
        &json!({ "shipped_at": "2026-01-15T16:00:00Z" }),
    )
    .await;
    let first = bed.webhooks().await;
    bed.advance(59).await;
    assert_eq!(bed.events().await.len(), 0);
    bed.advance(1).await;
    let second = bed.webhooks().await;
    assert_eq!(second[0].body, first[0].body);
    bed.advance(119).await;
    assert_eq!(bed.events().await.len(), 0);
    bed.advance(1).await;
    assert_eq!(bed.events().await.len(), 1);
    bed.advance(86_400).await;
    assert_eq!(bed.events().await.len(), 0);
    assert_eq!(states(&bed, "shipment.created").await, ["delivered"]);
}

#[actix_web::test]
async fn a_webhook_that_nobody_takes_for_a_day_is_given_up() {
    let bed = Bed::new().await;
    let id = bed.open_invoice(100).await;
    bed.receiver.answer(&[503; 20]);
    bed.make(
        &format!("/invoices/{id}/shipments"),
        &json!({ "shipped_at": "2026-01-15T16:00:00Z" }),
    )
    .await;
    bed.advance(3 * 86_400).await;
    assert_eq!(bed.events().await.len(), 13);
    assert_eq!(states(&bed, "shipment.created").await, ["givenUp"]);
}
