//! Apruve is away for a day.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    bazaar::Bazaar,
    books,
    buyer::{at, fresh_key},
    support::{Database, on_both_databases},
    waiting::{is_settled, last},
};

const HOUR: Duration = Duration::from_secs(3600);

on_both_databases! {
    async fn after_a_day_without_apruve_everything_settles_by_itself(database: Database) {
        let bazaar = Bazaar::in_touch(database).await;
        let paid = bazaar.authorized("SO-paid").await;
        let invoice = bazaar.post(&format!("{}/invoices", at(&paid)), &json!({ "shipment": {} })).await.expect(201);
        let unknown = [bazaar.authorized("SO-done").await, bazaar.authorized("SO-never").await];
        bazaar.hear().await;
        // What was under way when it went: done without an answer or a word, and cut off before it was done.
        let silence = json!({ "event": "**", "count": null, "effect": { "kind": "lose" } });
        bazaar.control(Method::POST, "/faults/webhooks", &silence).await;
        for (payment, when) in unknown.iter().zip(["after", "before"]) {
            let path = format!("/orders/{}/invoices", payment["provider"]["orderId"].as_str().expect("an order"));
            bazaar.fault(&json!({ "method": "POST", "path": path, "when": when, "effect": { "kind": "cut" } })).await;
            bazaar.post(&format!("{}/invoices", at(payment)), &json!({ "shipment": {} })).await.expect(202);
        }
        bazaar.mend().await;
        bazaar.fault(&json!({ "count": null, "effect": { "kind": "cut" } })).await;
        // Apruve still tells what happens there, and cannot be asked about it.
        let theirs = invoice["providerId"].as_str().expect("an id");
        bazaar.control(Method::POST, &format!("/invoices/{theirs}/fund"), &Value::Null).await;
        bazaar.control(Method::POST, "/webhooks/flush", &Value::Null).await;
        let refund = json!({ "invoiceId": invoice["id"], "amount": "15.00", "currency": "USD" });
        for hour in 0..24 {
            for payment in &unknown {
                let still = bazaar.payment(payment).await;
                assert_eq!(last(&still, "invoice")["state"], "unknown", "in hour {hour}");
            }
            bazaar.pass_until_looked(&unknown[0], HOUR).await;
        }
        let funded = bazaar.app.get("/v1/webhook-events?event=invoice.funded").await.expect(200);
        assert_eq!(funded["items"][0]["state"], "received", "kept until Apruve can be asked");
        bazaar.mend().await;
        let mut settled = Vec::new();
        for payment in &unknown {
            let mut now = bazaar.payment(payment).await;
            while !is_settled(&now) {
                now = bazaar.pass_until_looked(payment, HOUR).await;
            }
            settled.push(now);
        }
        assert_eq!(last(&settled[0], "invoice")["state"], "succeeded");
        assert_eq!(last(&settled[1], "invoice")["failure"]["code"], "not_found");
        let paid = bazaar.until(&paid, "the capture", |it| it["status"] == "paid").await;
        bazaar.hear().await;
        bazaar.post(&format!("{}/refunds", at(&paid)), &refund).await.expect(201);
        for payment in [&settled[0], &settled[1], &paid] {
            books::agree(&bazaar.payment(payment).await, &bazaar.held().await);
        }
    }

    async fn while_apruve_is_away_what_was_not_sent_has_failed_and_may_be_asked_for_again(database: Database) {
        let bazaar = Bazaar::watchful(database).await;
        let payment = bazaar.authorized("SO-1").await;
        let path = format!("/orders/{}/invoices", payment["provider"]["orderId"].as_str().expect("an order"));
        // Several failures in a row hold calls back: those are certain not to have been sent.
        let down = json!({ "count": null, "effect": { "kind": "answer", "status": 503 } });
        bazaar.fault(&down).await;
        let url = format!("{}/invoices", at(&payment));
        for _ in 0..8 {
            bazaar.post(&format!("{}/sync", at(&payment)), &json!({})).await.problem(502);
        }
        bazaar.calls().await;
        let (key, body) = (fresh_key(), json!({ "amount": "40.00" }));
        let refused = bazaar.post_as(&key, &url, &body).await;
        assert_eq!(refused.problem(502), "gateway-unreachable");
        assert_eq!(bazaar.posts(&path).await, 0);
        bazaar.mend().await;
        bazaar.pass(Duration::from_secs(60)).await;
        let made = bazaar.post_as(&key, &url, &body).await;
        assert_eq!((made.expect(201)["amount"].clone(), made.header("idempotent-replayed")), (json!("40.00"), String::new()));
        assert_eq!(bazaar.posts(&path).await, 1);
        books::agree(&bazaar.payment(&payment).await, &bazaar.held().await);
    }
}
