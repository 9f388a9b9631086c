//! Webhooks on their real way from the sandbox to the service: repeated, out of order, too early, a day late, or lost.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    agreement,
    app::START,
    buyer::at,
    support::{Database, on_both_databases},
    test_shop::TestShop,
    waiting::last,
};

/// An order of 100 that is invoiced and shipped; the payment, and the invoice's id at Apruve.
async fn invoiced(shop: &TestShop, number: &str) -> (Value, String) {
    let payment = shop.authorized(number).await;
    let url = format!("{}/invoices", at(&payment));
    let invoice = shop
        .post(&url, &json!({ "shipment": {} }))
        .await
        .expect(201);
    shop.deliver_webhooks().await;
    (
        payment,
        invoice["providerId"].as_str().expect("an id").to_owned(),
    )
}

async fn strike(shop: &TestShop, event: &str, count: u32, effect: &Value) {
    let fault = json!({ "event": event, "count": count, "effect": effect });
    shop.control(Method::POST, "/faults/webhooks", &fault).await;
}

async fn moved(shop: &TestShop, invoice: &str, how: &str) {
    shop.control(
        Method::POST,
        &format!("/invoices/{invoice}/{how}"),
        &Value::Null,
    )
    .await;
}

fn captures(payment: &Value) -> usize {
    agreement::count(payment, "transactions", "action", "capture")
}

