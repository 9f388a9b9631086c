//! Export and import: there and back, and into another installation.

use reqwest::Method;
use serde_json::{Value, json};

use super::{least, make, names, path, with};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

pub async fn import(app: &TestApp, query: &str, file: &Value) -> Value {
    app.post(&format!("/v1/payment-rules/import?{query}"), file)
        .await
        .expect(200)
}

pub fn reported(answer: &Value) -> [Vec<String>; 4] {
    ["created", "updated", "unchanged", "deleted"].map(|word| names(&answer[word]))
}

pub fn of(words: [&[&str]; 4]) -> [Vec<String>; 4] {
    words.map(|names| names.iter().map(|name| (*name).to_owned()).collect())
}

on_both_databases! {
    async fn what_was_exported_is_imported_without_a_change(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        make(&app, &with(least("A", &check), json!({ "destinations": [{ "country": "US", "postalCodes": ["902*"] }] }))).await;
        make(&app, &with(least("B", &check), json!({ "expression": "total > 1", "sortOrder": 11 }))).await;
        let answer = app.get("/v1/payment-rules/export").await;
        let file = answer.expect(200);
        assert_eq!((&file["version"], &file["exportedAt"]), (&json!(1), &json!("2026-03-01T12:00:00Z")));
        assert_eq!(
            file["rules"][0]["paymentMethods"],
            json!([{ "id": check, "type": "check_money_order", "name": "Method Check" }])
        );
        assert_eq!(answer.etag(), format!("\"{}\"", file["revision"]));
        for query in ["dryRun=true", "", "mode=replace"] {
            let done = import(&app, query, &file).await;
            assert_eq!(reported(&done), of([&[], &[], &["A", "B"], &[]]), "{query}");
            assert_eq!((&done["revision"], &done["dryRun"]), (&file["revision"], &json!(query == "dryRun=true")));
        }
        assert_eq!(app.get("/v1/rule-revisions?count=true").await.expect(200)["total"], 2);
    }

    async fn a_merge_adds_and_updates_and_leaves_the_rest(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let a = make(&app, &least("A", &check)).await;
        make(&app, &least("B", &check)).await;
        let file = json!({ "rules": [with(a.clone(), json!({ "sortOrder": 99 })), least("C", &check)] });
        let foreseen = import(&app, "dryRun=true", &file).await;
        assert_eq!(reported(&foreseen), of([&["C"], &["A"], &[], &[]]));
        assert_eq!(app.get("/v1/payment-rules?count=true").await.expect(200)["total"], 2, "nothing was done");
        let done = import(&app, "", &file).await;
        assert_eq!(reported(&done), reported(&foreseen));
        assert_eq!(app.get(&path(&a)).await.expect(200)["sortOrder"], 99);
        assert_eq!(names(&app.get("/v1/payment-rules?sort=name").await.expect(200)["items"]), ["A", "B", "C"]);
    }

    async fn a_replace_takes_the_file_as_the_whole_set(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let a = make(&app, &least("A", &check)).await;
        make(&app, &least("B", &check)).await;
        let done = import(&app, "mode=replace", &json!({ "rules": [a] })).await;
        assert_eq!(reported(&done), of([&[], &[], &["A"], &["B"]]));
        let done = import(&app, "mode=replace", &json!({ "rules": [] })).await;
        assert_eq!(reported(&done), of([&[], &[], &[], &["A"]]));
    }

    async fn another_installation_finds_the_methods_by_their_names(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let file = json!({
            "version": 1, "exportedAt": "2026-01-01T00:00:00Z", "revision": 4,
            "rules": [{
                "id": "rule_01h455vb4pex5vsknk084sn02q", "name": "A", "enabled": true, "sortOrder": 1, "currency": "USD",
                "paymentMethods": [{
                    "id": "check_money_order_01h455vb4pex5vsknk084sn02q", "type": "check_money_order", "name": "Method Check",
                    "options": { "a": 1 },
                }],
                "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
            }],
        });
        assert_eq!(reported(&import(&app, "", &file).await), of([&["A"], &[], &[], &[]]));
        let rule = app.get("/v1/payment-rules/rule_01h455vb4pex5vsknk084sn02q").await.expect(200);
        assert_eq!(rule["paymentMethods"], json!([{ "id": check, "label": "Check", "options": { "a": 1 } }]));
        assert_eq!(reported(&import(&app, "", &file).await), of([&[], &[], &["A"], &[]]), "its id is known now");
    }

    async fn all_errors_of_all_rules_come_at_once(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let a = make(&app, &least("A", &check)).await;
        let by_name = |kind: &str, name: &str| json!({ "paymentMethods": [{ "type": kind, "name": name }] });
        let file = json!({ "version": 2, "rulez": 1, "rules": [
            a,
            with(least("", &check), json!({ "currency": "usd" })),
            with(least("B", &check), json!({ "id": "x" })),
            with(least("C", &check), by_name("check_money_order", "Cheque")),
            with(least("D", &check), by_name("apruve", "Method Check")),
            with(least("E", &check), json!({ "id": a["id"] })),
            7,
        ] });
        for query in ["", "?dryRun=true"] {
            let answer = app.post(&format!("/v1/payment-rules/import{query}"), &file).await;
            let mut pointers = answer.pointers();
            pointers.sort();
            assert_eq!(pointers, [
                "/rules/1/currency", "/rules/1/name", "/rules/2/id", "/rules/3/paymentMethods/0/id",
                "/rules/4/paymentMethods/0/id", "/rules/5/id", "/rules/6", "/rulez", "/version",
            ]);
        }
        assert_eq!(app.get("/v1/payment-rules?count=true").await.expect(200)["total"], 1);
    }

    async fn an_import_may_be_larger_than_other_bodies_but_not_endless(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rules: Vec<_> = (0..1500)
            .map(|number| with(least(&format!("Rule {number}"), &check), json!({ "expression": "total > 1000".to_owned() + &" ".repeat(200) })))
            .collect();
        let file = json!({ "rules": rules });
        assert!(file.to_string().len() > 256 * 1024);
        let done = import(&app, "", &file).await;
        assert_eq!(done["created"].as_array().map(Vec::len), Some(1500));
        let endless = app.request(Method::POST, "/v1/payment-rules/import").raw(vec![b' '; 5 * 1024 * 1024]);
        assert_eq!(endless.send().await.problem(413), "too-large");
        let wrong = app.post("/v1/payment-rules/import?mode=append&dryrun=true", &file).await;
        assert_eq!(wrong.pointers(), ["mode", "dryrun"]);
    }
}
