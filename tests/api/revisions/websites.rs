//! What a token of websites reads of the history and of the tests of rules.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::Answer,
    shop::{cart_with, ids},
    support::{Database, on_both_databases},
};

async fn get(app: &TestApp, token: &str, path: &str) -> Answer {
    app.bare(Method::GET, path).bearer(token).send().await
}

fn column(list: &Value, member: &str, name: &str) -> Vec<Value> {
    let items = list[member].as_array().expect("a list").iter();
    items.map(|item| item[name].clone()).collect()
}

on_both_databases! {
    async fn a_token_of_websites_reads_the_history_of_rules_that_it_may_read(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let shared = app.rule("Of all", 1, &[&check], json!({})).await;
        let us = app.rule("Secret of us", 2, &[&check], json!({ "websites": ["us"] })).await;
        let eu = app.rule("Of eu", 3, &[&check], json!({ "websites": ["eu"] })).await;
        let both = app.rule("Of both", 4, &[&check], json!({ "websites": ["us", "eu"] })).await;
        let path = |id: &str| format!("/v1/payment-rules/{id}");
        app.patch(&path(&us), &json!({ "sortOrder": 20 })).await.expect(200);
        // It moves from one website to the other, and back.
        app.patch(&path(&eu), &json!({ "websites": ["us"], "expression": "total > 4711" })).await.expect(200);
        app.patch(&path(&eu), &json!({ "websites": ["eu"] })).await.expect(200);
        app.put("/v1/settings", &json!({ "merchantCountry": "US" })).await.expect(200);
        app.post("/v1/payment-rules/bulk", &json!({ "action": "disable", "filter": {} })).await.expect(200);
        app.delete(&path(&us)).await.expect(204);
        let token = app.token_of(&["eu"]);

        let whole = app.get("/v1/revisions?count=true").await.expect(200);
        let listed = get(&app, &token, "/v1/revisions?count=true").await;
        assert!(!listed.text.contains("Secret"), "{}", listed.text);
        let listed = listed.expect(200);
        let (all, seen) = (column(&whole, "items", "number"), column(&listed, "items", "number"));
        // Not the creation, the change and the deletion of the rule that is for `us` alone.
        assert_eq!((all.len(), seen.len(), &listed["total"]), (12, 9, &json!(9)));
        let mut pages = Vec::new();
        let mut next = String::new();
        loop {
            let page = get(&app, &token, &format!("/v1/rule-revisions?limit=2{next}")).await.expect(200);
            pages.extend(column(&page, "items", "number"));
            match page["nextCursor"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        let of_rules = get(&app, &token, "/v1/revisions?subject=rules").await.expect(200);
        assert_eq!((pages.len(), &pages), (6, &column(&of_rules, "items", "number")));

        for number in &all {
            let address = format!("/v1/revisions/{number}");
            let answer = get(&app, &token, &address).await;
            assert!(!answer.text.contains(&us) && !answer.text.contains("Secret"), "{address}: {}", answer.text);
            if !seen.contains(number) {
                assert_eq!(answer.problem(404), "not-found", "{address}");
                continue;
            }
            let (mine, full) = (answer.expect(200), app.get(&address).await.expect(200));
            assert_eq!((&mine["settings"], &mine["integrations"]), (&Value::Null, &full["integrations"]), "{address}");
            assert_eq!(mine["newest"], full["newest"]);
        }
        let newest = get(&app, &token, &format!("/v1/revisions/{}", seen[0])).await.expect(200);
        assert_eq!(ids(&newest["rules"]), [shared.clone(), eu.clone(), both.clone()]);
        assert_eq!(column(&newest, "changes", "id").len(), 3, "of the four rules that were switched off");
        let moved = |place: usize| format!("/v1/revisions/{}", seen[place]);
        let away = get(&app, &token, &moved(3)).await;
        assert!(!away.text.contains("4711"), "{}", away.text);
        assert_eq!(column(&away.expect(200), "changes", "change"), ["deleted"]);
        let back = get(&app, &token, &moved(2)).await.expect(200);
        assert_eq!((&back["changes"][0]["change"], &back["changes"][0]["fields"]), (&json!("created"), &json!({})));
        let none = get(&app, &app.token_of(&[]), "/v1/revisions?subject=rules").await.expect(200);
        assert_eq!(none["items"].as_array().map(Vec::len), Some(2), "the rule for all websites was made and switched off");
        let restore = app.bare(Method::POST, &format!("/v1/revisions/{}/restore", seen[0])).bearer(&token).header("If-Match", "*");
        assert_eq!(restore.send().await.problem(403), "website-token");
    }

    async fn a_token_of_websites_reads_the_tests_of_these_and_of_none(database: Database) {
        let app = TestApp::start(database).await;
        let test = |name: &str, website: Value| {
            json!({ "name": name, "cart": cart_with(json!({ "website": website })), "expect": { "excludes": ["Method x"] } })
        };
        let tests = [test("of us", json!("us")), test("of eu", json!("eu")), test("of none", Value::Null)];
        app.put("/v1/rule-tests", &json!({ "tests": tests })).await.expect(200);
        for (websites, names) in [(vec!["eu"], vec!["of eu", "of none"]), (vec!["us", "eu"], vec!["of us", "of eu", "of none"]), (vec![], vec!["of none"])] {
            let token = app.token_of(&websites);
            let answer = get(&app, &token, "/v1/rule-tests").await;
            assert_eq!(answer.etag(), app.get("/v1/rule-tests").await.etag());
            assert_eq!(column(&answer.expect(200), "tests", "name"), names, "{websites:?}");
            let put = app.bare(Method::PUT, "/v1/rule-tests").bearer(&token).header("If-Match", "*");
            assert_eq!(put.json(&json!({ "tests": [] })).send().await.problem(403), "website-token");
        }
    }
}
