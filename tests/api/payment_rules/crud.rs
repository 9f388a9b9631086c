//! One rule, from its making to its end.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::{least, make, names, path, with};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn a_rule_is_made_with_its_defaults_and_read_back(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let answer = app.post("/v1/payment-rules", &least("Everybody", &check)).await;
        let rule = answer.expect(201);
        let expected = json!({
            "id": rule["id"], "name": "Everybody", "enabled": true, "sortOrder": 10, "currency": "USD",
            "stopProcessing": false, "expression": null, "destinations": [], "websites": [],
            "paymentMethods": [{ "id": check, "label": "Check" }], "activeFrom": null, "activeUntil": null,
            "createdAt": "2026-03-01T12:00:00Z", "updatedAt": "2026-03-01T12:00:00Z",
        });
        assert_eq!(rule, expected);
        assert_eq!(answer.header("location"), path(&rule));
        let read = app.get(&path(&rule)).await;
        assert_eq!((read.expect(200), read.etag()), (rule.clone(), answer.etag()));
        let again = app.request(Method::GET, &path(&rule)).header("if-none-match", &read.etag()).send().await;
        assert_eq!((again.status.as_u16(), again.etag(), again.text.as_str()), (304, read.etag(), ""));
    }

    async fn everything_a_rule_says_survives(database: Database) {
        let app = TestApp::start(database).await;
        let (first, second) = (app.check("First").await, app.check("Second").await);
        let said = json!({
            "name": "Élan %_\\ 名", "enabled": false, "sortOrder": -2_147_483_648_i64, "currency": "JPY",
            "stopProcessing": true, "expression": "total <= 1000",
            "destinations": [
                { "country": "US", "region": "US-CA", "postalCodes": ["90210", "902*", "90000..90999"] },
                { "country": "XK" }, { "country": "XK" },
            ],
            "websites": ["eu", "us-store"],
            "paymentMethods": [{ "id": second, "options": { "net": 30, "a": [null, "\u{0}"] } }, { "id": first }],
            "activeFrom": "2026-03-01T00:00:00Z", "activeUntil": "2026-03-01T00:00:00.000001Z",
        });
        let rule = make(&app, &said).await;
        let mut read = app.get(&path(&rule)).await.expect(200);
        for method in read["paymentMethods"].as_array_mut().expect("methods") {
            let label = method.as_object_mut().and_then(|it| it.remove("label"));
            assert_eq!(label, Some(json!("Check")));
        }
        assert_eq!(with(read.clone(), said), read);
    }

    async fn what_was_read_may_be_sent_back(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let destinations = json!([{ "country": "US", "region": "US-CA", "postalCodes": ["902*"] }]);
        let rule = make(&app, &with(least("A", &check), json!({ "destinations": destinations }))).await;
        let etag = app.get(&path(&rule)).await.etag();
        app.pass(Duration::from_secs(60));
        let put = app.put(&path(&rule), &rule).await;
        assert_eq!((put.expect(200), put.etag()), (rule.clone(), etag.clone()));
        let put = app.put(&path(&rule), &with(rule.clone(), json!({ "sortOrder": 11 }))).await;
        let expected = with(rule.clone(), json!({ "sortOrder": 11, "updatedAt": "2026-03-01T12:01:00Z" }));
        assert_eq!(put.expect(200), expected);
        assert_ne!(put.etag(), etag);
        assert_eq!(app.get(&path(&rule)).await.etag(), put.etag());
    }

    async fn a_put_replaces_and_a_patch_merges(database: Database) {
        let app = TestApp::start(database).await;
        let (first, second) = (app.check("First").await, app.check("Second").await);
        let rule = make(&app, &with(least("A", &first), json!({ "expression": "total > 1", "websites": ["eu"] }))).await;
        let patch = json!({ "name": "B", "expression": null, "paymentMethods": [{ "id": second }, { "id": first }] });
        let patched = app.patch(&path(&rule), &patch).await.expect(200);
        let methods = json!([{ "id": second, "label": "Check" }, { "id": first, "label": "Check" }]);
        let expected = with(with(rule.clone(), patch), json!({ "paymentMethods": methods }));
        assert_eq!(patched, expected);
        let put = app.put(&path(&rule), &least("C", &first)).await.expect(200);
        assert_eq!(put, with(rule, json!({ "name": "C", "expression": null, "websites": [] })));
    }

    async fn a_deleted_rule_is_gone(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = make(&app, &least("A", &check)).await;
        let answer = app.delete(&path(&rule)).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
        assert_eq!(app.get(&path(&rule)).await.problem(404), "not-found");
        assert_eq!(app.request(Method::DELETE, &path(&rule)).header("if-match", "*").send().await.problem(404), "not-found");
    }

    async fn a_rule_is_turned_off_and_on(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = make(&app, &least("A", &check)).await;
        let post = async |word: &str| {
            app.request(Method::POST, &format!("{}/{word}", path(&rule))).send().await
        };
        let off = post("disable").await;
        assert_eq!(off.expect(200)["enabled"], false);
        assert_eq!(post("disable").await.etag(), off.etag(), "nothing changes the second time");
        let on = post("enable").await;
        assert_eq!(on.expect(200)["enabled"], true);
        assert_ne!(on.etag(), off.etag());
        assert_eq!(app.get(&path(&rule)).await.etag(), on.etag());
    }

    async fn a_copy_is_off_and_says_that_it_is_one(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = make(&app, &with(least("A", &check), json!({ "destinations": [{ "country": "US" }] }))).await;
        let answer = app.request(Method::POST, &format!("{}/duplicate", path(&rule))).send().await;
        let copy = answer.expect(201);
        assert_eq!(answer.header("location"), path(&copy));
        assert_ne!(copy["id"], rule["id"]);
        let own = json!({ "id": copy["id"], "name": "A (copy)", "enabled": false });
        assert_eq!(copy, with(rule, own));
        assert_eq!(names(&app.get("/v1/payment-rules?sort=name").await.expect(200)["items"]), ["A", "A (copy)"]);
    }
}
