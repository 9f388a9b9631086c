//! What webhooks do to payments, with all of Apruve beside the service.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{APRUVE, at_rest, path_of, send};
use crate::{
    buyer::at,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// A shop whose webhooks are registered at Apruve.
pub async fn open(database: Database) -> TestShop {
    let shop = TestShop::open(database).await;
    listen(&shop).await;
    shop
}

/// Registers a shop's webhooks at Apruve.
pub async fn listen(shop: &TestShop) {
    let path = format!("{}/webhook-endpoints", shop.integration);
    let registered = shop.post(&path, &json!({})).await;
    assert!(registered.status.is_success(), "{registered:?}");
}

/// Lets Apruve send what it has to tell, and the service apply it.
pub async fn deliver_webhooks(shop: &TestShop) -> Vec<Value> {
    shop.control(Method::POST, "/webhooks/flush", &Value::Null)
        .await;
    at_rest(&shop.app).await
}

fn about<'e>(events: &'e [Value], name: &str) -> Vec<&'e Value> {
    events
        .iter()
        .filter(|event| event["event"] == name)
        .collect()
}

on_both_databases! {
    async fn a_payment_whose_buyer_never_came_back_is_authorized_by_its_webhook(database: Database) {
        let shop = open(database).await;
        let payment = shop.begun("SO-1").await;
        let order = shop.confirm(&payment, true).await;
        let events = deliver_webhooks(&shop).await;
        let accepted = about(&events, "order.accepted");
        assert_eq!(accepted.len(), 1, "{events:#?}");
        assert_eq!((&accepted[0]["state"], &accepted[0]["verified"]), (&json!("applied"), &json!(true)));
        assert_eq!((&accepted[0]["paymentId"], &accepted[0]["apruveOrderId"]), (&payment["id"], &json!(order)));
        let payment = shop.payment(&payment).await;
        assert_eq!((&payment["status"], &payment["provider"]["orderId"]), (&json!("authorized"), &json!(order)));
    }

    async fn only_a_signed_event_sets_when_an_invoice_was_funded(database: Database) {
        let shop = TestShop::of_services(database).await;
        let revealed = shop.post(&format!("{}/reveal-webhook-url", shop.integration), &json!({})).await;
        let path = path_of(&revealed.expect(200));
        for (order, keys, told, funded_at) in [
            ("SO-1", json!([APRUVE.public_pem()]), "2026-03-01T12:10:00Z", "2026-03-01T12:10:00Z"),
            ("SO-2", json!([APRUVE.public_pem()]), "1970-01-01T00:00:00Z", "2026-03-01T14:00:00Z"),
            ("SO-3", json!([APRUVE.public_pem()]), "9999-12-31T00:00:00Z", "2026-03-01T15:00:00Z"),
            ("SO-4", json!([]), "2026-03-01T15:10:00Z", "2026-03-01T16:00:00Z"),
        ] {
            shop.app.patch(&shop.integration, &json!({ "settings": { "webhookPublicKeys": keys } })).await.expect(200);
            let (payment, invoice) = shop.with_invoice(order).await;
            shop.app.pass(Duration::from_secs(3600));
            shop.at_invoice(&invoice, "fund").await;
            let entity = json!({ "id": invoice["providerId"] });
            let body = json!({ "uuid": order, "created_at": told, "event": "invoice.funded", "entity": entity }).to_string();
            let signature = APRUVE.sign(body.as_bytes());
            send(&shop.app, &path, body.into_bytes(), Some(&signature)).await.expect(200);
            at_rest(&shop.app).await;
            let paid = shop.payment(&payment).await;
            assert_eq!(paid["invoices"][0]["funding"]["fundedAt"], funded_at, "{order} {told}");
        }
    }

    async fn an_invoice_made_at_apruve_is_paid_once_however_often_its_events_are_replayed(database: Database) {
        let shop = open(database).await;
        let payment = shop.authorized("SO-1").await;
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        let invoice = json!({ "amount_cents": 10_000, "currency": "USD", "issue_on_create": true });
        let (status, invoice) = shop.call(Method::POST, &format!("/orders/{order}/invoices"), &invoice).await;
        assert!(status.is_success(), "{invoice}");
        let id = invoice["id"].as_str().expect("an id");
        shop.control(Method::POST, &format!("/invoices/{id}/pay"), &Value::Null).await;
        let events = deliver_webhooks(&shop).await;
        let closed = about(&events, "invoice.closed");
        assert_eq!((&closed[0]["state"], &closed[0]["apruveInvoiceId"]), (&json!("applied"), &json!(id)));
        let paid = shop.payment(&payment).await;
        assert_eq!((&paid["status"], &paid["amounts"]["captured"]), (&json!("paid"), &json!("100.00")));
        shop.app.pass(Duration::from_secs(1));
        let replay = shop.post("/v1/webhook-events/replay", &json!({ "since": "2026-03-01T00:00:00Z" })).await.expect(202);
        assert_eq!(replay["total"], events.len());
        let progress = format!("/v1/webhook-replays/{}", replay["id"].as_str().expect("an id"));
        crate::app::until(async || shop.app.get(&progress).await.expect(200)["remaining"] == 0).await;
        let again = at_rest(&shop.app).await;
        assert_eq!(about(&again, "invoice.closed")[0]["outcome"], "The payment already was as Apruve says.");
        let after = shop.app.get(&at(&paid)).await.expect(200);
        assert_eq!((&after["amounts"], &after["transactions"]), (&paid["amounts"], &paid["transactions"]));
    }
}
