//! `/v1/revisions`, and what a cart was offered at them.

mod random_changes;
mod websites;

use onterms::{payment_rules::complete_history, store::StoreError};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::{Answer, execute},
    shop::{cart, ids},
    support::{Database, on_both_databases},
};

async fn evaluate(app: &TestApp, body: Value) -> Answer {
    app.post("/v1/payment-rules/evaluate", &body).await
}

async fn newest(app: &TestApp) -> i64 {
    let list = app.get("/v1/revisions?limit=1").await.expect(200);
    list["items"][0]["number"].as_i64().expect("a number")
}

on_both_databases! {
    async fn every_change_that_checkout_sees_is_a_revision_that_shows_all_of_it(database: Database) {
        let app = TestApp::start(database).await;
        let first = app.get("/v1/revisions").await.expect(200);
        assert_eq!(first["items"].as_array().map(Vec::len), Some(1));
        assert_eq!((&first["items"][0]["action"], &first["items"][0]["complete"]), (&json!("record"), &json!(true)));
        let apruve = app.apruve("a").await;
        let integration = app.get("/v1/integrations").await.expect(200)["items"][0].clone();
        let address = format!("/v1/integrations/{}", integration["id"].as_str().expect("an id"));
        let rule = app.rule("r", 1, &[&apruve], json!({})).await;
        app.put("/v1/settings", &json!({ "merchantCountry": "US" })).await.expect(200);
        app.patch(&address, &json!({ "label": { "default": "Later" } })).await.expect(200);
        app.post(&format!("{address}/deactivate"), &json!({})).await.expect(200);
        let list = app.get("/v1/revisions?sort=number&count=true").await.expect(200);
        let column = |name: &str| -> Vec<Value> {
            list["items"].as_array().expect("a list").iter().skip(1).map(|item| item[name].clone()).collect()
        };
        assert_eq!(column("subject"), ["integrations", "rules", "settings", "integrations", "integrations"]);
        assert_eq!(column("action"), ["create", "create", "update", "update", "deactivate"]);
        assert_eq!(list["total"], 6);
        for (subject, count) in [("rules", 1), ("integrations", 4), ("settings", 1)] {
            let some = app.get(&format!("/v1/revisions?subject={subject}&count=true")).await.expect(200);
            assert_eq!(some["total"], count, "{subject}");
        }
        assert_eq!(app.get("/v1/revisions?subject=carts").await.pointers(), ["subject"]);
        assert_eq!(app.get("/v1/rule-revisions?count=true").await.expect(200)["total"], 1, "the older name lists rules");

        let numbers = column("number");
        let at = async |place: usize| app.get(&format!("/v1/revisions/{}", numbers[place])).await.expect(200);
        let last = at(4).await;
        assert_eq!(ids(&last["rules"]), [rule]);
        assert_eq!(last["settings"]["merchantCountry"], "US");
        let shown = &last["integrations"][0];
        assert_eq!((&shown["paymentMethodId"], &shown["name"], &shown["enabled"]), (&json!(apruve), &json!("Method a"), &json!(false)));
        assert_eq!((&shown["label"]["default"], &shown["settings"]["currencies"]), (&json!("Later"), &json!(["USD", "EUR"])));
        assert_eq!(last["changes"][0]["fields"]["enabled"], json!({ "from": true, "to": false }));
        assert_eq!(at(3).await["changes"][0]["fields"]["label"]["to"]["default"], "Later");
        assert_eq!(at(0).await["changes"][0]["change"], "created");
        assert_eq!(at(0).await["rules"], json!([]));
        assert_eq!(at(1).await["settings"]["merchantCountry"], Value::Null);
        for number in numbers.iter().take(5) {
            let text = app.get(&format!("/v1/revisions/{number}")).await.text;
            for secret in ["0123456789abcdef", "cdef", "Hint", "webhook", "sealed"] {
                assert!(!text.contains(secret), "{secret} is in {text}");
            }
            let older = app.get(&format!("/v1/rule-revisions/{number}")).await;
            assert_eq!(older.text, text, "both names show the same");
        }
    }

    async fn a_cart_is_judged_by_the_rules_methods_and_settings_of_then(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({ "expression": "merchantCountry = 'US' and total < 1000" })).await;
        app.put("/v1/settings", &json!({ "merchantCountry": "US" })).await.expect(200);
        let (then, revision) = (app.now(), newest(&app).await);
        assert_eq!(app.offered(&cart()).await, [check.as_str()]);
        app.pass(std::time::Duration::from_secs(60));
        app.put("/v1/settings", &json!({ "merchantCountry": "DE" })).await.expect(200);
        assert_eq!(app.offered(&cart()).await, Vec::<String>::new());
        for when in [json!({ "revision": revision }), json!({ "asOf": then })] {
            let mut body = json!({ "cart": cart() });
            body.as_object_mut().expect("an object").extend(when.as_object().expect("an object").clone());
            for _ in 0..2 {
                let told = evaluate(&app, body.clone()).await.expect(200);
                assert_eq!((ids(&told["offered"]), &told["revision"]), (vec![check.clone()], &json!(revision)), "{when}");
            }
        }
        assert_eq!(ids(&evaluate(&app, json!({ "cart": cart() })).await.expect(200)["offered"]), Vec::<String>::new());
        // Drafts are tried against the methods and settings of then.
        let draft = json!({ "name": "d", "sortOrder": 1, "currency": "USD", "expression": "merchantCountry = 'US'", "paymentMethods": [{ "id": check }] });
        for (when, offered) in [(json!(revision), 1), (Value::Null, 0)] {
            let told = evaluate(&app, json!({ "cart": cart(), "rules": [draft], "revision": when })).await.expect(200);
            assert_eq!(told["offered"].as_array().map(Vec::len), Some(offered));
        }
    }

    async fn dates_are_judged_by_at_or_else_by_as_of(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({ "activeUntil": "2026-03-01T12:00:30Z" })).await;
        let (then, revision) = (app.now(), newest(&app).await);
        app.pass(std::time::Duration::from_secs(60));
        for (body, offered) in [
            (json!({ "asOf": then }), 1),
            (json!({ "asOf": then, "at": app.now() }), 0),
            (json!({ "revision": revision }), 0),
            (json!({ "revision": revision, "at": then }), 1),
            (json!({ "at": then }), 1),
        ] {
            let mut asked = body.clone();
            asked["cart"] = cart();
            let told = evaluate(&app, asked).await.expect(200);
            assert_eq!(told["offered"].as_array().map(Vec::len), Some(offered), "{body}");
        }
    }

    async fn a_revision_that_cannot_be_named_so_is_refused_with_all_else_that_is_wrong(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({})).await;
        let now = app.now();
        for (body, pointers) in [
            (json!({ "revision": 1, "asOf": now }), vec!["/asOf"]),
            (json!({ "revision": 4711 }), vec!["/revision"]),
            (json!({ "revision": 4711, "cart": 5, "unknown": 1 }), vec!["/revision", "/cart", "/unknown"]),
            (json!({ "revision": -1 }), vec!["/revision"]),
            (json!({ "revision": "1" }), vec!["/revision"]),
            (json!({ "revision": 1.5 }), vec!["/revision"]),
            (json!({ "asOf": "2026-03-01" }), vec!["/asOf"]),
            (json!({ "asOf": "2026-03-01T12:00:00" }), vec!["/asOf"]),
            (json!({ "asOf": "2027-03-01T12:00:00Z" }), vec!["/asOf"]),
            (json!({ "asOf": 5 }), vec!["/asOf"]),
            (json!({ "revision": 1, "rules": [{}] }), vec!["/rules/0/name", "/rules/0/sortOrder", "/rules/0/currency", "/rules/0/paymentMethods"]),
        ] {
            let mut asked = json!({ "cart": cart() });
            asked.as_object_mut().expect("an object").extend(body.as_object().expect("an object").clone());
            let mut found = evaluate(&app, asked).await.pointers();
            let mut expected = pointers;
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{body}");
        }
        let before = evaluate(&app, json!({ "cart": cart(), "asOf": "2020-01-01T00:00:00Z" })).await;
        assert_eq!(before.problem(409), "revision-incomplete");
        let page = app.post("/v1/payment-rules/evaluate?cursor=MTcuMQ", &json!({ "cart": cart(), "revision": 2 })).await;
        assert_eq!(page.problem(409), "revision-changed", "a cursor belongs to its revision");
    }

    async fn what_an_older_version_did_is_incomplete_and_what_follows_is_recorded_anew(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({})).await;
        let complete = newest(&app).await;
        // As the release before changes a label: it takes a revision and keeps nothing of the integration.
        for statement in [
            "UPDATE integrations SET label = '{\"default\":\"Old\"}', version = version + 1".to_owned(),
            "UPDATE revision_counter SET number = number + 1".to_owned(),
            format!("INSERT INTO revisions (number, changed_at, actor, subject, action, summary) VALUES ({}, '2026-03-01 12:00:00', 'alice', 'integrations', 'update', 'x')", complete + 1),
        ] {
            execute(&app, &statement).await;
        }
        crate::app::until(async || newest(&app).await == complete + 2).await;
        let list = app.get("/v1/revisions?limit=3").await.expect(200);
        let told: Vec<&Value> = list["items"].as_array().expect("a list").iter().map(|it| &it["complete"]).collect();
        assert_eq!(told, [&json!(true), &json!(false), &json!(true)]);
        let at = async |number: i64| evaluate(&app, json!({ "cart": cart(), "revision": number })).await;
        assert_eq!(at(complete + 1).await.problem(409), "revision-incomplete");
        let shown = app.get(&format!("/v1/revisions/{}", complete + 1)).await.expect(200);
        assert_eq!((&shown["integrations"], &shown["settings"]), (&Value::Null, &Value::Null));
        assert_eq!(shown["rules"].as_array().map(Vec::len), Some(1));
        assert_eq!(at(complete).await.expect(200)["offered"][0]["label"], "Check");
        assert_eq!(at(complete + 2).await.expect(200)["offered"][0]["label"], "Old");
        assert_eq!(app.get(&format!("/v1/revisions/{}", complete + 2)).await.expect(200)["changes"][0]["change"], "updated");
    }

    async fn two_replicas_that_start_at_once_record_everything_once(database: Database) {
        let app = TestApp::start(database).await;
        app.check("c").await;
        execute(&app, "DELETE FROM settings_versions").await;
        execute(&app, "DELETE FROM integration_versions").await;
        execute(&app, "UPDATE revisions SET complete = false").await;
        let (store, now) = (app.service.store().clone(), app.now());
        let all = (0..8).map(|_| complete_history(&store, now));
        let done: Vec<Result<(), StoreError>> = futures_util::future::join_all(all).await;
        assert!(done.iter().all(Result::is_ok), "{done:?}");
        let list = app.get("/v1/revisions").await.expect(200);
        let items = list["items"].as_array().expect("a list");
        assert_eq!(items.iter().filter(|it| it["complete"] == true).count(), 1);
        assert_eq!((&items[0]["complete"], &items[0]["action"]), (&json!(true), &json!("record")));
    }

    async fn a_restore_under_the_new_name_takes_any_revision_and_restores_rules_alone(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({})).await;
        app.put("/v1/settings", &json!({ "merchantCountry": "US" })).await.expect(200);
        let then = newest(&app).await;
        app.rule("s", 2, &[&check], json!({})).await;
        app.put("/v1/settings", &json!({ "merchantCountry": "DE" })).await.expect(200);
        let etag = app.get("/v1/revisions").await.etag();
        let restore = app.request(Method::POST, &format!("/v1/revisions/{then}/restore")).header("if-match", &etag).send().await;
        assert_eq!(restore.expect(200)["deleted"][0]["name"], "s");
        assert_eq!(app.get("/v1/settings").await.expect(200)["merchantCountry"], "DE");
        assert_eq!(app.get("/v1/payment-rules?count=true").await.expect(200)["total"], 1);
        for number in ["0", "-1", "4711", "x", "99999999999999999999"] {
            assert_eq!(app.get(&format!("/v1/revisions/{number}")).await.problem(404), "not-found");
        }
        let bound = app.token_of(&["us-store"]);
        for path in ["/v1/revisions".to_owned(), format!("/v1/revisions/{then}")] {
            app.bare(Method::GET, &path).bearer(&bound).send().await.expect(200);
        }
        let restore = app.bare(Method::POST, &format!("/v1/revisions/{then}/restore")).bearer(&bound).header("if-match", "*");
        assert_eq!(restore.send().await.problem(403), "website-token");
    }
}
