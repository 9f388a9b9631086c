//! Which carts are recorded, what of them, and who erases them.

use std::{path::Path, process::Command, sync::Arc, time::Duration};

use onterms::{
    privacy::{self, EmailKey, Resealed},
    recording,
};
use serde_json::{Value, json};

use super::{PATH, count, draft, ended, moved, open, record, result};
use crate::{
    TestApp,
    app::until,
    integrations::reseal::sealer,
    shop::{cart, cart_with},
    support::{Database, on_both_databases},
};

const AMANDA: &str = "amanda@acme.example";

/// A cart with what must never be kept.
fn named_cart() -> Value {
    cart_with(json!({
        "customer": { "id": 42, "name": "Acme Industries", "group": { "id": 3 } },
        "customerUser": { "id": 7, "email": "Amanda@ACME.example", "fullName": "Amanda Cole" },
        "billingAddress": { "countryIso2": "US", "regionCode": "CA", "postalCode": "90210-1234", "city": "Beverly Hills", "street": "1 Rodeo Drive" },
    }))
}

on_both_databases! {
    async fn by_default_nothing_is_recorded_and_nothing_is_written(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("check").await;
        let writes = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let seen = Arc::clone(&writes);
        app.service.store().observe_statements(move |statement| {
            if statement.contains("recorded_carts") && !statement.starts_with("SELECT") {
                seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        });
        for _ in 0..20 {
            app.post("/v1/checkout/payment-methods", &cart()).await.expect(200);
        }
        // A writer would write at once, before this trial is over.
        let tried = result(&app, &json!({ "rules": [draft("", &[&check])] })).await;
        assert_eq!((&tried["carts"], count(&app).await), (&json!(0), 0));
        assert_eq!(writes.load(std::sync::atomic::Ordering::Relaxed), 0);
    }

    async fn carts_that_checkout_refuses_and_other_operations_are_not_recorded(database: Database) {
        let app = open(database).await;
        app.post("/v1/checkout/payment-methods", &json!({ "currency": "usd" })).await.problem(422);
        app.post("/v1/checkout/availability", &cart()).await.expect(200);
        app.post("/v1/payment-rules/evaluate", &json!({ "cart": cart() })).await.expect(200);
        record(&app, &[cart()], 1).await;
        app.post("/v1/checkout/payment-methods?explain=full", &cart()).await.expect(200);
        until(async || count(&app).await == 2).await;
    }

    async fn the_oldest_carts_go_beyond_the_most_and_beyond_their_time(database: Database) {
        let flags = [("recording.sample", "1"), ("recording.max", "5"), ("recording.keep", "1h")];
        let app = TestApp::start_with(Arc::new(database), &flags).await;
        let check = app.check("check").await;
        let carts: Vec<Value> = (1..=12).map(|it| cart_with(json!({ "total": format!("{it}.00"), "lineItems": null }))).collect();
        for cart in &carts {
            app.post("/v1/checkout/payment-methods", cart).await.expect(200);
            app.pass(Duration::from_millis(10));
        }
        let newest = json!({ "rules": [draft("total > 7", &[&check])] });
        until(async || count(&app).await == 5 && moved(&result(&app, &newest).await, &check) == (5, 0)).await;
        app.pass(Duration::from_secs(3601));
        app.service.sweep().await.expect("it sweeps");
        assert_eq!(count(&app).await, 0);
    }

    async fn a_buyer_is_erased_from_recorded_carts_and_from_the_examples_of_trials(database: Database) {
        let database = Arc::new(database);
        let app = TestApp::start_with(Arc::clone(&database), &[("recording.sample", "1")]).await;
        let check = app.check("check").await;
        record(&app, &[named_cart(), cart(), named_cart()], 3).await;
        let path = app.post(PATH, &json!({ "rules": [draft("", &[&check])] })).await.header("location");
        let before = ended(&app, &path).await;
        assert_eq!(before["result"]["methods"][0]["gained"]["examples"].as_array().map(Vec::len), Some(3));
        for word in ["manda", "ACME.example", "Cole", "Acme", "Beverly", "Rodeo"] {
            assert!(!before.to_string().contains(word), "{word}: {before}");
        }
        assert_eq!(before["result"]["methods"][0]["gained"]["examples"][0]["cart"]["customer"], json!({ "id": 42, "group": { "id": 3 } }));

        let (store, key_of_now) = (app.service.store(), sealer('A', &[]));
        let key = EmailKey::find(store, &key_of_now).await.expect("it opens").expect("a key");
        let exported = recording::export(store, &key_of_now, &key, &AMANDA.parse().expect("an address")).await.expect("it opens");
        assert_eq!(exported.len(), 2);

        let erased = Command::new(env!("CARGO_BIN_EXE_onterms"))
            .args(["erase-buyer", "--email", AMANDA])
            .current_dir(Path::new(env!("CARGO_TARGET_TMPDIR")))
            .env("ONTERMS__DATABASE__URL", database.url())
            .env("ONTERMS__SECRETS__MASTER_KEY", format!("base64:{}=", "A".repeat(43)))
            .output()
            .expect("it runs");
        assert!(erased.status.success(), "{erased:?}");
        let said = String::from_utf8_lossy(&erased.stdout).into_owned();
        assert!(said.contains("2 recorded carts"), "{said}");
        assert_eq!(count(&app).await, 1);
        let after = ended(&app, &path).await;
        let gained = &after["result"]["methods"][0]["gained"];
        assert_eq!((&gained["carts"], gained["examples"].as_array().map(Vec::len)), (&json!(3), Some(1)));
    }

    async fn recorded_carts_are_sealed_again_under_another_key(database: Database) {
        let app = open(database).await;
        record(&app, &[named_cart(), cart()], 2).await;
        let store = app.service.store();
        let done = privacy::reseal(store, &sealer('E', &['A']), recording::SEALED).await.expect("it reseals");
        assert_eq!(done, Resealed { resealed: 2, current: 0, overtaken: 0 });
        let again = privacy::reseal(store, &sealer('E', &[]), recording::SEALED).await.expect("the old key is not needed");
        assert_eq!(again, Resealed { resealed: 0, current: 2, overtaken: 0 });
    }

    async fn a_cart_that_does_not_open_and_one_that_lacks_what_a_rule_reads_are_undecidable(database: Database) {
        let app = open(database).await;
        let check = app.check("check").await;
        record(&app, &[named_cart(), cart()], 2).await;
        let tried = result(&app, &json!({ "rules": [draft("customerUser.email = 'x'", &[&check])] })).await;
        // The other cart has no customerUser, so that the rule fails on it.
        assert_eq!((&tried["undecidable"], moved(&tried, &check)), (&json!(1), (0, 0)), "{tried}");
        let guarded = result(&app, &json!({ "rules": [draft("customerUser = null", &[&check])] })).await;
        assert_eq!((&guarded["undecidable"], moved(&guarded, &check)), (&json!(1), (1, 0)), "{guarded}");
        let lines = result(&app, &json!({ "rules": [draft("lineItems.any(lineItem.quantity > 1)", &[&check])] })).await;
        assert_eq!(lines["undecidable"], 2);
        // From now on a rule reads it, so that it is kept.
        app.rule("Lines", 1, &[&check], json!({ "enabled": false, "expression": "lineItems.any(lineItem.quantity > 1)" })).await;
        record(&app, &[cart()], 3).await;
        let lines = result(&app, &json!({ "rules": [draft("lineItems.any(lineItem.quantity > 1)", &[&check])] })).await;
        assert_eq!((&lines["undecidable"], moved(&lines, &check)), (&json!(2), (1, 0)), "{lines}");
        crate::app::execute(&app, "UPDATE recorded_carts SET sealed = 'v1.x.y.z'").await;
        let shut = result(&app, &json!({ "rules": [] })).await;
        assert_eq!((&shut["carts"], &shut["undecidable"]), (&json!(3), &json!(3)));
    }
}
