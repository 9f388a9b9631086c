//! Webhooks about credit and companies drop what was known, and become events.

use reqwest::Method;
use serde_json::{Value, json};

use super::{AMANDA, cart_of};
use crate::{
    app::until,
    events,
    support::{Database, on_both_databases},
    test_shop::TestShop,
    webhooks::payments::listen,
};

on_both_databases! {
    async fn companies_and_credit_are_reported_to_the_feed_without_people_or_figures(database: Database) {
        let shop = TestShop::open(database).await;
        listen(&shop).await;
        let acme = shop.acme().await;
        shop.limit(5_000).await;
        shop.set_status("suspended", false).await;
        shop.set_status("approved", false).await;
        let path = format!("/accounts/{acme}/buyers");
        shop.control(Method::POST, &path, &json!({ "name": "New", "email": "new@acme.example" })).await;
        let expected = ["credit.changed", "company.changed", "company.approved", "company.member_changed"];
        let all = async || {
            let mut reported = events::reported(&shop.app, "type=company.*").await;
            reported.extend(events::reported(&shop.app, "type=credit.*").await);
            reported
        };
        until(async || all().await.len() >= 4).await;
        let reported = all().await;
        let mut types = events::types(&reported);
        types.sort_unstable();
        let mut sorted = expected.to_vec();
        sorted.sort_unstable();
        assert_eq!(types, sorted);
        for event in &reported {
            assert_eq!(event["subject"], json!(acme), "{event}");
            assert_eq!(event["data"]["id"], json!(acme));
            let text = event["data"].to_string();
            assert!(!text.contains('@') && !text.contains("credit"), "{text}");
        }
    }

    async fn what_a_webhook_is_about_is_not_believed_any_longer(database: Database) {
        let shop = TestShop::open(database).await;
        listen(&shop).await;
        shop.policy(json!({ "check": "require", "whenUnknown": "warn" })).await;
        shop.credit(AMANDA).await;
        assert_eq!(shop.reported(&cart_of(AMANDA)).await, ["offered"]);
        shop.limit(100).await;
        until(async || shop.reported(&cart_of(AMANDA)).await == ["credit_insufficient"]).await;
        shop.set_status("suspended", false).await;
        until(async || shop.reported(&cart_of(AMANDA)).await == ["credit_hold"]).await;
        // A buyer without an account may have one now.
        let new = "new@acme.example";
        shop.credit(new).await;
        assert_eq!(shop.reported(&cart_of(new)).await, ["no_account"]);
        let path = format!("/accounts/{}/buyers", shop.acme().await);
        shop.control(Method::POST, &path, &json!({ "name": "New", "email": new })).await;
        until(async || shop.reported(&cart_of(new)).await == ["credit_hold"]).await;
    }

    async fn webhooks_out_of_order_and_again_leave_what_is_true(database: Database) {
        let shop = TestShop::open(database).await;
        listen(&shop).await;
        shop.policy(json!({ "check": "require", "whenUnknown": "warn" })).await;
        let fault = json!({ "event": "credit_available.updated", "effect": { "kind": "reorder" } });
        shop.control(Method::POST, "/faults/webhooks", &fault).await;
        shop.limit(100).await;
        shop.limit(20_000).await;
        let sent = shop.control(Method::POST, "/webhooks/flush", &Value::Null).await;
        until(async || shop.reported(&cart_of(AMANDA)).await == ["offered"]).await;
        until(async || events::reported(&shop.app, "type=credit.changed").await.len() == 2).await;
        for delivery in sent.as_array().expect("a list") {
            if delivery["event"] == "credit_available.updated" {
                let uuid = delivery["uuid"].as_str().expect("a uuid");
                shop.control(Method::POST, &format!("/webhooks/{uuid}/send"), &Value::Null).await;
            }
        }
        until(async || shop.reported(&cart_of(AMANDA)).await == ["offered"]).await;
        assert_eq!(events::reported(&shop.app, "type=credit.changed").await.len(), 2);
    }

    async fn a_webhook_while_a_read_is_under_way_leaves_nothing_outdated(database: Database) {
        let shop = TestShop::open(database).await;
        listen(&shop).await;
        shop.policy(json!({ "check": "require", "whenUnknown": "warn" })).await;
        // The provider works the answer out, and then takes its time to send it.
        let path = format!("/merchants/{}/corporate_accounts", shop.sandbox.merchant_id);
        let fault = json!({ "method": "GET", "path": path, "when": "after", "effect": { "kind": "hold" } });
        shop.fault(&fault).await;
        let held = async || {
            let faults = shop.control(Method::GET, "/faults", &Value::Null).await;
            faults["calls"] == json!([])
        };
        let read = shop.credit(AMANDA);
        let change = async {
            until(held).await;
            // The account's own read is not held.
            shop.limit(100).await;
            until(async || events::reported(&shop.app, "type=credit.changed").await.len() == 1).await;
            shop.control(Method::DELETE, "/faults", &Value::Null).await;
        };
        futures_util::future::join(read, change).await;
        assert_eq!(shop.reported(&cart_of(AMANDA)).await, ["credit_insufficient"]);
    }
}
