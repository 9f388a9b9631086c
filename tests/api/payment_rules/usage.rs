//! What becomes of rules when a payment method goes.

use reqwest::Method;
use serde_json::{Value, json};

use super::{least, make, path, with};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

/// Deletes the integration behind a payment method and takes it out of its rules.
async fn detach(app: &TestApp, method: &str) -> Value {
    let suffix = method.rsplit_once('_').expect("a method's id").1;
    app.delete(&format!(
        "/v1/integrations/integration_{suffix}?detach=true"
    ))
    .await
    .expect(200)
}

on_both_databases! {
    async fn a_rule_that_loses_its_last_method_is_off_until_it_gets_another(database: Database) {
        let app = TestApp::start(database).await;
        let (first, second) = (app.check("First").await, app.check("Second").await);
        let both = make(&app, &with(least("Both", &second), json!({ "paymentMethods": [{ "id": first }, { "id": second }] }))).await;
        let only = make(&app, &least("Only", &first)).await;
        let before = app.get("/v1/rule-revisions?count=true").await.expect(200)["total"].clone();
        detach(&app, &first).await;
        let both = app.get(&path(&both)).await.expect(200);
        assert_eq!((&both["enabled"], &both["paymentMethods"]), (&json!(true), &json!([{ "id": second, "label": "Check" }])));
        let left = app.get(&path(&only)).await.expect(200);
        assert_eq!((&left["enabled"], &left["paymentMethods"]), (&json!(false), &json!([])));
        let revisions = app.get("/v1/rule-revisions?count=true").await.expect(200);
        assert_eq!(revisions["total"], before.as_i64().expect("a count") + 1, "one revision for all rules");
        assert_eq!(revisions["items"][0]["action"], "detach");

        let enable = app.request(Method::POST, &format!("{}/enable", path(&only))).send().await;
        assert_eq!(enable.problem(409), "conflict");
        let bulk = app.post("/v1/payment-rules/bulk", &json!({ "action": "enable", "ids": [both["id"], only["id"]] })).await;
        assert_eq!(bulk.pointers(), ["/ids/1"]);
        let patch = json!({ "enabled": true, "paymentMethods": [{ "id": second }] });
        assert_eq!(app.patch(&path(&only), &patch).await.expect(200)["enabled"], true);
    }

    async fn a_restore_leaves_out_methods_that_are_no_more_and_says_which(database: Database) {
        let app = TestApp::start(database).await;
        let (first, second) = (app.check("First").await, app.check("Second").await);
        let both = make(&app, &with(least("Both", &second), json!({ "paymentMethods": [{ "id": first }, { "id": second }] }))).await;
        let only = make(&app, &least("Only", &first)).await;
        let then = app.get("/v1/rule-revisions").await.expect(200)["items"][0]["number"].clone();
        detach(&app, &first).await;
        app.patch(&path(&both), &json!({ "name": "Changed" })).await.expect(200);
        let restore = format!("/v1/rule-revisions/{then}/restore");
        let etag = app.get("/v1/rule-revisions").await.etag();
        let done = app.request(Method::POST, &restore).header("if-match", &etag).send().await.expect(200);
        let mut missing = done["missingMethods"].as_array().cloned().unwrap_or_default();
        missing.sort_by_key(|entry| entry["ruleId"] != both["id"]);
        assert_eq!(missing, [
            json!({ "ruleId": both["id"], "paymentMethodId": first }),
            json!({ "ruleId": only["id"], "paymentMethodId": first }),
        ]);
        assert_eq!(app.get(&path(&both)).await.expect(200)["name"], "Both");
        let left = app.get(&path(&only)).await.expect(200);
        assert_eq!((&left["enabled"], &left["paymentMethods"]), (&json!(false), &json!([])));
    }
}
