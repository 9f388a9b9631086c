//! Orders at Apruve that carry a number of ours and that no payment waits for.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::listed;
use crate::{
    app::alone,
    payments::shop_floor::text,
    reconciliation::{self, DAY, HOUR, finished},
    shop::cart_with,
    support::{Database, on_both_databases},
    test_shop::TestShop,
    webhooks::payments::{deliver_webhooks, open},
};

/// A cart over one thing.
fn over(total: &str) -> Value {
    let price = json!({ "value": total, "currency": "USD" });
    cart_with(json!({
        "total": total, "subtotal": price, "taxAmount": "0.00",
        "lineItems": [{ "productSku": "1GB82", "quantity": 1, "price": price }],
    }))
}

async fn begun_over(shop: &TestShop, order_id: &str, total: &str) -> Value {
    let body = json!({ "paymentMethodId": shop.method, "orderId": order_id, "cart": over(total) });
    shop.post("/v1/payments", &body).await.expect(201)
}

/// The buyer has the shop open twice: the earlier payment, the later one, and the order of the earlier at Apruve.
async fn two_tabs(shop: &TestShop, order_id: &str) -> (Value, Value, String) {
    let first = begun_over(shop, order_id, "10.00").await;
    shop.app.pass(Duration::from_secs(1));
    let second = begun_over(shop, order_id, "12.00").await;
    let orphan = shop.confirm(&first, true).await;
    let order = shop.confirm(&second, true).await;
    shop.authorize(&second, &order).await.expect(200);
    (first, second, orphan)
}

/// The codes and references of what is shown somewhere.
fn reported(shown: &Value) -> Vec<(&str, &str)> {
    let findings = shown["findings"].as_array().expect("a list");
    findings
        .iter()
        .map(|it| (text(it, "code"), text(it, "providerReference")))
        .collect()
}

async fn cancel_at_apruve(shop: &TestShop, order: &str) {
    let path = format!("/orders/{order}/cancel");
    let (status, answer) = shop.call(Method::POST, &path, &json!({})).await;
    assert!(status.is_success(), "{answer}");
}

async fn compared(shop: &TestShop, runs: usize) -> Value {
    let path = "/v1/reconciliation/runs";
    let started = shop.app.request(Method::POST, path).send().await;
    started.expect(202);
    finished(shop, runs).await
}

