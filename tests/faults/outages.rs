//! Apruve answers wrongly, too late, or not at all: nothing is done twice, and nothing that succeeded is taken for failed.

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

/// The payment's invoices at Apruve.
fn invoices(payment: &Value) -> String {
    format!(
        "/orders/{}/invoices",
        payment["provider"]["orderId"].as_str().expect("an order")
    )
}

on_both_databases! {
    async fn a_500_or_a_cut_after_the_work_is_found_to_have_succeeded(database: Database) {
        let shop = TestShop::watchful(database).await;
        for (number, effect) in [
            ("SO-1", json!({ "kind": "answer", "status": 500 })),
            ("SO-2", json!({ "kind": "answer", "status": 502, "shape": "text" })),
            ("SO-3", json!({ "kind": "cut" })),
        ] {
            let payment = shop.authorized(number).await;
            let path = invoices(&payment);
            shop.calls().await;
            shop.fault(&json!({ "method": "POST", "path": path, "when": "after", "effect": effect })).await;
            let (key, url, body) = (fresh_key(), format!("{}/invoices", at(&payment)), json!({ "amount": "40.00" }));
            let unknown = shop.post_as(&key, &url, &body).await.expect(202);
            assert_eq!(unknown["state"], "unknown", "{effect}");
            shop.pass(Duration::from_secs(5)).await;
            let found = shop.until(&payment, "the invoice", is_settled).await;
            assert_eq!(last(&found, "invoice")["state"], "succeeded", "{effect}");
            agreement::agree(&found, &shop.held().await);
            shop.post_as(&key, &url, &body).await.expect(201);
            assert_eq!(shop.posts(&path).await, 1, "{effect}");
        }
    }

    async fn what_is_unknown_is_read_back_before_anything_new_is_begun(database: Database) {
        let shop = TestShop::watchful(database).await;
        let payment = shop.authorized("SO-1").await;
        let path = invoices(&payment);
        shop.fault(&json!({ "method": "POST", "path": path, "when": "after", "effect": { "kind": "cut" } })).await;
        let url = format!("{}/invoices", at(&payment));
        shop.post(&url, &json!({ "amount": "70.00" })).await.expect(202);
        // No time has passed: the next request itself finds it, and is judged by what is left.
        let refused = shop.post(&url, &json!({ "amount": "40.00" })).await;
        assert_eq!(refused.problem(409), "exceeds-remaining");
        shop.post(&url, &json!({ "amount": "30.00" })).await.expect(201);
        agreement::agree(&shop.payment(&payment).await, &shop.held().await);
    }

    async fn a_call_that_is_slower_than_the_time_it_has_is_found_when_it_is_done(database: Database) {
        let flags = [("payments.sweep", "20ms"), ("apruve.timeout", "6s")];
        let shop = TestShop::open_with(std::sync::Arc::new(database), &flags, |_| {}).await;
        let payment = shop.authorized("SO-1").await;
        let path = invoices(&payment);
        shop.calls().await;
        shop.fault(&json!({ "method": "POST", "path": path, "effect": { "kind": "hold" } })).await;
        let (key, url) = (fresh_key(), format!("{}/invoices", at(&payment)));
        let body = json!({ "amount": "70.00" });
        let slow = shop.post_as(&key, &url, &body).await.expect(202);
        assert_eq!((&slow["state"], shop.posts(&path).await), (&json!("unknown"), 0));
        // It is not there yet, and nothing else takes its place.
        let looked = shop.pass_until_looked(&payment, Duration::from_secs(5)).await;
        assert_eq!(looked["unsettled"], true);
        let more = shop.post(&url, &json!({ "amount": "40.00" })).await;
        assert_eq!(more.problem(409), "exceeds-remaining");
        shop.mend().await;
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        while agreement::count(&shop.held().await, "invoices", "order_id", order) == 0 {
            tokio::task::yield_now().await;
        }
        shop.pass(Duration::from_secs(120)).await;
        let found = shop.until(&payment, "the invoice", is_settled).await;
        agreement::agree(&found, &shop.held().await);
        shop.post_as(&key, &url, &body).await.expect(201);
        assert_eq!(shop.posts(&path).await, 1);
    }

    async fn what_was_begun_is_finished_although_its_request_was_given_up(database: Database) {
        let flags = [("payments.sweep", "20ms"), ("server.request_timeout", "6s")];
        let shop = TestShop::open_with(std::sync::Arc::new(database), &flags, |_| {}).await;
        let payment = shop.authorized("SO-1").await;
        shop.fault(&json!({ "method": "POST", "path": invoices(&payment), "effect": { "kind": "hold" } })).await;
        let (key, url, body) = (fresh_key(), format!("{}/invoices", at(&payment)), json!({}));
        let given_up = shop.post_as(&key, &url, &body).await;
        assert_eq!(given_up.status, 503, "{given_up:?}");
        let running = shop.post_as(&key, &url, &body).await;
        assert_eq!(running.problem(409), "still-running");
        assert_ne!(running.header("retry-after"), "");
        shop.mend().await;
        // The clock does not move: no sync is due, the answer itself is written.
        let done = shop.until(&payment, "the answer", is_settled).await;
        assert_eq!(last(&done, "invoice")["state"], "succeeded");
        shop.post_as(&key, &url, &body).await.expect(201);
    }

    async fn every_kind_of_work_that_was_done_without_an_answer_is_found(database: Database) {
        let shop = TestShop::watchful(database).await;
        shop.control(Method::PUT, "/behaviour", &json!({ "approval": "approve" })).await;
        let mut behalf = shop.new_payment("SO-behalf");
        behalf["buyerEmail"] = json!(shop.sandbox.buyer_email);
        shop.fault(&json!({ "method": "POST", "path": "/orders", "when": "after", "effect": { "kind": "cut" } })).await;
        let made = shop.post("/v1/payments/on-behalf", &behalf).await.expect(202);
        let mut payments = vec![made];
        for (name, verb, action) in [
            ("issue", "issue", "issue"), ("ship", "shipments", "shipment"), ("cancel", "cancel", "cancel"), ("refund", "", "refund"),
        ] {
            let payment = shop.authorized(&format!("SO-{name}")).await;
            let wanted = json!({ "amount": "40.00", "issue": name != "issue" });
            let invoice = shop.post(&format!("{}/invoices", at(&payment)), &wanted).await.expect(201);
            let cut = json!({ "method": "POST", "path": "/invoices/**", "when": "after", "effect": { "kind": "cut" } });
            shop.fault(&cut).await;
            let (url, body) = match name {
                "refund" => (format!("{}/refunds", at(&payment)), json!({ "invoiceId": invoice["id"], "amount": "15.00", "currency": "USD" })),
                _ => (format!("{}/invoices/{}/{verb}", at(&payment), invoice["id"].as_str().expect("an id")), json!({})),
            };
            shop.post(&url, &body).await.expect(202);
            let unknown = shop.payment(&payment).await;
            assert_eq!(last(&unknown, action)["state"], "unknown", "{name}");
            payments.push(unknown);
        }
        shop.pass(Duration::from_secs(5)).await;
        for payment in &payments {
            let found = shop.until(payment, "the outcome", is_settled).await;
            agreement::agree(&found, &shop.held().await);
        }
    }
}
