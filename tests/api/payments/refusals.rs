//! What Apruve refuses or postpones, and what that means for the payment: only a no to the buyer declines it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::shop_floor::text;
use crate::{
    app::Answer,
    buyer::{at, fresh_key},
    shop::cart_with,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// How Apruve puts a call off or refuses it without saying anything about the buyer: its status and `Retry-After`; our
/// status and type, and the `Retry-After` that a caller gets.
const NOTHING_DONE: [(u16, Option<&str>, u16, &str, &str); 6] = [
    (429, Some("7"), 503, "unavailable", "7"),
    (
        429,
        Some("Wed, 21 Oct 2026 07:28:00 GMT"),
        503,
        "unavailable",
        "Wed, 21 Oct 2026 07:28:00 GMT",
    ),
    (429, Some("soon"), 503, "unavailable", "5"),
    (429, None, 503, "unavailable", "5"),
    (401, None, 502, "key-refused", ""),
    (403, Some("7"), 502, "key-refused", ""),
];

fn answering(method: &str, path: &str, status: u16, retry_after: Option<&str>) -> Value {
    let headers = match retry_after {
        Some(when) => json!({ "Retry-After": when }),
        None => json!({}),
    };
    json!({ "method": method, "path": path,
        "effect": { "kind": "answer", "status": status, "headers": headers, "shape": "error" } })
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, kind: &str, retry_after: &str) {
    assert_eq!(answer.problem(status), kind, "{}", answer.text);
    assert_eq!(answer.header("retry-after"), retry_after, "{}", answer.text);
}

impl TestShop {
    fn on_behalf(&self, order_id: &str) -> Value {
        let mut body = self.new_payment(order_id);
        body["buyerEmail"] = json!(self.sandbox.buyer_email);
        body
    }

    /// The payments of an order, the newest first.
    async fn payments_of(&self, order_id: &str) -> Vec<Value> {
        let path = format!("/v1/payments?orderId={order_id}&sort=-createdAt");
        let listed = self.app.get(&path).await.expect(200);
        listed["items"].as_array().expect("a list").clone()
    }

    async fn orders_at_apruve(&self, number: &str) -> usize {
        let found = self
            .at_apruve(&format!("/orders?merchant_order_id={number}"))
            .await;
        found.as_array().expect("a list").len()
    }
}

fn last<'v>(payment: &'v Value, action: &str) -> &'v Value {
    let all = payment["transactions"].as_array().expect("a list");
    all.iter()
        .rfind(|it| it["action"] == action)
        .expect("a transaction")
}

