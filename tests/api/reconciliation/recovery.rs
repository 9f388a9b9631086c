//! What the sweeper takes up by itself: outcomes that are not known, and attempts that nobody took up.

use std::time::Duration;

use serde_json::{Value, json};

use super::{DAY, open};
use crate::{
    app::until,
    bazaar::Bazaar,
    buyer::at,
    support::{Database, on_both_databases},
};

async fn becomes(bazaar: &Bazaar, payment: &Value, status: &str, unsettled: bool) {
    until(async || {
        let now = bazaar.payment(payment).await;
        now["status"] == status && now["unsettled"] == unsettled
    })
    .await;
}

on_both_databases! {
    async fn an_invoice_whose_answer_was_lost_is_found_and_never_made_again(database: Database) {
        let bazaar = open(database).await;
        let payment = bazaar.authorized("SO-1").await;
        bazaar.fault(&json!({ "method": "POST", "path": "/orders/*/invoices", "when": "after", "effect": { "kind": "cut" } })).await;
        let invoices = format!("{}/invoices", at(&payment));
        bazaar.post(&invoices, &json!({})).await.expect(202);
        assert_eq!(bazaar.payment(&payment).await["unsettled"], true);
        bazaar.calls().await;
        bazaar.pass(Duration::from_secs(5)).await;
        becomes(&bazaar, &payment, "invoiced", false).await;
        let calls = bazaar.calls().await;
        assert!(calls.iter().all(|call| call.starts_with("GET ")), "{calls:?}");
    }

    async fn an_invoice_that_apruve_never_had_fails_after_several_looks_and_not_before(database: Database) {
        let bazaar = open(database).await;
        let payment = bazaar.authorized("SO-1").await;
        bazaar.fault(&json!({ "method": "POST", "path": "/orders/*/invoices", "effect": { "kind": "cut" } })).await;
        let invoices = format!("{}/invoices", at(&payment));
        bazaar.post(&invoices, &json!({})).await.expect(202);
        for seconds in [5, 30, 120, 300] {
            let before = bazaar.payment(&payment).await["version"].clone();
            bazaar.pass(Duration::from_secs(seconds)).await;
            until(async || bazaar.payment(&payment).await["version"] != before).await;
            assert_eq!(bazaar.payment(&payment).await["unsettled"], true, "after {seconds} s");
        }
        bazaar.pass(Duration::from_secs(900)).await;
        becomes(&bazaar, &payment, "authorized", false).await;
        let failed = bazaar.payment(&payment).await;
        let failed = failed["transactions"].as_array().and_then(|all| all.last()).cloned();
        let failed = failed.expect("a transaction");
        assert_eq!((&failed["state"], &failed["failure"]["code"]), (&json!("failed"), &json!("not_found")));
    }

    async fn an_attempt_that_nobody_takes_up_expires_and_makes_room(database: Database) {
        let bazaar = open(database).await;
        let payment = bazaar.begun("SO-1").await;
        bazaar.pass(DAY - Duration::from_secs(1)).await;
        assert_eq!(bazaar.payment(&payment).await["status"], "pending");
        bazaar.pass(Duration::from_secs(1)).await;
        becomes(&bazaar, &payment, "expired", false).await;
        assert_ne!(bazaar.begun("SO-1").await["id"], payment["id"]);
    }

    async fn a_buyer_who_confirmed_at_the_last_moment_is_authorized_and_not_expired(database: Database) {
        let bazaar = open(database).await;
        let payment = bazaar.begun("SO-1").await;
        bazaar.pass(Duration::from_secs(60)).await;
        bazaar.confirm(&payment, true).await;
        bazaar.pass(DAY).await;
        becomes(&bazaar, &payment, "authorized", false).await;
    }

    async fn an_attempt_is_not_expired_while_apruve_cannot_be_asked(database: Database) {
        let bazaar = open(database).await;
        let payment = bazaar.begun("SO-1").await;
        bazaar.fault(&json!({ "count": null, "effect": { "kind": "cut" } })).await;
        bazaar.calls().await;
        bazaar.pass(DAY).await;
        until(async || !bazaar.calls().await.is_empty()).await;
        assert_eq!(bazaar.payment(&payment).await["status"], "pending");
        bazaar.control(reqwest::Method::DELETE, "/faults", &Value::Null).await;
        bazaar.pass(Duration::from_secs(15 * 60)).await;
        becomes(&bazaar, &payment, "expired", false).await;
    }
}
