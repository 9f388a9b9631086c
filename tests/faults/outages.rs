//! Apruve answers wrongly, too late, or not at all: nothing is done twice, and nothing that succeeded is taken for failed.

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

/// The payment's invoices at Apruve.
fn invoices(payment: &Value) -> String {
    format!(
        "/orders/{}/invoices",
        payment["provider"]["orderId"].as_str().expect("an order")
    )
}

on_both_databases! {
    async fn a_500_or_a_cut_after_the_work_is_found_to_have_succeeded(database: Database) {
        let bazaar = Bazaar::watchful(database).await;
        for (number, effect) in [
            ("SO-1", json!({ "kind": "answer", "status": 500 })),
            ("SO-2", json!({ "kind": "answer", "status": 502, "shape": "text" })),
            ("SO-3", json!({ "kind": "cut" })),
        ] {
            let payment = bazaar.authorized(number).await;
            let path = invoices(&payment);
            bazaar.calls().await;
            bazaar.fault(&json!({ "method": "POST", "path": path, "when": "after", "effect": effect })).await;
            let (key, url, body) = (fresh_key(), format!("{}/invoices", at(&payment)), json!({ "amount": "40.00" }));
            let unknown = bazaar.post_as(&key, &url, &body).await.expect(202);
            assert_eq!(unknown["state"], "unknown", "{effect}");
            bazaar.pass(Duration::from_secs(5)).await;
            let found = bazaar.until(&payment, "the invoice", is_settled).await;
            assert_eq!(last(&found, "invoice")["state"], "succeeded", "{effect}");
            books::agree(&found, &bazaar.held().await);
            bazaar.post_as(&key, &url, &body).await.expect(201);
            assert_eq!(bazaar.posts(&path).await, 1, "{effect}");
        }
    }

    async fn what_is_unknown_is_read_back_before_anything_new_is_begun(database: Database) {
        let bazaar = Bazaar::watchful(database).await;
        let payment = bazaar.authorized("SO-1").await;
        let path = invoices(&payment);
        bazaar.fault(&json!({ "method": "POST", "path": path, "when": "after", "effect": { "kind": "cut" } })).await;
        let url = format!("{}/invoices", at(&payment));
        bazaar.post(&url, &json!({ "amount": "70.00" })).await.expect(202);
        // No time has passed: the next request itself finds it, and is judged by what is left.
        let refused = bazaar.post(&url, &json!({ "amount": "40.00" })).await;
        assert_eq!(refused.problem(409), "exceeds-remaining");
        bazaar.post(&url, &json!({ "amount": "30.00" })).await.expect(201);
        books::agree(&bazaar.payment(&payment).await, &bazaar.held().await);
    }

    async fn a_call_that_is_slower_than_the_time_it_has_is_found_when_it_is_done(database: Database) {
        let flags = [("payments.sweep", "20ms"), ("apruve.timeout", "2s")];
        let bazaar = Bazaar::open_with(std::sync::Arc::new(database), &flags, |_| {}).await;
        let payment = bazaar.authorized("SO-1").await;
        let path = invoices(&payment);
        bazaar.calls().await;
        bazaar.fault(&json!({ "method": "POST", "path": path, "effect": { "kind": "hold" } })).await;
        let (key, url) = (fresh_key(), format!("{}/invoices", at(&payment)));
        let body = json!({ "amount": "70.00" });
        let slow = bazaar.post_as(&key, &url, &body).await.expect(202);
        assert_eq!((&slow["state"], bazaar.posts(&path).await), (&json!("unknown"), 0));
        // It is not there yet, and nothing else takes its place.
        let looked = bazaar.pass_until_looked(&payment, Duration::from_secs(5)).await;
        assert_eq!(looked["unsettled"], true);
        let more = bazaar.post(&url, &json!({ "amount": "40.00" })).await;
        assert_eq!(more.problem(409), "exceeds-remaining");
        bazaar.mend().await;
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        while books::count(&bazaar.held().await, "invoices", "order_id", order) == 0 {
            tokio::task::yield_now().await;
        }
        bazaar.pass(Duration::from_secs(120)).await;
        let found = bazaar.until(&payment, "the invoice", is_settled).await;
        books::agree(&found, &bazaar.held().await);
        bazaar.post_as(&key, &url, &body).await.expect(201);
        assert_eq!(bazaar.posts(&path).await, 1);
    }

    async fn what_was_begun_is_finished_although_its_request_was_given_up(database: Database) {
        let flags = [("payments.sweep", "20ms"), ("server.request_timeout", "2s")];
        let bazaar = Bazaar::open_with(std::sync::Arc::new(database), &flags, |_| {}).await;
        let payment = bazaar.authorized("SO-1").await;
        bazaar.fault(&json!({ "method": "POST", "path": invoices(&payment), "effect": { "kind": "hold" } })).await;
        let (key, url, body) = (fresh_key(), format!("{}/invoices", at(&payment)), json!({}));
        let given_up = bazaar.post_as(&key, &url, &body).await;
        assert_eq!(given_up.status, 503, "{given_up:?}");
        let running = bazaar.post_as(&key, &url, &body).await;
        assert_eq!(running.problem(409), "still-running");
        assert_ne!(running.header("retry-after"), "");
        bazaar.mend().await;
        // The clock stands still: nobody looks, the answer itself is written.
        let done = bazaar.until(&payment, "the answer", is_settled).await;
        assert_eq!(last(&done, "invoice")["state"], "succeeded");
        bazaar.post_as(&key, &url, &body).await.expect(201);
    }

    async fn every_kind_of_work_that_was_done_without_an_answer_is_found(database: Database) {
        let bazaar = Bazaar::watchful(database).await;
        bazaar.control(Method::PUT, "/behaviour", &json!({ "approval": "approve" })).await;
        let mut behalf = bazaar.new_payment("SO-behalf");
        behalf["buyerEmail"] = json!(bazaar.sandbox.buyer_email);
        bazaar.fault(&json!({ "method": "POST", "path": "/orders", "when": "after", "effect": { "kind": "cut" } })).await;
        let made = bazaar.post("/v1/payments/on-behalf", &behalf).await.expect(202);
        let mut payments = vec![made];
        for (name, verb, action) in [
            ("issue", "issue", "issue"), ("ship", "shipments", "shipment"), ("cancel", "cancel", "cancel"), ("refund", "", "refund"),
        ] {
            let payment = bazaar.authorized(&format!("SO-{name}")).await;
            let wanted = json!({ "amount": "40.00", "issue": name != "issue" });
            let invoice = bazaar.post(&format!("{}/invoices", at(&payment)), &wanted).await.expect(201);
            let cut = json!({ "method": "POST", "path": "/invoices/**", "when": "after", "effect": { "kind": "cut" } });
            bazaar.fault(&cut).await;
            let (url, body) = match name {
                "refund" => (format!("{}/refunds", at(&payment)), json!({ "invoiceId": invoice["id"], "amount": "15.00", "currency": "USD" })),
                _ => (format!("{}/invoices/{}/{verb}", at(&payment), invoice["id"].as_str().expect("an id")), json!({})),
            };
            bazaar.post(&url, &body).await.expect(202);
            let unknown = bazaar.payment(&payment).await;
            assert_eq!(last(&unknown, action)["state"], "unknown", "{name}");
            payments.push(unknown);
        }
        bazaar.pass(Duration::from_secs(5)).await;
        for payment in &payments {
            let found = bazaar.until(payment, "the outcome", is_settled).await;
            books::agree(&found, &bazaar.held().await);
        }
    }
}
