//! What Apruve does not show is not taken for absent at once.

use std::time::Duration;

use serde_json::json;

use crate::{
    agreement,
    buyer::{at, fresh_key},
    support::{Database, on_both_databases},
    test_shop::TestShop,
    waiting::last,
};

/// The pauses between the searches for something unknown.
const PAUSES: [u64; 5] = [5, 30, 120, 300, 900];

on_both_databases! {
    async fn absent_is_what_several_whole_listings_over_a_quarter_of_an_hour_did_not_have(database: Database) {
        let shop = TestShop::watchful(database).await;
        let payment = shop.authorized("SO-1").await;
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        let invoices = format!("/orders/{order}/invoices");
        let (key, path, wanted) = (fresh_key(), format!("{}/invoices", at(&payment)), json!({ "amount": "40.00" }));
        shop.fault(&json!({ "method": "POST", "path": invoices, "effect": { "kind": "cut" } })).await;
        let unknown = shop.post_as(&key, &path, &wanted).await.expect(202);
        assert_eq!((&unknown["state"], &unknown["payment"]["unsettled"]), (&json!("unknown"), &json!(true)));
        for pause in PAUSES {
            let still = shop.payment(&payment).await;
            assert_eq!(last(&still, "invoice")["state"], "unknown", "before the search after {pause} s");
            let again = shop.post_as(&key, &path, &wanted).await;
            assert_eq!((again.status.as_u16(), again.header("idempotent-replayed").as_str()), (202, "true"));
            shop.pass_until_looked(&payment, Duration::from_secs(pause)).await;
        }
        let failed = shop.until(&payment, "the end of the search", |it| it["unsettled"] == false).await;
        let invoice = last(&failed, "invoice");
        assert_eq!((&invoice["state"], &invoice["failure"]["code"]), (&json!("failed"), &json!("not_found")));
        assert_eq!(agreement::count(&shop.held().await, "invoices", "order_id", order), 0);
        // The very same request may now be made again, and makes one.
        let made = shop.post_as(&key, &path, &wanted).await;
        assert_eq!(made.expect(201)["amount"], "40.00");
        let same = shop.post_as(&key, &path, &wanted).await;
        assert_eq!(same.header("idempotent-replayed"), "true");
        assert_eq!(same.expect(201)["id"], made.json()["id"]);
        agreement::agree(&shop.payment(&payment).await, &shop.held().await);
    }

    async fn a_listing_that_fails_says_nothing_about_what_is_absent(database: Database) {
        let shop = TestShop::watchful(database).await;
        let payment = shop.authorized("SO-1").await;
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        let invoices = format!("/orders/{order}/invoices");
        shop.fault(&json!({ "method": "POST", "path": invoices, "when": "after", "effect": { "kind": "cut" } })).await;
        shop.post(&format!("{}/invoices", at(&payment)), &json!({})).await.expect(202);
        let fails = json!({ "method": "GET", "path": invoices, "count": null, "effect": { "kind": "answer", "status": 503 } });
        shop.fault(&fails).await;
        for pause in PAUSES {
            shop.pass_until_looked(&payment, Duration::from_secs(pause)).await;
            let still = shop.payment(&payment).await;
            assert_eq!(last(&still, "invoice")["state"], "unknown", "after {pause} s more");
        }
        let sync = shop.post(&format!("{}/sync", at(&payment)), &json!({})).await;
        assert_eq!(sync.problem(502), "gateway-unreachable");
        shop.mend().await;
        shop.pass_until_looked(&payment, Duration::from_secs(3600)).await;
        let found = shop.until(&payment, "the invoice", |it| it["unsettled"] == false).await;
        assert_eq!(last(&found, "invoice")["state"], "succeeded");
        agreement::agree(&found, &shop.held().await);
    }

    async fn an_order_on_behalf_that_was_never_made_ends_the_attempt_and_gives_its_key_back(database: Database) {
        let shop = TestShop::watchful(database).await;
        let mut body = shop.new_payment("SO-1");
        body["buyerEmail"] = json!(shop.sandbox.buyer_email);
        shop.fault(&json!({ "method": "POST", "path": "/orders", "effect": { "kind": "cut" } })).await;
        let key = fresh_key();
        let unknown = shop.post_as(&key, "/v1/payments/on-behalf", &body).await.expect(202);
        for pause in PAUSES {
            assert_eq!(shop.payment(&unknown).await["unsettled"], true, "before the search after {pause} s");
            shop.pass_until_looked(&unknown, Duration::from_secs(pause)).await;
        }
        let ended = shop.until(&unknown, "the end of the search", |it| it["unsettled"] == false).await;
        assert_eq!(last(&ended, "authorize")["failure"]["code"], "not_found");
        let made = shop.post_as(&key, "/v1/payments/on-behalf", &body).await.expect(202);
        assert_ne!(made["id"], ended["id"]);
        assert_eq!(shop.held().await["orders"].as_array().map(Vec::len), Some(1));
    }
}
