//! What Apruve does not show is not believed to be absent at once.

use std::time::Duration;

use serde_json::json;

use crate::{
    bazaar::Bazaar,
    books,
    buyer::{at, fresh_key},
    support::{Database, on_both_databases},
    waiting::last,
};

/// The pauses between the looks for something unknown.
const LOOKS: [u64; 5] = [5, 30, 120, 300, 900];

on_both_databases! {
    async fn absent_is_what_several_whole_listings_over_a_quarter_of_an_hour_did_not_have(database: Database) {
        let bazaar = Bazaar::watchful(database).await;
        let payment = bazaar.authorized("SO-1").await;
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        let invoices = format!("/orders/{order}/invoices");
        let (key, path, wanted) = (fresh_key(), format!("{}/invoices", at(&payment)), json!({ "amount": "40.00" }));
        bazaar.fault(&json!({ "method": "POST", "path": invoices, "effect": { "kind": "cut" } })).await;
        let unknown = bazaar.post_as(&key, &path, &wanted).await.expect(202);
        assert_eq!((&unknown["state"], &unknown["payment"]["unsettled"]), (&json!("unknown"), &json!(true)));
        for pause in LOOKS {
            let still = bazaar.payment(&payment).await;
            assert_eq!(last(&still, "invoice")["state"], "unknown", "before the look after {pause} s");
            let again = bazaar.post_as(&key, &path, &wanted).await;
            assert_eq!((again.status.as_u16(), again.header("idempotent-replayed").as_str()), (202, "true"));
            bazaar.pass_until_looked(&payment, Duration::from_secs(pause)).await;
        }
        let failed = bazaar.until(&payment, "the end of the search", |it| it["unsettled"] == false).await;
        let invoice = last(&failed, "invoice");
        assert_eq!((&invoice["state"], &invoice["failure"]["code"]), (&json!("failed"), &json!("not_found")));
        assert_eq!(books::count(&bazaar.held().await, "invoices", "order_id", order), 0);
        // The very same request may now be made again, and makes one.
        let made = bazaar.post_as(&key, &path, &wanted).await;
        assert_eq!(made.expect(201)["amount"], "40.00");
        let same = bazaar.post_as(&key, &path, &wanted).await;
        assert_eq!(same.header("idempotent-replayed"), "true");
        assert_eq!(same.expect(201)["id"], made.json()["id"]);
        books::agree(&bazaar.payment(&payment).await, &bazaar.held().await);
    }

    async fn a_listing_that_fails_says_nothing_about_what_is_absent(database: Database) {
        let bazaar = Bazaar::watchful(database).await;
        let payment = bazaar.authorized("SO-1").await;
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        let invoices = format!("/orders/{order}/invoices");
        bazaar.fault(&json!({ "method": "POST", "path": invoices, "when": "after", "effect": { "kind": "cut" } })).await;
        bazaar.post(&format!("{}/invoices", at(&payment)), &json!({})).await.expect(202);
        let fails = json!({ "method": "GET", "path": invoices, "count": null, "effect": { "kind": "answer", "status": 503 } });
        bazaar.fault(&fails).await;
        for pause in LOOKS {
            bazaar.pass_until_looked(&payment, Duration::from_secs(pause)).await;
            let still = bazaar.payment(&payment).await;
            assert_eq!(last(&still, "invoice")["state"], "unknown", "after {pause} s more");
        }
        let sync = bazaar.post(&format!("{}/sync", at(&payment)), &json!({})).await;
        assert_eq!(sync.problem(502), "gateway-unreachable");
        bazaar.mend().await;
        bazaar.pass_until_looked(&payment, Duration::from_secs(3600)).await;
        let found = bazaar.until(&payment, "the invoice", |it| it["unsettled"] == false).await;
        assert_eq!(last(&found, "invoice")["state"], "succeeded");
        books::agree(&found, &bazaar.held().await);
    }

    async fn an_order_on_behalf_that_was_never_made_ends_the_attempt_and_gives_its_key_back(database: Database) {
        let bazaar = Bazaar::watchful(database).await;
        let mut body = bazaar.new_payment("SO-1");
        body["buyerEmail"] = json!(bazaar.sandbox.buyer_email);
        bazaar.fault(&json!({ "method": "POST", "path": "/orders", "effect": { "kind": "cut" } })).await;
        let key = fresh_key();
        let unknown = bazaar.post_as(&key, "/v1/payments/on-behalf", &body).await.expect(202);
        for pause in LOOKS {
            assert_eq!(bazaar.payment(&unknown).await["unsettled"], true, "before the look after {pause} s");
            bazaar.pass_until_looked(&unknown, Duration::from_secs(pause)).await;
        }
        let ended = bazaar.until(&unknown, "the end of the search", |it| it["unsettled"] == false).await;
        assert_eq!(last(&ended, "authorize")["failure"]["code"], "not_found");
        let made = bazaar.post_as(&key, "/v1/payments/on-behalf", &body).await.expect(202);
        assert_ne!(made["id"], ended["id"]);
        assert_eq!(bazaar.held().await["orders"].as_array().map(Vec::len), Some(1));
    }
}
