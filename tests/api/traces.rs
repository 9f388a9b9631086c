//! The trace that a request belongs to goes on to Apruve; what the service does by itself starts traces of its own.

use std::{collections::BTreeSet, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::until,
    buyer::{at, fresh_key},
    payments::shop_floor::text,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const SPAN: &str = "00f067aa0ba902b7";

fn trace(number: usize) -> String {
    format!("{:032x}", number + 0x4bf9_2f35)
}

/// Trace and span of every call that Apruve had since the last look.
async fn traces(shop: &TestShop) -> Vec<(String, String)> {
    let calls = shop.control(Method::DELETE, "/calls", &Value::Null).await;
    let calls = calls.as_array().cloned().unwrap_or_default();
    let read = |call: &Value| {
        let header = call["traceparent"].as_str().unwrap_or_default();
        let parts: Vec<&str> = header.split('-').collect();
        let [_, trace, span, _] = parts[..] else {
            panic!("no traceparent: {call}");
        };
        (trace.to_owned(), span.to_owned())
    };
    calls.iter().map(read).collect()
}

impl TestShop {
    async fn post_in(&self, trace: &str, path: &str, body: &Value) -> u16 {
        let request = self
            .app
            .request(Method::POST, path)
            .header("idempotency-key", &fresh_key())
            .header("traceparent", &format!("00-{trace}-{SPAN}-01"))
            .json(body);
        request.send().await.status.as_u16()
    }
}

on_both_databases! {
    async fn every_call_to_apruve_belongs_to_the_trace_of_the_request_that_made_it(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let invoice_at = format!("{}/invoices/{}", at(&payment), text(&invoice, "id"));
        let begun = shop.begun("SO-2").await;
        let order = shop.confirm(&begun, true).await;
        let on_behalf = {
            let mut body = shop.new_payment("SO-3");
            body["buyerEmail"] = json!(shop.sandbox.buyer_email);
            body
        };
        let shipped = shop.act(&payment, &format!("invoices/{}/shipments", text(&invoice, "id")), &json!({ "amount": "30.00" })).await.expect(201);
        let refund = json!({ "invoiceId": invoice["id"], "amount": "1.00", "currency": "USD", "reason": "OTHER", "refundReference": "R-1" });
        shop.at_invoice(&invoice, "fund").await;
        let operations = [
            (format!("{}/check", shop.integration), json!({}), 200),
            (format!("{}/authorize", at(&begun)), json!({ "apruveOrderId": order }), 200),
            ("/v1/payments/on-behalf".to_owned(), on_behalf, 202),
            (format!("{}/invoices", at(&begun)), json!({ "amount": "10.00" }), 201),
            (format!("{invoice_at}/shipments"), json!({ "amount": "10.00" }), 201),
            (format!("{}/refunds", at(&payment)), refund, 201),
            (format!("{}/sync", at(&payment)), json!({}), 200),
            (format!("{}/cancel", at(&begun)), json!({}), 201),
        ];
        let mut spans = BTreeSet::from([SPAN.to_owned()]);
        traces(&shop).await;
        for (number, (path, body, status)) in operations.iter().enumerate() {
            let given = trace(number);
            assert_eq!(shop.post_in(&given, path, body).await, *status, "{path}");
            let calls = traces(&shop).await;
            assert!(!calls.is_empty(), "{path} asked nothing of Apruve");
            for (trace, span) in calls {
                assert_eq!(trace, given, "{path}");
                assert!(spans.insert(span), "{path}: a span was used twice");
            }
        }
        let correction = json!({ "trackingNumber": "1Z" });
        let corrected = shop.app.request(Method::PATCH, &format!("{invoice_at}/shipments/{}", text(&shipped, "id")))
            .header("traceparent", &format!("00-{}-{SPAN}-00", trace(99)))
            .json(&correction);
        let corrected = corrected.send().await;
        assert_eq!(corrected.status, 200, "{}", corrected.text);
        let calls = traces(&shop).await;
        assert!(!calls.is_empty() && calls.iter().all(|(of, _)| *of == trace(99)), "{calls:?}");
        // The last one, since Apruve sends webhooks from then on, whose events are applied in traces of their own.
        let path = format!("{}/webhook-endpoints", shop.integration);
        assert_eq!(shop.post_in(&trace(100), &path, &json!({})).await, 201);
        let calls = traces(&shop).await;
        assert!(!calls.is_empty() && calls.iter().all(|(of, _)| *of == trace(100)), "{calls:?}");
    }

    async fn requests_without_a_trace_and_background_work_start_their_own(database: Database) {
        let shop = TestShop::open(database).await;
        let mut payments = Vec::new();
        for order in ["SO-1", "SO-2"] {
            let payment = shop.authorized(order).await;
            let calls = traces(&shop).await;
            let own: BTreeSet<_> = calls.iter().map(|(trace, _)| trace).collect();
            assert_eq!(own.len(), 1, "one request: {calls:?}");
            payments.push(payment);
        }
        shop.fault(&json!({ "method": "POST", "path": "/orders/*/invoices", "when": "after", "count": 2, "effect": { "kind": "cut" } })).await;
        let given = trace(0);
        for payment in &payments {
            let path = format!("{}/invoices", at(payment));
            assert_eq!(shop.post_in(&given, &path, &json!({})).await, 202);
        }
        traces(&shop).await;
        shop.pass(Duration::from_secs(5)).await;
        until(async || {
            let mut settled = true;
            for payment in &payments {
                settled &= shop.payment(payment).await["unsettled"] == false;
            }
            settled
        }).await;
        let own: BTreeSet<_> = traces(&shop).await.into_iter().map(|(trace, _)| trace).collect();
        assert!(own.len() >= 2, "each payment is read back in a trace of its own: {own:?}");
        assert!(!own.contains(&given), "the request is long over");
    }
}
