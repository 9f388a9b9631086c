//! Every state the set of rules was in, and the way back to it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::alone,
    payment_rules::{least, make, names, path, with},
    support::{Database, on_both_databases},
};

async fn newest(app: &TestApp) -> i64 {
    app.get("/v1/rule-revisions").await.expect(200)["items"][0]["number"]
        .as_i64()
        .expect("a number")
}

async fn restore(app: &TestApp, number: i64, etag: &str) -> crate::app::Answer {
    let path = format!("/v1/rule-revisions/{number}/restore");
    app.request(Method::POST, &path)
        .header("if-match", etag)
        .send()
        .await
}

async fn rules(app: &TestApp) -> Value {
    let list = app.get("/v1/payment-rules").await.expect(200);
    let rules = list["items"].as_array().expect("rules");
    rules.iter().cloned().map(alone).collect()
}

on_both_databases! {
    async fn every_change_makes_a_revision_that_says_who_and_what(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = make(&app, &least("A", &check)).await;
        app.patch(&path(&rule), &json!({ "name": "B" })).await.expect(200);
        app.delete(&path(&rule)).await;
        let list = app.get("/v1/rule-revisions").await;
        let items = list.expect(200)["items"].clone();
        let column = |name: &str| -> Vec<Value> {
            items.as_array().expect("a list").iter().map(|item| item[name].clone()).collect()
        };
        assert_eq!(column("action"), ["delete", "update", "create"]);
        assert_eq!(column("summary"), ["Deleted “B”", "Changed “B”", "Created “A”"]);
        assert_eq!(column("actor"), ["admin", "admin", "admin"]);
        assert_eq!(list.etag(), format!("\"{}\"", items[0]["number"]));
        let shorter = app.get("/v1/rule-revisions?limit=2&sort=number&count=true").await.expect(200);
        assert_eq!(shorter["items"][0], items[2]);
        let rest = app.get(&format!("/v1/rule-revisions?limit=2&sort=number&cursor={}", shorter["nextCursor"].as_str().expect("more"))).await;
        assert_eq!((&rest.expect(200)["items"][0], &shorter["total"]), (&items[0], &json!(3)));
    }

    async fn a_revision_shows_the_set_as_it_was_and_what_changed(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let a = make(&app, &least("A", &check)).await;
        let b = make(&app, &with(least("B", &check), json!({ "sortOrder": 5 }))).await;
        let both = newest(&app).await;
        app.patch(&path(&a), &json!({ "stopProcessing": true })).await.expect(200);
        let changed = newest(&app).await;
        app.delete(&path(&b)).await;
        let at = async |number: i64| app.get(&format!("/v1/rule-revisions/{number}")).await;
        let then = at(both).await.expect(200);
        assert_eq!(then["rules"], json!([b, a]));
        assert_eq!(then["changes"], json!([{ "change": "created", "id": b["id"], "name": "B", "fields": {} }]));
        let update = at(changed).await.expect(200)["changes"].clone();
        assert_eq!(update[0]["change"], "updated");
        assert_eq!(update[0]["fields"]["stopProcessing"], json!({ "from": false, "to": true }));
        let last = at(newest(&app).await).await;
        assert_eq!(names(&last.expect(200)["rules"]), ["A"]);
        assert_eq!(last.json()["changes"][0]["change"], "deleted");
        assert_eq!(at(both).await.etag(), last.etag(), "the ETag is the whole history's");
        for number in ["0", "999999", "x", "99999999999999999999"] {
            assert_eq!(app.get(&format!("/v1/rule-revisions/{number}")).await.problem(404), "not-found");
        }
    }

    async fn a_restore_brings_back_what_was_changed_deleted_and_added(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let a = make(&app, &least("A", &check)).await;
        let b = make(&app, &least("B", &check)).await;
        let then = newest(&app).await;
        let before = rules(&app).await;
        app.patch(&path(&a), &json!({ "name": "changed" })).await.expect(200);
        let stale = app.get(&path(&b)).await.etag();
        app.delete(&path(&b)).await;
        make(&app, &least("C", &check)).await;
        let etag = app.get("/v1/rule-revisions").await.etag();
        let answer = restore(&app, then, &etag).await;
        let done = answer.expect(200);
        assert_eq!(["created", "updated", "deleted"].map(|word| names(&done[word])), [["B"], ["A"], ["C"]]);
        assert_eq!(done["missingMethods"], json!([]));
        assert_eq!(done["revision"].as_i64(), Some(newest(&app).await));
        assert_eq!(answer.etag(), format!("\"{}\"", done["revision"]));
        assert_eq!(rules(&app).await, before);
        let late = app.request(Method::DELETE, &path(&b)).header("if-match", &stale).send().await;
        assert_eq!(late.problem(412), "stale", "an ETag from before the deletion stays old");
    }

    async fn a_restore_needs_the_etag_of_the_newest_revision(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        make(&app, &least("A", &check)).await;
        let first = newest(&app).await;
        let stale = app.get(&format!("/v1/rule-revisions/{first}")).await.etag();
        make(&app, &least("B", &check)).await;
        let before = rules(&app).await;
        let bare = app.request(Method::POST, &format!("/v1/rule-revisions/{first}/restore")).send().await;
        assert_eq!(bare.problem(428), "precondition-required");
        assert_eq!(restore(&app, first, &stale).await.problem(412), "stale");
        assert_eq!(restore(&app, 999_999, "*").await.problem(404), "not-found");
        assert_eq!(rules(&app).await, before);
        let etag = app.get(&format!("/v1/rule-revisions/{first}")).await.etag();
        restore(&app, first, &etag).await.expect(200);
        assert_eq!(names(&rules(&app).await), ["A"]);
    }

    async fn a_restore_sent_twice_is_done_once(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        make(&app, &least("A", &check)).await;
        let first = newest(&app).await;
        make(&app, &least("B", &check)).await;
        let etag = app.get("/v1/rule-revisions").await.etag();
        let path = format!("/v1/rule-revisions/{first}/restore");
        let send = || app.request(Method::POST, &path).header("if-match", &etag).header("idempotency-key", "k").send();
        let (once, twice) = (send().await, send().await);
        assert_eq!(once.expect(200), twice.expect(200));
        assert_eq!(twice.header("idempotent-replayed"), "true");
        assert_eq!(app.get("/v1/rule-revisions?count=true").await.expect(200)["total"], 3);
    }
}
