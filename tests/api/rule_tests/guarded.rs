//! Changes that a test holds something against.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Shop, put, test};
use crate::{
    app::Answer,
    shop::{cart, cart_with},
    support::{Database, on_both_databases},
};

/// Everything that a caller could see of the shop.
async fn state(shop: &Shop) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in [
        "/v1/payment-rules",
        "/v1/integrations",
        "/v1/settings",
        "/v1/rule-tests",
        "/v1/revisions?count=true&limit=1",
    ] {
        seen.push(shop.app.get(path).await.expect(200));
    }
    seen
}

async fn send(shop: &Shop, method: &Method, path: &str, body: &Value) -> Answer {
    shop.request(method.clone(), path).json(body).send().await
}

fn with_query(path: &str, query: &str) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}{query}")
}

on_both_databases! {
    async fn every_kind_of_write_that_breaks_a_test_is_refused_and_may_be_forced(database: Database) {
        let shop = Shop::open(database).await;
        let app = &shop.app;
        let mut file = app.get("/v1/payment-rules/export").await.expect(200);
        file["rules"][0]["currency"] = json!("EUR");
        let empty_revision = app.get("/v1/revisions?sort=number&limit=1").await.expect(200)["items"][0]["number"].clone();
        let rule = app.get(&shop.rule).await.expect(200);
        let mut replaced = rule.clone();
        replaced["expression"] = json!("total > 1000");
        let integration = app.get(&shop.integration).await.expect(200);
        let mut settings_changed = integration.clone();
        settings_changed["settings"]["currencies"] = json!(["EUR"]);
        let stop = json!({ "name": "Stop", "sortOrder": 0, "currency": "USD", "stopProcessing": true, "paymentMethods": [{ "id": shop.b }] });
        let id = |path: &str| path.rsplit('/').next().expect("an id").to_owned();
        let reversed = json!({ "ids": [id(&shop.other_rule), id(&shop.rule)] });
        app.patch(&shop.rule, &json!({ "expression": "merchantCountry = 'US'" })).await.expect(200);
        app.put("/v1/settings", &json!({ "merchantCountry": "US" })).await.expect(200);
        put(app, json!([test("Both", json!({ "offered": ["Method a", "Method b"] }))])).await.expect(200);
        let restore = format!("/v1/revisions/{empty_revision}/restore");
        for (method, path, body) in [
            (Method::POST, "/v1/payment-rules".to_owned(), stop),
            (Method::PUT, shop.rule.clone(), replaced),
            (Method::PATCH, shop.rule.clone(), json!({ "sortOrder": 9 })),
            // More than switching off.
            (Method::PATCH, shop.rule.clone(), json!({ "enabled": false, "name": "Off" })),
            (Method::POST, "/v1/payment-rules/reorder".to_owned(), reversed),
            (Method::POST, "/v1/payment-rules/import?overwrite=true".to_owned(), file),
            (Method::POST, restore, json!({})),
            (Method::PUT, shop.integration.clone(), settings_changed),
            (Method::PATCH, shop.integration.clone(), json!({ "name": "Another name" })),
            (Method::PATCH, shop.integration.clone(), json!({ "settings": { "currencies": ["EUR"] } })),
            (Method::PUT, "/v1/settings".to_owned(), json!({ "merchantCountry": "DE" })),
        ] {
            let what = format!("{method} {path} {body}");
            let before = state(&shop).await;
            let refused = send(&shop, &method, &path, &body).await;
            assert_eq!(refused.problem(409), "rule-tests-failed", "{what}");
            let told = &refused.json()["tests"][0];
            assert_eq!((&told["name"], &told["expect"]), (&json!("Both"), &json!({ "offered": ["Method a", "Method b"] })), "{what}");
            assert!(!told["methods"].is_null() && told["message"].as_str().is_some_and(|it| it.contains("offered is")), "{told}");
            assert_eq!(state(&shop).await, before, "{what}: nothing has changed");
            let forced = send(&shop, &method, &with_query(&path, "force=true"), &body).await;
            let warnings = &forced.json()["warnings"];
            assert!(forced.status.is_success(), "{what}: {}", forced.text);
            let is_told = |it: &Value| it["test"] == "Both";
            assert!(warnings.as_array().is_some_and(|all| all.iter().any(is_told)), "{what}: {}", forced.text);
            // Back to where it was; that breaks nothing.
            let revision = before[4]["items"][0]["number"].clone();
            send(&shop, &Method::POST, &format!("/v1/revisions/{revision}/restore"), &json!({})).await.expect(200);
            send(&shop, &Method::PATCH, &shop.integration, &json!({ "name": "Method a", "settings": { "currencies": ["USD", "EUR"] } })).await.expect(200);
            send(&shop, &Method::PUT, "/v1/settings", &json!({ "merchantCountry": "US" })).await.expect(200);
            assert_eq!(app.offered(&cart()).await, [shop.a.clone(), shop.b.clone()], "{what}");
        }
        let forced = app.get("/v1/audit-log?resourceType=rule_tests&limit=200").await.expect(200);
        let forced = forced["items"].as_array().expect("a list").iter().filter(|it| it["action"] == "force");
        assert_eq!(forced.count(), 11);
    }

    async fn a_refusal_says_why_the_methods_are_not_offered(database: Database) {
        let shop = Shop::tested(database).await;
        let refused = send(&shop, &Method::PATCH, &shop.rule, &json!({ "expression": "total > 1000" })).await;
        assert_eq!(refused.problem(409), "rule-tests-failed");
        let told = &refused.json()["tests"][0];
        assert_eq!(told["offered"], json!(["Method b"]));
        let method = &told["methods"][0];
        assert_eq!((&method["name"], &method["id"]), (&json!("Method a"), &json!(shop.a)));
        let reason = &method["reasons"][0];
        assert_eq!((&reason["code"], &reason["message"]), (&json!("expression_false"), &json!("total > 1000 is false: total is 100.00")));
        put(&shop.app, json!([test("Not a", json!({ "excludes": ["Method a"] }))])).await.expect(200);
        send(&shop, &Method::PATCH, &shop.rule, &json!({ "expression": "total > 1000" })).await.expect(200);
        let back = send(&shop, &Method::PATCH, &shop.rule, &json!({ "expression": null })).await;
        assert_eq!(back.problem(409), "rule-tests-failed");
        assert_eq!(back.json()["tests"][0]["methods"][0]["offeredBy"]["name"], "Rule A");
    }

    async fn what_switches_off_is_never_refused_and_shows_what_fails(database: Database) {
        let shop = Shop::tested(database).await;
        let app = &shop.app;
        let id = shop.rule.rsplit('/').next().expect("an id");
        for (method, path, body) in [
            (Method::POST, format!("{}/disable", shop.rule), json!({})),
            (Method::PATCH, shop.rule.clone(), json!({ "enabled": false })),
            (Method::POST, "/v1/payment-rules/bulk".to_owned(), json!({ "action": "disable", "ids": [id] })),
            (Method::POST, format!("{}/deactivate", shop.integration), json!({})),
        ] {
            let done = send(&shop, &method, &path, &body).await.expect(200);
            assert_eq!(done["warnings"][0]["test"], "Both", "{method} {path}: {done}");
            assert_eq!(app.offered(&cart()).await, [shop.b.as_str()], "{method} {path}");
            // It passes again, so on is allowed.
            send(&shop, &Method::POST, &format!("{}/enable", shop.rule), &json!({})).await.expect(200);
            send(&shop, &Method::POST, &format!("{}/activate", shop.integration), &json!({})).await.expect(200);
        }
        let mut off = app.get(&shop.rule).await.expect(200);
        off["enabled"] = json!(false);
        let done = send(&shop, &Method::PUT, &shop.rule, &off).await.expect(200);
        assert_eq!(done["warnings"][0]["test"], "Both");
        let gone = send(&shop, &Method::DELETE, &shop.rule, &json!({})).await.expect(200);
        assert_eq!(gone["warnings"][0]["test"], "Both");
        let gone = send(&shop, &Method::DELETE, &shop.integration, &json!({})).await.expect(200);
        assert_eq!((&gone["warnings"][0]["test"], &gone["rulesAffected"]), (&json!("Both"), &json!([])));
        put(app, json!([])).await.expect(200);
        let last = send(&shop, &Method::DELETE, &shop.other_rule, &json!({})).await;
        assert_eq!((last.status.as_u16(), last.text.as_str()), (204, ""), "with nothing to warn of it is as before");
    }

    async fn switching_on_may_be_refused(database: Database) {
        let shop = Shop::open(database).await;
        let id = shop.rule.rsplit('/').next().expect("an id");
        send(&shop, &Method::POST, &format!("{}/disable", shop.rule), &json!({})).await.expect(200);
        put(&shop.app, json!([test("Only b", json!({ "offered": ["Method b"] }))])).await.expect(200);
        for (path, body) in [
            (format!("{}/enable", shop.rule), json!({})),
            ("/v1/payment-rules/bulk".to_owned(), json!({ "action": "enable", "ids": [id] })),
        ] {
            assert_eq!(send(&shop, &Method::POST, &path, &body).await.problem(409), "rule-tests-failed", "{path}");
        }
        send(&shop, &Method::POST, &format!("{}/deactivate", shop.integration), &json!({})).await.expect(200);
        send(&shop, &Method::POST, &format!("{}/enable", shop.rule), &json!({})).await.expect(200);
        let activate = format!("{}/activate", shop.integration);
        assert_eq!(send(&shop, &Method::POST, &activate, &json!({})).await.problem(409), "rule-tests-failed");
        let forced = send(&shop, &Method::POST, &format!("{activate}?force=true"), &json!({})).await.expect(200);
        assert_eq!(forced["warnings"][0]["test"], "Only b");
    }

    async fn a_test_that_fails_already_warns_and_refuses_nothing(database: Database) {
        let shop = Shop::open(database).await;
        put(&shop.app, json!([
            test("Wrong", json!({ "offered": [] })),
            test("Right", json!({ "contains": ["Method b"] })),
        ])).await.expect(200);
        let saved = send(&shop, &Method::PATCH, &shop.rule, &json!({ "name": "Other" })).await.expect(200);
        let tests: Vec<&Value> = saved["warnings"].as_array().expect("warnings").iter().map(|it| &it["test"]).collect();
        assert_eq!(tests, ["Wrong"]);
        // Both fail after it: only the one that passed is in the way.
        let refused = send(&shop, &Method::PATCH, &shop.other_rule, &json!({ "currency": "EUR" })).await;
        let told = refused.json();
        assert_eq!((refused.problem(409).as_str(), told["tests"].as_array().map(Vec::len), &told["tests"][0]["name"]), ("rule-tests-failed", Some(1), &json!("Right")));
        // A change of nothing is no change.
        let same = send(&shop, &Method::PATCH, &shop.rule, &json!({ "name": "Other" })).await.expect(200);
        assert_eq!(same.get("warnings"), None);
    }

    async fn many_changes_at_once_leave_no_test_failing(database: Database) {
        let shop = Shop::open(database).await;
        // Either rule may go to EUR, and not both.
        put(&shop.app, json!([test("Something", json!({ "excludes": ["Method c"] }))])).await.expect(200);
        shop.app.check("c").await;
        let either = json!([
            { "name": "In USD", "cart": cart(), "expect": { "contains": ["Method a"] } },
        ]);
        put(&shop.app, either).await.expect(200);
        let second = shop.app.rule("Rule A2", 3, &[&shop.a], json!({})).await;
        let second = format!("/v1/payment-rules/{second}");
        for _ in 0..5 {
            let patch = json!({ "currency": "EUR" });
            let both = [&shop.rule, &second].map(|path| send(&shop, &Method::PATCH, path, &patch));
            let both = join_all(both).await;
            let mut statuses: Vec<u16> = both.iter().map(|it| it.status.as_u16()).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{both:?}");
            assert!(shop.app.offered(&cart()).await.contains(&shop.a));
            for path in [&shop.rule, &second] {
                send(&shop, &Method::PATCH, path, &json!({ "currency": "USD" })).await.expect(200);
            }
        }
    }

    async fn a_token_of_websites_learns_of_the_tests_of_these_alone(database: Database) {
        let shop = Shop::open(database).await;
        let expect = json!({ "contains": ["Method a"] });
        let of = |name: &str, website: Value| json!({ "name": name, "cart": cart_with(json!({ "website": website })), "expect": expect });
        put(&shop.app, json!([of("Mine", json!("us-store")), of("Of nobody", json!(null)), of("Theirs", json!("eu-store"))])).await.expect(200);
        let stop = json!({ "name": "Stop", "sortOrder": 0, "currency": "USD", "websites": ["us-store"], "stopProcessing": true, "paymentMethods": [{ "id": shop.b }] });
        let bound = shop.app.token_of(&["us-store"]);
        let create = |query: &str| shop.app.bare(Method::POST, &format!("/v1/payment-rules{query}")).bearer(&bound).json(&stop).send();
        let refused = create("").await;
        assert_eq!(refused.problem(409), "rule-tests-failed");
        let told = refused.json();
        let names: Vec<&Value> = told["tests"].as_array().expect("tests").iter().map(|it| &it["name"]).collect();
        assert_eq!((names, &told["moreTests"]), (vec![&json!("Mine"), &json!("Of nobody")], &Value::Null));
        let forced = create("?force=true").await;
        forced.expect(201);
        for answer in [&refused, &forced] {
            assert!(answer.text.contains("Of nobody") && !answer.text.contains("Theirs"), "{}", answer.text);
        }
    }

    async fn a_dry_run_of_an_import_shows_which_tests_would_fail_and_keeps_nothing(database: Database) {
        let shop = Shop::tested(database).await;
        let app = &shop.app;
        let exported = app.get("/v1/payment-rules/export").await.expect(200);
        let mut file = exported.clone();
        file["rules"][0]["enabled"] = json!(false);
        let before = state(&shop).await;
        let import = async |query: &str, file: &Value| app.post(&format!("/v1/payment-rules/import?{query}"), file).await;
        let told = import("dryRun=true", &file).await.expect(200);
        assert_eq!(told["warnings"][0]["test"], "Both", "{told}");
        assert_eq!(told["updated"].as_array().map(Vec::len), Some(1));
        assert_eq!(state(&shop).await, before);
        assert_eq!(import("", &file).await.problem(409), "rule-tests-failed");
        assert_eq!(import("force=true", &file).await.expect(200)["warnings"], told["warnings"]);
        assert_eq!(import("dryRun=true&mode=replace", &exported).await.expect(200).get("warnings"), None, "it would be well again");
        // Rules that have changed since are named, and the tests all the same.
        app.patch(&shop.rule, &json!({ "name": "Rule A again" })).await.expect(200);
        let stale = import("dryRun=true", &file).await.expect(200);
        assert_eq!((stale["conflicts"].as_array().map(Vec::len), &stale["warnings"]), (Some(1), &told["warnings"]), "{stale}");
    }

    async fn a_refused_request_may_be_sent_again_with_its_key(database: Database) {
        let shop = Shop::tested(database).await;
        let stop = json!({ "name": "Stop", "sortOrder": 0, "currency": "USD", "stopProcessing": true, "paymentMethods": [{ "id": shop.b }] });
        let create = |query: &str| shop.app.request(Method::POST, &format!("/v1/payment-rules{query}")).header("idempotency-key", "k").json(&stop).send();
        assert_eq!(create("").await.problem(409), "rule-tests-failed");
        put(&shop.app, json!([])).await.expect(200);
        let made = create("").await;
        let again = create("").await;
        assert_eq!(made.expect(201), again.expect(201));
        assert_eq!(again.header("idempotent-replayed"), "true");
    }
}
