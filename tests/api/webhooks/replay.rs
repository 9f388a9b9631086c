//! `POST /v1/webhook-events/{id}/replay`, `POST /v1/webhook-events/replay`, `GET /v1/webhook-replays/{id}`.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Account, at_rest, idle, until, webhook};
use crate::{
    TestApp,
    apruve::{Apruve, Behaviour},
    support::{Database, on_both_databases},
};

fn address(event: &Value) -> String {
    format!(
        "/v1/webhook-events/{}",
        event["id"].as_str().expect("an id")
    )
}

on_both_databases! {
    async fn a_replayed_event_is_looked_at_again_and_who_asked_is_written_down(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        account.hears(&app, idle("u1")).await.expect(200);
        let event = at_rest(&app).await.remove(0);
        app.pass(Duration::from_secs(60));
        let replay = || {
            let request = app.request(Method::POST, &format!("{}/replay", address(&event)));
            request.header("idempotency-key", "k1").send()
        };
        let accepted = replay().await;
        assert_eq!(accepted.expect(202)["id"], event["id"]);
        let again = replay().await;
        assert_eq!(again.expect(202)["id"], event["id"]);
        assert_eq!(again.header("idempotent-replayed"), "true");
        let later = until(&app, |events| events[0]["settledAt"] == "2026-03-01T12:01:00Z").await.remove(0);
        assert_eq!((&later["state"], &later["attempts"]), (&json!("ignored"), &json!(1)));
        let log = app.get(&format!("/v1/audit-log?resourceId={}", event["id"].as_str().expect("an id"))).await.expect(200);
        let entries = log["items"].as_array().expect("a list");
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0]["action"], "replay");
        assert_eq!(entries[0]["changes"], json!({ "state": { "from": "ignored", "to": "received" } }));
        let unknown = app.request(Method::POST, "/v1/webhook-events/event_01h455vb4pex5vsknk084sn02q/replay").send().await;
        assert_eq!(unknown.problem(404), "not-found");
    }

    async fn many_are_replayed_by_time_state_and_account_and_tell_how_far_they_are(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Status(404));
        let us = Account::at(&app, "Apruve US", &stand_in).await;
        let eu = Account::new(&app, "Apruve EU").await;
        for (account, body) in [
            (&us, idle("u1")), (&us, idle("u2")), (&eu, idle("u3")),
            (&us, webhook("u4", "order.accepted", json!({ "id": "o1" }))),
        ] {
            account.hears(&app, body).await.expect(200);
            app.pass(Duration::from_secs(60));
        }
        at_rest(&app).await;
        for (wanted, total) in [
            (json!({ "since": "2026-03-01T12:00:00Z" }), 4),
            (json!({ "since": "2026-03-01T12:00:01Z" }), 3),
            (json!({ "since": "2026-03-01T12:00:00Z", "until": "2026-03-01T12:01:00Z" }), 1),
            (json!({ "since": "2026-03-01T12:00:00Z", "until": "2999-01-01T00:00:00Z" }), 4),
            (json!({ "since": "2026-03-01T12:00:00Z", "integrationId": eu.id }), 1),
            (json!({ "since": "2026-03-01T12:00:00Z", "state": "parked" }), 1),
            (json!({ "since": "2026-03-01T12:00:00Z", "state": "failed" }), 0),
        ] {
            app.pass(Duration::from_secs(1));
            let accepted = app.post("/v1/webhook-events/replay", &wanted).await;
            let replay = accepted.expect(202);
            assert_eq!(replay["total"], total, "{wanted}");
            let location = accepted.header("location");
            assert_eq!(location, format!("/v1/webhook-replays/{}", replay["id"].as_str().expect("an id")));
            // They are taken up a few at a time.
            crate::app::until(async || app.get(&location).await.expect(200)["remaining"] == 0).await;
            at_rest(&app).await;
            let progress = app.get(&location).await.expect(200);
            assert_eq!((&progress["done"], &progress["remaining"]), (&json!(total), &json!(0)), "{wanted}");
            assert_eq!(progress["requestedBy"], "admin");
        }
        assert_eq!(app.get("/v1/webhook-replays/replay_01h455vb4pex5vsknk084sn02q").await.problem(404), "not-found");
    }

    async fn the_same_order_twice_is_one_replay(database: Database) {
        let app = TestApp::start(database).await;
        let order = || {
            let request = app.request(Method::POST, "/v1/webhook-events/replay").header("idempotency-key", "k1");
            request.json(&json!({ "since": "2026-03-01T12:00:00Z" })).send()
        };
        let (once, twice) = (order().await, order().await);
        assert_eq!(once.expect(202), twice.expect(202));
        assert_eq!(twice.header("idempotent-replayed"), "true");
    }

    async fn a_replay_that_is_not_valid_is_rejected(database: Database) {
        let app = TestApp::start(database).await;
        for (body, pointers) in [
            (json!({}), &["/since"][..]),
            (json!({ "since": "soon" }), &["/since"]),
            (json!({ "since": "soon", "state": "done" }), &["/since", "/state"]),
            (json!({ "since": "2026-03-01T12:00:00Z", "state": "done", "integrationId": "x" }), &["/state", "/integrationId"]),
            (json!({ "since": "2026-03-01T12:00:00Z", "until": "2026-03-01T11:59:59Z" }), &["/until"]),
            (json!({ "since": "2026-03-01T12:00:00Z", "untill": "2026-03-01T12:00:00Z" }), &["/untill"]),
        ] {
            let answer = app.post("/v1/webhook-events/replay", &body).await;
            assert_eq!(answer.pointers(), pointers, "{body}");
        }
    }
}