on_both_databases! {
    async fn the_order_of_an_earlier_tab_is_found_by_its_webhook(database: Database) {
        let shop = open(database).await;
        let (first, second, orphan) = two_tabs(&shop, "SO-1").await;
        let events = deliver_webhooks(&shop).await;
        let about = |order: &str| events.iter().find(|it| it["apruveOrderId"] == order).expect("an event");
        let event = about(&orphan);
        assert_eq!((text(event, "state"), &event["paymentId"]), ("applied", &first["id"]));
        assert_eq!(reported(event), [("order_after_end", orphan.as_str())]);
        assert!(text(event, "outcome").contains("cancel the order there"), "{event}");

        let finding = alone(listed(&shop.app, "state=open").await.remove(0));
        assert_eq!(event["findings"], json!([finding]));
        assert_eq!((&finding["paymentId"], text(&finding, "expected"), text(&finding, "observed")), (&first["id"], "canceled", "accepted"));
        assert!(text(&finding, "message").contains("10.00 USD"), "{finding}");
        let path = format!("/v1/webhook-events/{}", text(event, "id"));
        assert_eq!(shop.app.get(&path).await.expect(200)["findings"], json!([finding]));
        for payment in [&first, &second] {
            assert_eq!(shop.payment(payment).await["findings"], json!([finding]), "who looks at the order has to know");
        }
        let page = shop.app.get("/v1/payments?orderId=SO-1").await.expect(200);
        for payment in page["items"].as_array().expect("a list") {
            assert_eq!(payment["findings"], json!([finding]));
        }
        let other = begun_over(&shop, "SO-2", "10.00").await;
        assert_eq!(shop.payment(&other).await["findings"], json!([]));
    }

    async fn the_order_of_an_earlier_tab_is_found_by_comparing_and_is_one_finding(database: Database) {
        let shop = reconciliation::open(database).await;
        let (first, second, orphan) = two_tabs(&shop, "SO-1").await;
        let run = compared(&shop, 1).await;
        let found = listed(&shop.app, "").await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(reported(&run), [("order_after_end", orphan.as_str())]);
        let shown = &run["findings"][0];
        assert_eq!((text(shown, "kind"), &shown["id"], text(shown, "state")), ("unexplained", &found[0]["id"], "open"));
        assert_eq!((&shown["paymentId"], &shown["reference"]), (&first["id"], &json!(orphan)));

        shop.pass(Duration::from_secs(60)).await;
        let synced = shop.synced(&second).await;
        assert_eq!(reported(&synced), [("order_after_end", orphan.as_str())]);
        shop.pass(Duration::from_secs(60)).await;
        let again = compared(&shop, 2).await;
        assert_eq!(again["findings"][0]["id"], found[0]["id"], "each reading writes the same row");
        let now = listed(&shop.app, "").await;
        assert_eq!(now.len(), 1);
        assert_eq!((&now[0]["openedAt"], &now[0]["lastSeenAt"]), (&found[0]["openedAt"], &json!(shop.app.now())));

        cancel_at_apruve(&shop, &orphan).await;
        shop.pass(Duration::from_secs(60)).await;
        let clean = compared(&shop, 3).await;
        assert_eq!(reported(&clean), []);
        let resolved = listed(&shop.app, "").await;
        assert_eq!((resolved.len(), text(&resolved[0], "state")), (1, "resolved"));
        for payment in [&first, &second] {
            assert_eq!(shop.payment(payment).await["findings"], json!([]));
        }
        let path = format!("/v1/reconciliation/runs/{}", text(&run, "id"));
        let old = shop.app.get(&path).await.expect(200);
        assert_eq!(reported(&old), [("order_after_end", orphan.as_str())], "earlier findings stay with their runs");
        assert_eq!(old["findings"][0]["state"], "resolved");
    }

    async fn sync_of_either_payment_finds_the_order_of_the_earlier_tab(database: Database) {
        let shop = TestShop::open(database).await;
        for (order_id, which) in [("SO-1", 0), ("SO-2", 1)] {
            let (first, second, orphan) = two_tabs(&shop, order_id).await;
            assert_eq!(shop.payment(&second).await["findings"], json!([]));
            let payment = if which == 0 { &first } else { &second };
            let synced = shop.synced(payment).await;
            assert_eq!(reported(&synced), [("order_after_end", orphan.as_str())]);
            assert_eq!(synced, shop.payment(payment).await);
        }
    }

    async fn a_second_order_of_a_live_payment_is_found_by_each_way_of_reading(database: Database) {
        let shop = open(database).await;
        let payment = shop.begun("SO-1").await;
        let kept = shop.confirm(&payment, true).await;
        shop.authorize(&payment, &kept).await.expect(200);
        deliver_webhooks(&shop).await;
        assert_eq!(listed(&shop.app, "").await, Vec::<Value>::new());

        let second = shop.confirm(&payment, true).await;
        let events = deliver_webhooks(&shop).await;
        let event = events.iter().find(|it| it["apruveOrderId"] == json!(second)).expect("an event");
        assert_eq!((text(event, "state"), &event["paymentId"]), ("applied", &payment["id"]));
        assert_eq!(reported(event), [("second_order", second.as_str())]);
        let synced = shop.synced(&payment).await;
        assert_eq!(reported(&synced), [("second_order", second.as_str())]);
        assert_eq!((text(&synced, "status"), &synced["provider"]["orderId"]), ("authorized", &json!(kept)));

        cancel_at_apruve(&shop, &second).await;
        assert_eq!(reported(&shop.synced(&payment).await), []);
        let third = shop.confirm(&payment, true).await;
        let synced = shop.synced(&payment).await;
        assert_eq!(reported(&synced), [("second_order", third.as_str())]);
        let states: Vec<Value> = listed(&shop.app, "sort=openedAt").await.iter().map(|it| it["state"].clone()).collect();
        assert_eq!(states, ["resolved", "open"]);
    }

    async fn an_order_with_our_number_that_is_not_what_was_asked_for_says_what_differs(database: Database) {
        let shop = open(database).await;
        for (order_id, member, value, expected, observed) in [
            ("SO-1", "amount_cents", json!(9_999), "100.00", "99.99"),
            ("SO-2", "currency", json!("CAD"), "USD", "CAD"),
        ] {
            let payment = shop.begun(order_id).await;
            let order = shop.confirm(&payment, true).await;
            let change = json!({ member: value });
            shop.control(Method::PUT, &format!("/overrides/{order}"), &change).await;
            let synced = shop.synced(&payment).await;
            assert_eq!(reported(&synced), [("order_not_ours", order.as_str())]);
            let finding = &synced["findings"][0];
            assert_eq!((text(finding, "expected"), text(finding, "observed")), (expected, observed));
            assert_eq!(synced["status"], "pending");
            let events = deliver_webhooks(&shop).await;
            let event = events.iter().find(|it| it["apruveOrderId"] == json!(order)).expect("an event");
            assert_eq!(reported(event), [("order_not_ours", order.as_str())]);
            shop.control(Method::DELETE, &format!("/overrides/{order}"), &Value::Null).await;
            assert_eq!(reported(&shop.synced(&payment).await), []);
        }
    }

    async fn an_attempt_that_ended_is_compared_for_120_days(database: Database) {
        let shop = reconciliation::open(database).await;
        let first = shop.begun("SO-1").await;
        shop.act(&first, "cancel", &json!({})).await.expect(201);
        let mut runs = 0;
        for days in [1, 7, 7, 7] {
            shop.pass(DAY * days).await;
            runs += 1;
            let run = finished(&shop, runs).await;
            assert_eq!((text(&run, "trigger"), &run["total"], reported(&run).len()), ("scheduled", &json!(1), 0), "after {days} days more");
        }
        let late = shop.confirm(&first, true).await;
        shop.pass(DAY * 7).await;
        let run = finished(&shop, 5).await;
        assert_eq!(reported(&run), [("order_after_end", late.as_str())]);
        shop.pass(DAY * 90).await;
        let run = finished(&shop, 6).await;
        assert_eq!(run["total"], 1, "day 119");
        shop.pass(DAY - HOUR).await;
        let run = compared(&shop, 7).await;
        assert_eq!(run["total"], 1, "an hour before day 120, when somebody asks");
        shop.pass(HOUR * 2).await;
        let run = compared(&shop, 8).await;
        assert_eq!(run["total"], 0, "an hour after");
        let found = listed(&shop.app, "state=open").await;
        assert_eq!(found.len(), 1, "what was found is not forgotten");
    }

    async fn an_order_of_an_earlier_tab_that_was_declined_is_no_finding(database: Database) {
        let shop = open(database).await;
        let first = begun_over(&shop, "SO-1", "10.00").await;
        let second = begun_over(&shop, "SO-1", "12.00").await;
        let waits = shop.confirm(&first, false).await;
        assert_eq!(reported(&shop.synced(&second).await), [("order_after_end", waits.as_str())], "it may be approved yet");
        shop.control(Method::POST, &format!("/orders/{waits}/decline"), &json!({})).await;
        let events = deliver_webhooks(&shop).await;
        let about: Vec<&Value> = events.iter().filter(|it| it["apruveOrderId"] == json!(waits)).collect();
        assert!(!about.is_empty());
        for event in about {
            assert_eq!((text(event, "state"), reported(event)), ("ignored", Vec::new()), "{event}");
        }
        assert_eq!(reported(&shop.synced(&second).await), []);
        assert_eq!(listed(&shop.app, "state=open").await, Vec::<Value>::new());
    }
}
