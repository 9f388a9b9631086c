//! A write that changes nothing leaves no trace: no revision, no new ETag, no entry in the audit log.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    apruve::API_KEY,
    integrations::{apruve, create, payment_term},
    support::{Database, on_both_databases},
};

/// Everything that a change would leave.
async fn traces(app: &TestApp) -> Vec<Value> {
    let mut traces = Vec::new();
    for list in [
        "/v1/audit-log?count=true&limit=1",
        "/v1/rule-revisions?count=true&limit=1",
    ] {
        traces.push(app.get(list).await.expect(200)["total"].clone());
    }
    let checkout = app
        .post(
            "/v1/checkout/payment-methods",
            &json!({ "currency": "USD" }),
        )
        .await;
    traces.push(checkout.expect(200)["revision"].clone());
    traces
}

/// An answer without what is told of a save alone.
fn without_warnings(mut answer: Value) -> Value {
    answer.as_object_mut().map(|it| it.remove("warnings"));
    answer
}

on_both_databases! {
    async fn what_get_gave_may_be_put_and_an_empty_patch_sent(database: Database) {
        let app = TestApp::start(database).await;
        app.put("/v1/settings", &json!({ "merchantCountry": "US", "defaultLocale": "fr-CA" })).await.expect(200);
        let (account, created) = create(&app, &apruve("Apruve US")).await;
        let localized = json!({
            "type": "payment_term", "name": "Net 30", "label": { "default": "Net 30", "localized": { "FR": "30 jours", "zh-hant": "三十天" } },
            "settings": { "instructions": "We send the invoice with the goods." },
        });
        let (term, _) = create(&app, &localized).await;
        let (check, _) = create(&app, &json!({
            "type": "check_money_order", "name": "Check", "label": { "default": "Check" }, "shortLabel": { "default": "Chk" },
            "settings": { "payTo": "Acme", "sendTo": "1 Main St" },
        })).await;
        let (plain, _) = create(&app, &payment_term("Plain")).await;
        let method = created["paymentMethodId"].clone();
        let mut rules = Vec::new();
        for rule in [
            json!({ "name": "Least", "sortOrder": 1.0, "currency": "USD", "paymentMethods": [{ "id": method }] }),
            json!({
                "name": "Most", "enabled": false, "sortOrder": -5, "currency": "CAD", "stopProcessing": true, "expression": " total <= 1000 ",
                "destinations": [{ "country": "US", "region": "US-CA", "postalCodes": ["90210", "902*", "90000..90999"] }, { "country": "CA" }],
                "websites": ["eu", "us-store"],
                "paymentMethods": [{ "id": method, "options": { "net": 30, "rate": 1.50, "big": 12345678901234567890_u64, "a": [null, "\u{0}", {}] } }],
                "activeFrom": "2026-03-01T01:00:00.1234567+01:00", "activeUntil": "2026-04-01T00:00:00Z",
            }),
            json!({ "name": "Empty", "enabled": false, "sortOrder": 1, "currency": "USD", "paymentMethods": [] }),
        ] {
            let made = app.post("/v1/payment-rules", &rule).await.expect(201);
            rules.push(format!("/v1/payment-rules/{}", made["id"].as_str().expect("an id")));
        }
        let before = traces(&app).await;
        app.pass(Duration::from_secs(60));
        for path in rules.iter().chain([&account, &term, &check, &plain, &"/v1/settings".to_owned()]) {
            let read = app.get(path).await;
            let unchanged = |answer: &crate::app::Answer, what: &str| {
                assert_eq!(without_warnings(answer.expect(200)), read.expect(200), "{path} {what}");
                assert_eq!(answer.etag(), read.etag(), "{path} {what}");
            };
            for etag in [read.etag(), "*".to_owned()] {
                let put = app.request(Method::PUT, path).header("if-match", &etag).json(&read.json()).send().await;
                unchanged(&put, "PUT");
                if path == "/v1/settings" {
                    continue;
                }
                let whole = read.json();
                for patch in [json!({}), json!({ "name": whole["name"] }), json!({ "enabled": whole["enabled"] }), whole.clone()] {
                    let patched = app.request(Method::PATCH, path).header("if-match", &etag).json(&patch).send().await;
                    unchanged(&patched, &patch.to_string());
                }
            }
        }
        assert_eq!(traces(&app).await, before);
        assert!(!app.get("/v1/audit-log?limit=200").await.text.contains(API_KEY));
    }

    async fn a_detached_rule_is_reported_as_it_is_and_taken_back(database: Database) {
        let app = TestApp::start(database).await;
        let (doomed, method) = create(&app, &payment_term("Doomed")).await;
        let (_, other) = create(&app, &payment_term("Other")).await;
        let (_, off) = create(&app, &payment_term("Off")).await;
        app.post(&format!("/v1/integrations/{}/deactivate", off["id"].as_str().expect("an id")), &json!({})).await.expect(200);
        let rule = |name: &str, enabled: bool, methods: &[&Value]| {
            let methods: Vec<Value> = methods.iter().map(|it| json!({ "id": it["paymentMethodId"] })).collect();
            json!({ "name": name, "enabled": enabled, "sortOrder": 1, "currency": "USD", "paymentMethods": methods })
        };
        for rule in [
            rule("Alone", true, &[&method]), rule("Together", true, &[&method, &other]),
            rule("With one that is off", true, &[&method, &off]), rule("Was off", false, &[&method]),
        ] {
            app.post("/v1/payment-rules", &rule).await.expect(201);
        }
        let answer = app.delete(&format!("{doomed}?detach=true")).await.expect(200);
        let told = answer["rulesAffected"].as_array().expect("rules").clone();
        let expected = [("Alone", false), ("Together", true), ("With one that is off", true), ("Was off", false)];
        assert_eq!(told.len(), expected.len());
        for (told, (name, enabled)) in told.iter().zip(expected) {
            assert_eq!((&told["name"], &told["enabled"]), (&json!(name), &json!(enabled)));
            let path = format!("/v1/payment-rules/{}", told["id"].as_str().expect("an id"));
            let read = app.get(&path).await;
            assert_eq!(read.expect(200)["enabled"], told["enabled"], "{name}");
            let put = app.put(&path, &read.json()).await;
            assert_eq!((without_warnings(put.expect(200)), put.etag()), (read.json(), read.etag()), "{name}");
            let patched = app.patch(&path, &json!({ "sortOrder": 2 })).await;
            assert_eq!(patched.expect(200)["sortOrder"], 2, "{name}");
        }
        let without: Vec<_> = answer["rulesWithoutMethods"].as_array().expect("rules").iter().map(|rule| rule["name"].clone()).collect();
        assert_eq!(without, ["Alone", "With one that is off"]);
        let alone = format!("/v1/payment-rules/{}", told[0]["id"].as_str().expect("an id"));
        assert_eq!(app.patch(&alone, &json!({ "enabled": true })).await.pointers(), ["/paymentMethods"]);
    }

    async fn a_restore_of_what_is_there_makes_no_revision(database: Database) {
        let app = TestApp::start(database).await;
        let (_, method) = create(&app, &payment_term("Terms")).await;
        let rule = json!({ "name": "A", "sortOrder": 1, "currency": "USD", "paymentMethods": [{ "id": method["paymentMethodId"] }] });
        app.post("/v1/payment-rules", &rule).await.expect(201);
        let list = app.get("/v1/rule-revisions").await;
        let newest = list.expect(200)["items"][0]["number"].clone();
        let before = traces(&app).await;
        let path = format!("/v1/rule-revisions/{newest}/restore");
        let send = || app.request(Method::POST, &path).header("if-match", &list.etag()).header("idempotency-key", "k").send();
        let done = send().await;
        assert_eq!(done.expect(200), json!({ "revision": newest, "created": [], "updated": [], "deleted": [], "missingMethods": [] }));
        assert_eq!(done.etag(), list.etag());
        assert_eq!(send().await.expect(200), done.json(), "the same answer again");
        assert_eq!(traces(&app).await, before);
    }
}
