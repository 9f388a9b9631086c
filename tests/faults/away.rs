//! Apruve is away for a day.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    agreement,
    buyer::{at, fresh_key},
    support::{Database, on_both_databases},
    test_shop::TestShop,
    waiting::{is_settled, last},
};

const HOUR: Duration = Duration::from_secs(3600);

on_both_databases! {
    async fn after_a_day_without_apruve_everything_settles_by_itself(database: Database) {
        let shop = TestShop::in_touch(database).await;
        let paid = shop.authorized("SO-paid").await;
        let invoice = shop.post(&format!("{}/invoices", at(&paid)), &json!({ "shipment": {} })).await.expect(201);
        let unknown = [shop.authorized("SO-done").await, shop.authorized("SO-never").await];
        shop.deliver_webhooks().await;
        // What was under way when it went: done without an answer or a word, and cut off before it was done.
        let silence = json!({ "event": "**", "count": null, "effect": { "kind": "lose" } });
        shop.control(Method::POST, "/faults/webhooks", &silence).await;
        for (payment, when) in unknown.iter().zip(["after", "before"]) {
            let path = format!("/orders/{}/invoices", payment["provider"]["orderId"].as_str().expect("an order"));
            shop.fault(&json!({ "method": "POST", "path": path, "when": when, "effect": { "kind": "cut" } })).await;
            shop.post(&format!("{}/invoices", at(payment)), &json!({ "shipment": {} })).await.expect(202);
        }
        shop.mend().await;
        shop.fault(&json!({ "count": null, "effect": { "kind": "cut" } })).await;
        // Apruve still tells what happens there, and cannot be asked about it.
        let theirs = invoice["providerId"].as_str().expect("an id");
        shop.control(Method::POST, &format!("/invoices/{theirs}/fund"), &Value::Null).await;
        shop.control(Method::POST, "/webhooks/flush", &Value::Null).await;
        let refund = json!({ "invoiceId": invoice["id"], "amount": "15.00", "currency": "USD" });
        for hour in 0..24 {
            for payment in &unknown {
                let still = shop.payment(payment).await;
                assert_eq!(last(&still, "invoice")["state"], "unknown", "in hour {hour}");
            }
            shop.pass_until_looked(&unknown[0], HOUR).await;
        }
        let funded = shop.app.get("/v1/webhook-events?event=invoice.funded").await.expect(200);
        assert_eq!(funded["items"][0]["state"], "received", "kept until Apruve can be asked");
        shop.mend().await;
        let mut settled = Vec::new();
        for payment in &unknown {
            let mut now = shop.payment(payment).await;
            while !is_settled(&now) {
                now = shop.pass_until_looked(payment, HOUR).await;
            }
            settled.push(now);
        }
        // Until those were due that were held back while one call tried whether Apruve answers.
        shop.pass(HOUR).await;
        assert_eq!(last(&settled[0], "invoice")["state"], "succeeded");
        assert_eq!(last(&settled[1], "invoice")["failure"]["code"], "not_found");
        let paid = shop.until(&paid, "the capture", |it| it["status"] == "paid").await;
        shop.deliver_webhooks().await;
        shop.post(&format!("{}/refunds", at(&paid)), &refund).await.expect(201);
        for payment in [&settled[0], &settled[1], &paid] {
            agreement::agree(&shop.payment(payment).await, &shop.held().await);
        }
    }

    async fn while_apruve_is_away_what_was_not_sent_has_failed_and_may_be_asked_for_again(database: Database) {
        let shop = TestShop::watchful(database).await;
        let payment = shop.authorized("SO-1").await;
        let path = format!("/orders/{}/invoices", payment["provider"]["orderId"].as_str().expect("an order"));
        // Several failures in a row hold calls back: those are certain not to have been sent.
        let down = json!({ "count": null, "effect": { "kind": "answer", "status": 503 } });
        shop.fault(&down).await;
        let url = format!("{}/invoices", at(&payment));
        for _ in 0..8 {
            shop.post(&format!("{}/sync", at(&payment)), &json!({})).await.problem(502);
        }
        shop.calls().await;
        let (key, body) = (fresh_key(), json!({ "amount": "40.00" }));
        let refused = shop.post_as(&key, &url, &body).await;
        assert_eq!(refused.problem(502), "gateway-unreachable");
        assert_eq!(shop.posts(&path).await, 0);
        shop.mend().await;
        shop.pass(Duration::from_secs(60)).await;
        let made = shop.post_as(&key, &url, &body).await;
        assert_eq!((made.expect(201)["amount"].clone(), made.header("idempotent-replayed")), (json!("40.00"), String::new()));
        assert_eq!(shop.posts(&path).await, 1);
        agreement::agree(&shop.payment(&payment).await, &shop.held().await);
    }
}