on_both_databases! {
    async fn fifty_copies_at_once_are_one_event_and_one_capture(database: Database) {
        let shop = TestShop::in_touch(database).await;
        let (payment, invoice) = invoiced(&shop, "SO-1").await;
        strike(&shop, "invoice.funded", 1, &json!({ "kind": "duplicate", "copies": 50 })).await;
        moved(&shop, &invoice, "fund").await;
        let events = shop.deliver_webhooks().await;
        let funded: Vec<_> = events.iter().filter(|it| it["event"] == "invoice.funded").collect();
        assert_eq!(funded.len(), 1);
        assert_eq!((&funded[0]["repeats"], &funded[0]["state"]), (&json!(49), &json!("applied")));
        let sent = shop.control(Method::GET, "/webhooks", &Value::Null).await;
        let sent = sent.as_array().expect("a list").iter().find(|it| it["event"] == "invoice.funded").cloned();
        let statuses = sent.expect("it was sent")["attempts"][0]["statuses"].clone();
        assert_eq!(statuses, json!(vec![200; 50]));
        let paid = shop.payment(&payment).await;
        assert_eq!((&paid["status"], captures(&paid)), (&json!("paid"), 1));
        agreement::agree(&paid, &shop.held().await);
    }

    async fn funded_and_closed_in_either_order_are_one_capture(database: Database) {
        let shop = TestShop::in_touch(database).await;
        for (number, effect) in [("SO-1", None), ("SO-2", Some(json!({ "kind": "reorder" })))] {
            let (payment, invoice) = invoiced(&shop, number).await;
            if let Some(effect) = &effect {
                strike(&shop, "invoice.funded", 1, effect).await;
            }
            moved(&shop, &invoice, "fund").await;
            moved(&shop, &invoice, "pay").await;
            let events = shop.deliver_webhooks().await;
            let about = |it: &&Value| it["apruveInvoiceId"] == invoice.as_str();
            let order: Vec<_> = events.iter().filter(about).map(|it| it["event"].clone()).collect();
            let place = |name: &str| order.iter().position(|it| it == name).unwrap_or_else(|| panic!("no {name}: {order:?}"));
            assert_eq!(place("invoice.funded") > place("invoice.closed"), effect.is_some(), "{order:?}");
            let paid = shop.payment(&payment).await;
            assert_eq!((&paid["status"], captures(&paid)), (&json!("paid"), 1), "{number}");
            assert_ne!(paid["invoices"][0]["funding"], Value::Null, "{number}");
            agreement::agree(&paid, &shop.held().await);
        }
    }

    async fn an_event_before_our_own_write_links_and_authorizes_and_the_late_buyer_changes_nothing(database: Database) {
        let shop = TestShop::in_touch(database).await;
        let payment = shop.begun("SO-1").await;
        let order = shop.confirm(&payment, true).await;
        let events = shop.deliver_webhooks().await;
        assert!(events.iter().all(|it| it["state"] == "applied"), "{events:#?}");
        let authorized = shop.payment(&payment).await;
        assert_eq!((&authorized["status"], &authorized["provider"]["orderId"]), (&json!("authorized"), &json!(order)));
        let back = shop.authorize(&payment, &order).await.expect(200);
        assert_eq!(back["transactions"], authorized["transactions"]);
        agreement::agree(&back, &shop.held().await);
    }

    async fn an_order_that_is_not_ours_links_nothing(database: Database) {
        let shop = TestShop::in_touch(database).await;
        let payment = shop.begun("SO-1").await;
        // Somebody orders for another amount under our number.
        let merchant = &shop.sandbox.merchant_id;
        let accounts = shop.at_apruve(&format!("/merchants/{merchant}/corporate_accounts?email={}", shop.sandbox.buyer_email)).await;
        let order = json!({
            "merchant_id": merchant, "merchant_order_id": "SO-1", "amount_cents": 100, "currency": "USD",
            "shopper_id": accounts[0]["authorized_buyers"][0]["id"], "payment_term": { "corporate_account_id": accounts[0]["id"] },
            "finalize_on_create": true, "invoice_on_create": false,
            "order_items": [{ "title": "Clog", "amount_cents": 100, "price_total_cents": 100, "quantity": 1 }],
        });
        let (status, made) = shop.call(Method::POST, "/orders", &order).await;
        assert!(status.is_success(), "{made}");
        let id = made["id"].as_str().expect("an id");
        shop.control(Method::POST, &format!("/orders/{id}/approve"), &json!({})).await;
        shop.deliver_webhooks().await;
        let after = shop.payment(&payment).await;
        assert_eq!((&after["status"], &after["provider"]["orderId"]), (&json!("pending"), &Value::Null));
        let refused = shop.authorize(&payment, id).await;
        assert_eq!(refused.problem(409), "order-not-ours");
    }

    async fn a_webhook_that_comes_a_day_late_changes_nothing_that_is_known_by_then(database: Database) {
        let shop = TestShop::in_touch(database).await;
        let (payment, invoice) = invoiced(&shop, "SO-1").await;
        strike(&shop, "invoice.funded", 1, &json!({ "kind": "late", "seconds": 86_400 })).await;
        moved(&shop, &invoice, "fund").await;
        shop.deliver_webhooks().await;
        assert_eq!(captures(&shop.payment(&payment).await), 0);
        // Reconciliation does not wait for it.
        shop.pass(Duration::from_secs(3600)).await;
        let paid = shop.until(&payment, "reconciliation", |it| it["status"] == "paid").await;
        shop.pass(Duration::from_secs(86_400)).await;
        let events = shop.deliver_webhooks().await;
        assert!(events.iter().any(|it| it["event"] == "invoice.funded" && it["state"] == "applied"), "{events:#?}");
        let after = shop.payment(&payment).await;
        assert_eq!((&after["amounts"], captures(&after)), (&paid["amounts"], 1));
        // Only when exactly Apruve paid was not known before.
        assert_eq!(after["invoices"][0]["funding"]["fundedAt"], START);
        agreement::agree(&after, &shop.held().await);
    }

    async fn what_was_done_at_apruve_by_hand_is_taken_over(database: Database) {
        let shop = TestShop::in_touch(database).await;
        let payment = shop.authorized("SO-1").await;
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        for cents in [4_000, 2_500] {
            let body = json!({ "amount_cents": cents, "currency": "USD", "issue_on_create": true });
            let (status, made) = shop.call(Method::POST, &format!("/orders/{order}/invoices"), &body).await;
            assert!(status.is_success(), "{made}");
        }
        shop.deliver_webhooks().await;
        // Not every one of these has an event that says so; the hour's reconciliation finds the rest.
        shop.pass(Duration::from_secs(3600)).await;
        let adopted = shop.until(&payment, "the invoices", |it| it["amounts"]["invoiced"] == "65.00").await;
        let invoices = adopted["invoices"].as_array().expect("a list");
        assert_eq!(invoices.len(), 2);
        assert_eq!(last(&adopted, "invoice")["origin"], "provider");
        let theirs: Vec<&str> = invoices.iter().map(|it| it["providerId"].as_str().expect("an id")).collect();
        let returned = json!({ "amount_cents": 500, "currency": "USD", "reason": "OTHER", "merchant_notes": "By hand" });
        let (status, made) = shop.call(Method::POST, &format!("/invoices/{}/invoice_returns", theirs[0]), &returned).await;
        assert!(status.is_success(), "{made}");
        moved(&shop, theirs[1], "cancel").await;
        shop.deliver_webhooks().await;
        let after = shop.until(&payment, "the cancellation", |it| it["amounts"]["invoiced"] == adopted["invoices"][0]["amount"]).await;
        assert_eq!(last(&after, "cancel")["origin"], "provider");
        assert_eq!((&after["amounts"]["returned"], &last(&after, "refund")["origin"]), (&json!("5.00"), &json!("provider")));
        agreement::agree(&after, &shop.held().await);
    }

    async fn an_order_that_is_canceled_there_is_canceled_here(database: Database) {
        let shop = TestShop::in_touch(database).await;
        let payment = shop.authorized("SO-1").await;
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        shop.control(Method::POST, &format!("/orders/{order}/cancel"), &json!({})).await;
        shop.deliver_webhooks().await;
        let canceled = shop.payment(&payment).await;
        assert_eq!((&canceled["status"], &canceled["amounts"]["openAuthorized"]), (&json!("canceled"), &json!("0.00")));
        assert_eq!(last(&canceled, "cancel")["origin"], "provider");
        agreement::agree(&canceled, &shop.held().await);
    }

    async fn lost_webhooks_are_healed_by_reconciliation(database: Database) {
        let shop = TestShop::in_touch(database).await;
        strike(&shop, "**", 1_000, &json!({ "kind": "lose" })).await;
        // The buyer never came back, and no event was sent.
        let payment = shop.begun("SO-1").await;
        shop.confirm(&payment, true).await;
        shop.pass(Duration::from_secs(3600)).await;
        shop.until(&payment, "the order", |it| it["status"] == "authorized").await;
        let url = format!("{}/invoices", at(&payment));
        let invoice = shop.post(&url, &json!({ "shipment": {} })).await.expect(201);
        moved(&shop, invoice["providerId"].as_str().expect("an id"), "fund").await;
        shop.pass(Duration::from_secs(86_400)).await;
        let paid = shop.until(&payment, "the capture", |it| it["status"] == "paid").await;
        assert_eq!(captures(&paid), 1);
        agreement::agree(&paid, &shop.held().await);
        assert_eq!(shop.deliver_webhooks().await, Vec::<Value>::new(), "no webhook came");
    }
}
