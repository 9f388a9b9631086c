//! `POST /v1/findings/{id}/acknowledge`.

use std::time::Duration;

use onterms::findings::FindingCode::SecondOrder;
use reqwest::Method;
use serde_json::{Value, json};

use super::{a_payment, listed, notice};
use crate::{
    TestApp,
    app::Answer,
    support::{Database, on_both_databases},
};

/// A finding's address.
async fn found(app: &TestApp) -> String {
    let about = a_payment(app).await;
    let finding = notice(app, about, &[(SecondOrder, "o2")], true)
        .await
        .remove(0);
    format!("/v1/findings/{}", finding.id)
}

async fn acknowledge(app: &TestApp, path: &str, key: &str, body: &Value) -> Answer {
    let request = app.request(Method::POST, &format!("{path}/acknowledge"));
    request
        .header("Idempotency-Key", key)
        .json(body)
        .send()
        .await
}

async fn audited(app: &TestApp, path: &str) -> Vec<Value> {
    let id = path.rsplit('/').next().expect("an id");
    let log = app.get(&format!("/v1/audit-log?resourceId={id}")).await;
    log.expect(200)["items"]
        .as_array()
        .cloned()
        .expect("a list")
}

on_both_databases! {
    async fn who_knows_of_it_and_what_was_done_is_kept(database: Database) {
        let app = TestApp::start(database).await;
        let path = found(&app).await;
        let before = app.get(&path).await;
        let known = acknowledge(&app, &path, "one", &json!({ "note": "Canceled by phone" })).await;
        let mut expected = before.expect(200);
        expected["state"] = json!("acknowledged");
        expected["acknowledgedBy"] = json!("admin");
        expected["note"] = json!("Canceled by phone");
        assert_eq!(known.expect(200), expected);
        let now = app.get(&path).await;
        assert_eq!((now.expect(200), now.etag()), (expected, known.etag()));
        assert_ne!(now.etag(), before.etag());
        let entries = audited(&app, &path).await;
        assert_eq!(entries.len(), 1);
        assert_eq!((&entries[0]["actor"], &entries[0]["action"], &entries[0]["resourceType"]), (&json!("admin"), &json!("acknowledge"), &json!("finding")));
        assert_eq!(entries[0]["changes"], json!({
            "state": { "from": "open", "to": "acknowledged" }, "note": { "from": null, "to": "Canceled by phone" },
        }));
    }

    async fn what_is_known_stays_known_until_it_is_gone(database: Database) {
        let app = TestApp::start(database).await;
        let path = found(&app).await;
        acknowledge(&app, &path, "one", &json!({ "note": "Known" })).await.expect(200);
        app.pass(Duration::from_secs(60));
        let payment = app.get(&path).await.expect(200)["paymentId"].clone();
        let about = (
            payment.as_str().and_then(|id| id.parse().ok()).expect("an id"),
            app.get(&path).await.expect(200)["integrationId"].as_str().and_then(|id| id.parse().ok()).expect("an id"),
        );
        notice(&app, about, &[(SecondOrder, "o2")], true).await;
        let seen = app.get(&path).await.expect(200);
        assert_eq!((&seen["state"], &seen["lastSeenAt"]), (&json!("acknowledged"), &json!("2026-03-01T12:01:00Z")));
        assert_eq!(listed(&app, "state=open").await, Vec::<Value>::new());
        notice(&app, about, &[], true).await;
        let gone = app.get(&path).await.expect(200);
        assert_eq!((&gone["state"], &gone["note"], &gone["acknowledgedBy"]), (&json!("resolved"), &json!("Known"), &json!("admin")));
        let late = acknowledge(&app, &path, "two", &json!({ "note": "Too late" })).await;
        assert_eq!(late.problem(409), "wrong-state");
        assert_eq!(app.get(&path).await.expect(200), gone);
    }

    async fn once_more_changes_nothing_and_another_note_replaces_the_first(database: Database) {
        let app = TestApp::start(database).await;
        let path = found(&app).await;
        let without = app.request(Method::POST, &format!("{path}/acknowledge")).send().await.expect(200);
        assert_eq!((&without["state"], &without["note"]), (&json!("acknowledged"), &Value::Null));
        let first = acknowledge(&app, &path, "one", &json!({ "note": "First" })).await;
        let same = acknowledge(&app, &path, "two", &json!({ "note": "First" })).await;
        assert_eq!((same.expect(200), same.etag()), (first.expect(200), first.etag()));
        for empty in [json!({}), json!({ "note": null }), json!({ "note": "  " })] {
            let kept = acknowledge(&app, &path, &empty.to_string(), &empty).await;
            assert_eq!(kept.expect(200), first.expect(200), "{empty}");
        }
        let second = acknowledge(&app, &path, "three", &json!({ "note": "Second" })).await.expect(200);
        assert_eq!(second["note"], "Second");
        assert_eq!(audited(&app, &path).await.len(), 3);
    }

    async fn the_same_key_again_is_one_acknowledgement(database: Database) {
        let app = TestApp::start(database).await;
        let path = found(&app).await;
        let body = json!({ "note": "Known" });
        let first = acknowledge(&app, &path, "one", &body).await;
        assert_eq!(first.header("idempotent-replayed"), "");
        let again = acknowledge(&app, &path, "one", &body).await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.expect(200), first.expect(200));
        let other = acknowledge(&app, &path, "one", &json!({ "note": "Other" })).await;
        assert_eq!(other.problem(422), "idempotency-key-reused");
    }

    async fn a_body_that_is_not_valid_is_rejected_with_every_wrong_field(database: Database) {
        let app = TestApp::start(database).await;
        let path = found(&app).await;
        for (body, expected) in [
            (json!({ "note": 7, "nots": "x" }), vec!["/note", "/nots"]),
            (json!({ "note": "x".repeat(1001) }), vec!["/note"]),
            (json!({ "note": "a\u{0}b" }), vec!["/note"]),
            (json!([]), vec![""]),
        ] {
            let mut wrong = acknowledge(&app, &path, "one", &body).await.pointers();
            wrong.sort_unstable();
            assert_eq!(wrong, expected, "{body}");
        }
        assert_eq!(app.get(&path).await.expect(200)["state"], "open");
        acknowledge(&app, &path, "one", &json!({ "note": "x".repeat(1000) })).await.expect(200);
    }
}
