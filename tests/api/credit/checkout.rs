//! Credit at checkout, which asks nobody.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use onterms::auth::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use super::{AMANDA, STRANGER, cart_of};
use crate::{
    app::until,
    buyer::payable,
    payments::statements::QUIET,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

on_both_databases! {
    async fn what_is_known_decides_as_the_integration_says(database: Database) {
        let shop = TestShop::open(database).await;
        shop.credit(AMANDA).await;
        shop.credit(STRANGER).await;
        for (check, known, covered) in [
            ("off", &["offered"][..], &["offered"][..]),
            ("advise", &["offered", "no_account"], &["offered"]),
            ("require", &["no_account"], &["offered"]),
        ] {
            shop.policy(json!({ "check": check })).await;
            assert_eq!(shop.reported(&cart_of(STRANGER)).await, known, "{check}");
            for email in [AMANDA, " AMANDA@acme.example "] {
                assert_eq!(shop.reported(&cart_of(email)).await, covered, "{check} {email}");
            }
        }
        for (status, check, reported) in [
            ("suspended", "advise", &["offered", "credit_hold"][..]),
            ("suspended", "require", &["credit_hold"]),
        ] {
            shop.set_status(status, false).await;
            shop.credit(AMANDA).await;
            shop.policy(json!({ "check": check })).await;
            assert_eq!(shop.reported(&cart_of(AMANDA)).await, reported, "{check}");
        }
    }

    async fn a_total_is_covered_to_the_minor_unit_and_in_its_own_currency(database: Database) {
        let shop = TestShop::open(database).await;
        shop.policy(json!({ "check": "require", "whenUnknown": "warn" })).await;
        for (cents, reported) in [
            (10_000, &["offered"][..]),
            (9_999, &["credit_insufficient"]),
            (10_001, &["offered"]),
            (0, &["credit_insufficient"]),
            (-1, &["credit_insufficient"]),
        ] {
            shop.limit(cents).await;
            shop.credit(AMANDA).await;
            assert_eq!(shop.reported(&cart_of(AMANDA)).await, reported, "{cents}");
        }
        let account = shop.acme().await;
        for (currency, reported) in [("CAD", &["offered", "credit_unknown"][..]), ("XYZ", &["offered", "credit_unknown"]), ("usd", &["credit_insufficient"])] {
            shop.control(Method::PUT, &format!("/overrides/{account}"), &json!({ "currency": currency })).await;
            shop.credit(AMANDA).await;
            assert_eq!(shop.reported(&cart_of(AMANDA)).await, reported, "{currency}");
        }
    }

    async fn figures_are_shown_to_those_who_may_read_credit(database: Database) {
        let shop = TestShop::open(database).await;
        shop.policy(json!({ "check": "advise" })).await;
        shop.limit(5_000).await;
        shop.credit(AMANDA).await;
        for (scopes, shows) in [(&[Scope::Checkout][..], false), (&[Scope::Checkout, Scope::CreditRead], true)] {
            let token = shop.app.token("storefront", scopes);
            let request = shop.app.bare(Method::POST, "/v1/checkout/payment-methods").bearer(&token);
            let answer = request.json(&cart_of(AMANDA)).send().await.expect(200);
            let warning = &answer["offered"][0]["warnings"][0];
            assert_eq!(warning["code"], "credit_insufficient");
            let message = warning["message"].as_str().expect("a sentence");
            assert_eq!(message.contains("50.00"), shows, "{message}");
            assert_eq!(warning["observed"]["creditAvailable"] == json!("50.00"), shows, "{warning}");
        }
    }

    async fn a_warm_checkout_asks_neither_the_provider_nor_the_database(database: Database) {
        let shop = TestShop::open(database).await;
        shop.policy(json!({ "check": "require", "whenUnknown": "hide" })).await;
        shop.credit(AMANDA).await;
        shop.credit(STRANGER).await;
        shop.calls().await;
        // Whatever asks the database now fails.
        shop.app.service.store().close().await;
        for _ in 0..3 {
            assert_eq!(shop.reported(&cart_of(AMANDA)).await, ["offered"]);
            assert_eq!(shop.reported(&cart_of(STRANGER)).await, ["no_account"]);
        }
        assert_eq!(shop.calls().await, Vec::<String>::new());
    }

    async fn a_warm_checkout_sends_no_statement_and_makes_no_call(database: Database) {
        let shop = TestShop::open_with(Arc::new(database), &QUIET, |_| {}).await;
        shop.policy(json!({ "check": "require", "whenUnknown": "hide" })).await;
        let sent = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&sent);
        let observed = shop.app.service.store().observe_statements(move |text| {
            // What is due by itself meanwhile: PostgreSQL's events are put in order, accounts in trouble are looked for.
            let is_by_itself = ["what_ifs", "replicas", "event_sequence", "FROM \"events\"", "UPDATE events SET sequence", "SELECT EXISTS (SELECT `integration_health`", "SELECT EXISTS (SELECT \"integration_health\""];
            let is_statement = ["SELECT", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| text.starts_with(verb));
            if is_statement && !is_by_itself.iter().any(|part| text.contains(part)) {
                notes.lock().expect("no panic").push(text.to_owned());
            }
        });
        assert!(observed);
        let take = || std::mem::take(&mut *sent.lock().expect("no panic"));
        // What is not known yet is looked for, and both counts see it.
        shop.calls().await;
        assert_eq!(shop.reported(&cart_of(AMANDA)).await, ["credit_unknown"]);
        shop.credit(AMANDA).await;
        shop.credit(STRANGER).await;
        assert!(take().iter().any(|text| text.contains("credit_entries")));
        assert_ne!(shop.calls().await, Vec::<String>::new());
        for _ in 0..20 {
            assert_eq!(shop.reported(&cart_of(AMANDA)).await, ["offered"]);
            assert_eq!(shop.reported(&cart_of(STRANGER)).await, ["no_account"]);
        }
        assert_eq!(take(), Vec::<String>::new());
        assert_eq!(shop.calls().await, Vec::<String>::new());
    }

    async fn what_is_unknown_or_too_old_is_as_configured_and_read_in_the_background(database: Database) {
        let shop = TestShop::open(database).await;
        for (fallback, reported) in [
            ("offer", &["offered"][..]), ("warn", &["offered", "credit_unknown"]), ("hide", &["credit_unknown"]),
        ] {
            shop.policy(json!({ "check": "require", "whenUnknown": fallback, "maxAge": "10m" })).await;
            // A cart without a buyer is never known.
            assert_eq!(shop.reported(&payable()).await, reported, "{fallback}");
        }
        assert_eq!(shop.reported(&cart_of(AMANDA)).await, ["credit_unknown"]);
        until(async || shop.reported(&cart_of(AMANDA)).await == ["offered"]).await;
        // Exactly as old as it may be.
        shop.pass(Duration::from_secs(600)).await;
        assert_eq!(shop.reported(&cart_of(AMANDA)).await, ["offered"]);
        shop.fault(&json!({ "count": null, "effect": { "kind": "hold" } })).await;
        shop.pass(Duration::from_secs(1)).await;
        assert_eq!(shop.reported(&cart_of(AMANDA)).await, ["credit_unknown"]);
        shop.control(Method::DELETE, "/faults", &Value::Null).await;
        until(async || shop.reported(&cart_of(AMANDA)).await == ["offered"]).await;
    }

    async fn a_dry_run_looks_at_what_is_known_and_asks_nobody(database: Database) {
        let shop = TestShop::open(database).await;
        shop.policy(json!({ "check": "require", "whenUnknown": "hide" })).await;
        let body = json!({ "cart": cart_of(AMANDA) });
        shop.calls().await;
        let answer = shop.app.post("/v1/payment-rules/evaluate", &body).await.expect(200);
        assert_eq!(crate::credit::reported(&answer, &shop.method), ["credit_unknown"]);
        assert_eq!(shop.calls().await, Vec::<String>::new());
        shop.credit(AMANDA).await;
        let answer = shop.app.post("/v1/payment-rules/evaluate", &body).await.expect(200);
        assert_eq!(crate::credit::reported(&answer, &shop.method), ["offered"]);
    }

    async fn settings_of_credit_have_defaults_and_are_refused_with_all_their_faults(database: Database) {
        let shop = TestShop::open(database).await;
        let shown = shop.app.get(&shop.integration).await.expect(200);
        let default = json!({ "check": "off", "maxAge": "15m", "whenUnknown": "offer", "whenUnreachable": "warn" });
        assert_eq!(shown["settings"]["credit"], default);
        for (credit, pointers) in [
            (json!(7), &["/settings/credit"][..]),
            (json!({ "check": "yes", "maxAge": "soon", "whenUnknown": "no", "whenUnreachable": 7 }),
                &["/settings/credit/check", "/settings/credit/maxAge", "/settings/credit/whenUnknown", "/settings/credit/whenUnreachable"]),
            (json!({ "maxAge": "0s" }), &["/settings/credit/maxAge"]),
            (json!({ "maxAge": "31days" }), &["/settings/credit/maxAge"]),
            (json!({ "maxAge": 900 }), &["/settings/credit/maxAge"]),
            (json!({ "whenunknown": "hide" }), &["/settings/credit/whenunknown"]),
        ] {
            let body = json!({ "settings": { "credit": credit } });
            let answer = shop.app.patch(&shop.integration, &body).await;
            let mut found = answer.pointers();
            found.sort_unstable();
            let mut expected = pointers.to_vec();
            expected.sort_unstable();
            assert_eq!(found, expected, "{credit}");
        }
        shop.policy(json!({ "check": "advise", "maxAge": "90s" })).await;
        shop.policy(json!({ "maxAge": null })).await;
        let shown = shop.app.get(&shop.integration).await.expect(200);
        assert_eq!((&shown["settings"]["credit"]["check"], &shown["settings"]["credit"]["maxAge"]), (&json!("advise"), &json!("15m")));
    }
}