on_both_databases! {
    async fn an_order_that_was_put_off_is_sent_again_by_the_same_request(database: Database) {
        let shop = TestShop::open(database).await;
        for (turn, (theirs, asks, ours, kind, retry_after)) in NOTHING_DONE.into_iter().enumerate() {
            for same_key in [true, false] {
                let order_id = format!("SO-{turn}-{same_key}");
                let (body, key) = (shop.on_behalf(&order_id), fresh_key());
                shop.fault(&answering("POST", "/orders", theirs, asks)).await;
                let refused = shop.post_as(&key, "/v1/payments/on-behalf", &body).await;
                assert_refused(&refused, ours, kind, retry_after);
                let [open] = &shop.payments_of(&order_id).await[..] else { panic!("one payment") };
                let open = shop.payment(open).await;
                assert_eq!(text(&open, "status"), "pending");
                let failure = &last(&open, "authorize")["failure"];
                assert_eq!(failure["code"], if ours == 503 { "not_sent" } else { "key_refused" });
                assert_eq!(refused.json()["failure"], *failure);

                let key = if same_key { key } else { fresh_key() };
                let made = shop.post_as(&key, "/v1/payments/on-behalf", &body).await.expect(202);
                assert_eq!(made["id"], open["id"], "{theirs}");
                assert!(made["provider"]["orderId"].is_string());
                assert_eq!(made["expiresAt"], Value::Null);
                assert_eq!(shop.orders_at_apruve(&order_id).await, 1);
                let told = shop.post_as(&key, "/v1/payments/on-behalf", &body).await;
                assert_eq!(told.header("idempotent-replayed"), "true");
                assert_eq!(told.expect(202)["id"], open["id"]);
                assert_eq!(shop.orders_at_apruve(&order_id).await, 1);
            }
        }
    }

    async fn a_no_to_the_buyer_declines_and_another_attempt_begins(database: Database) {
        let shop = TestShop::open(database).await;
        for status in [400, 402, 409, 418, 422] {
            let order_id = format!("SO-{status}");
            let (body, key) = (shop.on_behalf(&order_id), fresh_key());
            shop.fault(&answering("POST", "/orders", status, Some("7"))).await;
            let refused = shop.post_as(&key, "/v1/payments/on-behalf", &body).await;
            assert_refused(&refused, 422, "provider-refused", "");
            let declined = shop.payments_of(&order_id).await;
            assert_eq!(declined[0]["status"], "declined", "{status}");
            let made = shop.post_as(&key, "/v1/payments/on-behalf", &body).await.expect(202);
            assert_ne!(made["id"], declined[0]["id"]);
        }
        // What Apruve does not find is not the buyer's fault.
        let body = shop.on_behalf("SO-404");
        shop.fault(&answering("POST", "/orders", 404, None)).await;
        let refused = shop.post("/v1/payments/on-behalf", &body).await;
        assert_refused(&refused, 422, "provider-refused", "");
        assert!(text(&refused.json(), "detail").contains("does not know the merchant"), "{}", refused.text);
        let [open] = &shop.payments_of("SO-404").await[..] else { panic!("one payment") };
        assert_eq!(open["status"], "pending");
        assert_eq!(shop.post("/v1/payments/on-behalf", &body).await.expect(202)["id"], open["id"]);
    }

    async fn two_at_once_send_an_order_that_was_put_off_once(database: Database) {
        let shop = TestShop::open(database).await;
        let body = shop.on_behalf("SO-1");
        shop.fault(&answering("POST", "/orders", 429, Some("7"))).await;
        shop.post("/v1/payments/on-behalf", &body).await.problem(503);
        shop.slow().await;
        let clicks = (0..4).map(|_| shop.post("/v1/payments/on-behalf", &body));
        for answer in futures_util::future::join_all(clicks).await {
            assert!(matches!(answer.status.as_u16(), 200 | 202), "{answer:?}");
        }
        assert_eq!(shop.orders_at_apruve("SO-1").await, 1);
        assert_eq!(shop.payments_of("SO-1").await.len(), 1);
    }

    async fn an_attempt_whose_order_was_put_off_makes_way_is_canceled_and_expires(database: Database) {
        let shop = TestShop::open(database).await;
        for order_id in ["SO-other", "SO-cancel", "SO-expire"] {
            shop.fault(&answering("POST", "/orders", 429, Some("7"))).await;
            shop.post("/v1/payments/on-behalf", &shop.on_behalf(order_id)).await.problem(503);
        }
        let mut other = shop.on_behalf("SO-other");
        other["cart"] = cart_with(json!({ "total": "95.00", "lineItems": [
            { "productSku": "1GB82", "quantity": 1, "price": { "value": "95.00", "currency": "USD" } }] }));
        let made = shop.post("/v1/payments/on-behalf", &other).await.expect(202);
        let [newest, before] = &shop.payments_of("SO-other").await[..] else { panic!("two payments") };
        let statuses = [newest, before].map(|it| (it["id"] == made["id"], text(it, "status").to_owned()));
        assert!(statuses.contains(&(true, "pending".to_owned())), "{statuses:?}");
        assert!(statuses.contains(&(false, "canceled".to_owned())), "{statuses:?}");

        let open = shop.payments_of("SO-cancel").await.remove(0);
        assert_eq!(shop.act(&open, "cancel", &json!({})).await.expect(201)["status"], "canceled");

        let open = shop.payments_of("SO-expire").await.remove(0);
        shop.pass(Duration::from_secs(400 * 86_400)).await;
        assert_eq!(shop.synced(&open).await["status"], "expired");
    }

    async fn whatever_is_asked_of_apruve_may_be_asked_again_when_it_was_put_off(database: Database) {
        let shop = TestShop::of_services(database).await;
        for (turn, (theirs, asks, ours, kind, retry_after)) in NOTHING_DONE.into_iter().enumerate() {
            let (payment, invoice) = {
                let payment = shop.authorized(&format!("SO-{turn}")).await;
                let body = json!({ "amount": "40.00", "issue": false });
                let invoice = shop.act(&payment, "invoices", &body).await.expect(201);
                (payment, invoice)
            };
            let at_invoice = |what: &str| format!("invoices/{}/{what}", text(&invoice, "id"));
            let refund = json!({ "invoiceId": invoice["id"], "amount": "5.00", "currency": "USD", "reason": "OTHER" });
            for (path, body, apruves, action) in [
                (at_invoice("issue"), json!({}), "/invoices/*/issue", "issue"),
                ("invoices".to_owned(), json!({ "amount": "10.00" }), "/orders/*/invoices", "invoice"),
                (at_invoice("shipments"), json!({ "amount": "1.00" }), "/invoices/*/shipments", "shipment"),
                ("refunds".to_owned(), refund, "/invoices/*/invoice_returns", "refund"),
                // Apruve keeps an order with invoices; a call that was postponed must not pass for that.
                ("cancel".to_owned(), json!({}), "/orders/*/cancel", "cancel"),
            ] {
                shop.fault(&answering("POST", apruves, theirs, asks)).await;
                let (key, url) = (fresh_key(), format!("{}/{path}", at(&payment)));
                let before = shop.payment(&payment).await["amounts"].clone();
                let refused = shop.post_as(&key, &url, &body).await;
                assert_refused(&refused, ours, kind, retry_after);
                let after = shop.payment(&payment).await;
                assert_eq!(after["amounts"], before, "{path}");
                let code = if ours == 503 { "not_sent" } else { "key_refused" };
                assert_eq!(last(&after, action)["failure"]["code"], code, "{path}");
                let done = shop.post_as(&key, &url, &body).await;
                assert_eq!(done.header("idempotent-replayed"), "", "{path}");
                done.expect(201);
            }
            let other = shop.authorized(&format!("SO-{turn}-b")).await;
            let invoice = shop.invoiced(&other, "40.00").await;
            shop.fault(&answering("POST", "/invoices/*/cancel", theirs, asks)).await;
            let (key, url) = (fresh_key(), format!("{}/invoices/{}/cancel", at(&other), text(&invoice, "id")));
            assert_refused(&shop.post_as(&key, &url, &json!({})).await, ours, kind, retry_after);
            shop.post_as(&key, &url, &json!({})).await.expect(201);
        }
    }

    async fn what_cannot_be_read_says_when_to_ask_again_and_moves_nothing(database: Database) {
        let shop = TestShop::open(database).await;
        let integration = shop.integration.clone();
        for (turn, (theirs, asks, ours, kind, retry_after)) in NOTHING_DONE.into_iter().enumerate() {
            let payment = shop.begun(&format!("SO-{turn}")).await;
            let order = shop.confirm(&payment, true).await;
            let (authorize, sync) = (format!("{}/authorize", at(&payment)), format!("{}/sync", at(&payment)));
            let accounts = format!("{integration}/corporate-accounts");
            let endpoints = format!("{integration}/webhook-endpoints");
            let nothing = Value::Null;
            for (method, path, body) in [
                (Method::POST, authorize, json!({ "apruveOrderId": order })),
                (Method::POST, sync, json!({})),
                (Method::POST, "/v1/payments/on-behalf".to_owned(), shop.on_behalf(&format!("SO-{turn}-rep"))),
                (Method::GET, accounts, nothing.clone()),
                (Method::GET, endpoints.clone(), nothing.clone()),
                (Method::POST, endpoints, nothing.clone()),
            ] {
                let mut fault = answering("GET", "**", theirs, asks);
                fault["count"] = Value::Null;
                shop.fault(&fault).await;
                let request = shop.app.request(method.clone(), &path).header("Idempotency-Key", &fresh_key());
                let request = if body.is_null() { request } else { request.json(&body) };
                assert_refused(&request.send().await, ours, kind, retry_after);
                shop.mended().await;
            }
            assert_eq!(shop.payment(&payment).await, payment);
            assert!(shop.payments_of(&format!("SO-{turn}-rep")).await.is_empty());
            assert_eq!(shop.authorize(&payment, &order).await.expect(200)["status"], "authorized");
        }
        let mut fault = answering("POST", "/merchants/*/webhook_endpoints", 429, Some("7"));
        for (status, kind, retry_after) in [(503, "unavailable", "7"), (502, "key-refused", "")] {
            shop.fault(&fault).await;
            let refused = shop.post(&format!("{integration}/webhook-endpoints"), &Value::Null).await;
            assert_refused(&refused, status, kind, retry_after);
            fault = answering("POST", "/merchants/*/webhook_endpoints", 401, None);
        }
    }

    async fn while_calls_are_held_back_every_refusal_says_so_and_for_how_long(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.away().await;
        let sync = shop.act(&payment, "sync", &json!({})).await;
        assert_refused(&sync, 502, "gateway-unreachable", "5");
        assert_eq!(sync.json()["breaker"], Value::Null);
        while shop.act(&payment, "sync", &json!({})).await.json()["breaker"].is_null() {}
        shop.calls().await;
        shop.app.pass(Duration::from_secs(9));
        let order = json!({ "apruveOrderId": payment["provider"]["orderId"] });
        for (path, body) in [
            (format!("{}/sync", at(&payment)), json!({})),
            (format!("{}/authorize", at(&payment)), order),
            (format!("{}/invoices", at(&payment)), json!({})),
            (format!("{}/cancel", at(&payment)), json!({})),
            ("/v1/payments/on-behalf".to_owned(), shop.on_behalf("SO-2")),
        ] {
            let refused = shop.post(&path, &body).await;
            assert_refused(&refused, 502, "gateway-unreachable", "21");
            assert_eq!(refused.json()["breaker"], "open", "{path}");
            assert!(text(&refused.json(), "detail").contains("calls wait 21 s more"), "{path}: {}", refused.text);
        }
        assert_eq!(shop.calls().await, [""; 0], "nothing was asked of Apruve");
    }
}
