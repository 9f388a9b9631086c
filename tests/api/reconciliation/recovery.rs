//! What the worker for pending payments takes up by itself: outcomes that are not known, and attempts that nobody took up.

use std::time::Duration;

use serde_json::{Value, json};

use super::{DAY, open};
use crate::{
    app::until,
    buyer::at,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

async fn becomes(shop: &TestShop, payment: &Value, status: &str, unsettled: bool) {
    until(async || {
        let now = shop.payment(payment).await;
        now["status"] == status && now["unsettled"] == unsettled
    })
    .await;
}

on_both_databases! {
    async fn an_invoice_whose_answer_was_lost_is_found_and_never_made_again(database: Database) {
        let shop = open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.fault(&json!({ "method": "POST", "path": "/orders/*/invoices", "when": "after", "effect": { "kind": "cut" } })).await;
        let invoices = format!("{}/invoices", at(&payment));
        shop.post(&invoices, &json!({})).await.expect(202);
        assert_eq!(shop.payment(&payment).await["unsettled"], true);
        shop.calls().await;
        shop.pass(Duration::from_secs(5)).await;
        becomes(&shop, &payment, "invoiced", false).await;
        let calls = shop.calls().await;
        assert!(calls.iter().all(|call| call.starts_with("GET ")), "{calls:?}");
    }

    async fn an_invoice_that_apruve_never_had_fails_after_several_looks_and_not_before(database: Database) {
        let shop = open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.fault(&json!({ "method": "POST", "path": "/orders/*/invoices", "effect": { "kind": "cut" } })).await;
        let invoices = format!("{}/invoices", at(&payment));
        shop.post(&invoices, &json!({})).await.expect(202);
        for seconds in [5, 30, 120, 300] {
            let before = shop.payment(&payment).await["version"].clone();
            shop.pass(Duration::from_secs(seconds)).await;
            until(async || shop.payment(&payment).await["version"] != before).await;
            assert_eq!(shop.payment(&payment).await["unsettled"], true, "after {seconds} s");
        }
        shop.pass(Duration::from_secs(900)).await;
        becomes(&shop, &payment, "authorized", false).await;
        let failed = shop.payment(&payment).await;
        let failed = failed["transactions"].as_array().and_then(|all| all.last()).cloned();
        let failed = failed.expect("a transaction");
        assert_eq!((&failed["state"], &failed["failure"]["code"]), (&json!("failed"), &json!("not_found")));
    }

    async fn an_attempt_that_nobody_takes_up_expires_and_makes_room(database: Database) {
        let shop = open(database).await;
        let payment = shop.begun("SO-1").await;
        shop.pass(DAY - Duration::from_secs(1)).await;
        assert_eq!(shop.payment(&payment).await["status"], "pending");
        shop.pass(Duration::from_secs(1)).await;
        becomes(&shop, &payment, "expired", false).await;
        assert_ne!(shop.begun("SO-1").await["id"], payment["id"]);
    }

    async fn a_buyer_who_confirmed_at_the_last_moment_is_authorized_and_not_expired(database: Database) {
        let shop = open(database).await;
        let payment = shop.begun("SO-1").await;
        shop.pass(Duration::from_secs(60)).await;
        shop.confirm(&payment, true).await;
        shop.pass(DAY).await;
        becomes(&shop, &payment, "authorized", false).await;
    }

    async fn an_attempt_is_not_expired_while_apruve_cannot_be_asked(database: Database) {
        let shop = open(database).await;
        let payment = shop.begun("SO-1").await;
        shop.fault(&json!({ "count": null, "effect": { "kind": "cut" } })).await;
        shop.calls().await;
        shop.pass(DAY).await;
        until(async || !shop.calls().await.is_empty()).await;
        assert_eq!(shop.payment(&payment).await["status"], "pending");
        shop.control(reqwest::Method::DELETE, "/faults", &Value::Null).await;
        shop.pass(Duration::from_secs(15 * 60)).await;
        becomes(&shop, &payment, "expired", false).await;
    }
}
