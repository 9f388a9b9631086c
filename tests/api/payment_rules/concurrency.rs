//! Two at once, and the same thing twice.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::{least, make, path, with};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn of_many_writers_who_read_the_same_one_wins(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = make(&app, &least("A", &check)).await;
        let etag = app.get(&path(&rule)).await.etag();
        let writers = (0..8).map(|number| {
            let body = with(least(&format!("by {number}"), &check), json!({ "sortOrder": number }));
            let verb = if number % 2 == 0 { Method::PUT } else { Method::PATCH };
            app.request(verb, &path(&rule)).header("if-match", &etag).json(&body).send()
        });
        let answers = join_all(writers).await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        let lost = answers.iter().filter(|answer| answer.status == 412).count();
        assert_eq!((won.len(), lost), (1, 7));
        assert_eq!(app.get(&path(&rule)).await.expect(200), won[0].json());
        assert_eq!(app.get("/v1/rule-revisions?count=true").await.expect(200)["total"], 2);
    }

    async fn the_same_key_makes_one_rule_however_often_it_is_sent(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let send = || {
            let request = app.request(Method::POST, "/v1/payment-rules").header("idempotency-key", "k1");
            request.json(&least("A", &check)).send()
        };
        let answers = join_all((0..8).map(|_| send())).await;
        let ids: Vec<_> = answers.iter().map(|answer| answer.expect(201)["id"].clone()).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        let replays = answers.iter().filter(|answer| answer.header("idempotent-replayed") == "true");
        assert_eq!(replays.count(), 7);
        assert_eq!(app.get("/v1/payment-rules?count=true").await.expect(200)["total"], 1);

        let other = app.request(Method::POST, "/v1/payment-rules").header("idempotency-key", "k1");
        assert_eq!(other.json(&least("B", &check)).send().await.problem(422), "idempotency-key-reused");
    }

    async fn a_refused_request_may_be_mended_under_its_key(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let send = |name: &str| {
            let request = app.request(Method::POST, "/v1/payment-rules").header("idempotency-key", "k1");
            request.json(&least(name, &check)).send()
        };
        assert_eq!(send("").await.problem(422), "invalid");
        send("A").await.expect(201);
    }

    async fn every_post_answers_a_replay_alike(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = make(&app, &least("A", &check)).await;
        let one = json!({ "ids": [rule["id"]] });
        let file = json!({ "rules": [least("New", &check)] });
        for (path, body) in [
            (format!("{}/disable", path(&rule)), json!(null)),
            (format!("{}/enable", path(&rule)), json!(null)),
            (format!("{}/duplicate", path(&rule)), json!(null)),
            ("/v1/payment-rules/bulk".to_owned(), with(one.clone(), json!({ "action": "disable" }))),
            ("/v1/payment-rules/reorder".to_owned(), one),
            ("/v1/payment-rules/import".to_owned(), file),
        ] {
            let send = || app.request(Method::POST, &path).header("idempotency-key", "k").json(&body).send();
            let (first, second) = (send().await, send().await);
            assert!(first.status.is_success(), "{path}: {}", first.text);
            assert_eq!((first.status, first.json()), (second.status, second.json()), "{path}");
            assert_eq!(first.header("idempotent-replayed"), "", "{path}");
            assert_eq!(second.header("idempotent-replayed"), "true", "{path}");
        }
        assert_eq!(app.get("/v1/payment-rules?count=true").await.expect(200)["total"], 3);
    }
}
