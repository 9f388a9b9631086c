//! `POST /webhooks/apruve/{token}`: what is taken, and what is not.

use std::sync::{Arc, Mutex};

use diesel::prelude::*;
use futures_util::future::join_all;
use onterms::store::{StoreError, schema::webhook_events};
use reqwest::Method;
use serde_json::{Value, json};

use super::{APRUVE, Account, SOMEBODY, at_rest, events, idle, path_of, send, webhook};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

const TWO_MIB: usize = 2 * 1024 * 1024;

on_both_databases! {
    async fn a_signed_webhook_is_kept_and_answered_with_200(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        let body = webhook("u1", "order.archived", json!({ "id": "m1" }));
        assert_eq!(account.hears(&app, body).await.status, 200);
        let event = at_rest(&app).await.remove(0);
        let expected = json!({
            "id": event["id"], "integrationId": account.id, "event": "order.archived", "state": "ignored", "verified": true,
            "outcome": "Nothing to do: it is an event we do not know.",
            "attempts": 0, "repeats": 0, "apruveOrderId": null, "apruveInvoiceId": null, "paymentId": null, "findings": [], "replayId": null,
            "receivedAt": "2026-03-01T12:00:00Z", "occurredAt": "2026-03-01T11:59:30Z", "settledAt": "2026-03-01T12:00:00Z",
            "nextAttemptAt": null, "etag": "\"1\"",
        });
        assert_eq!(event, expected);
        assert!(event["id"].as_str().is_some_and(|id| id.starts_with("event_")));
    }

    async fn in_steady_state_nothing_is_prepared_for_a_webhook(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        let [sent, kept]: [Arc<Mutex<Vec<String>>>; 2] = Default::default();
        let (all, prepared) = (Arc::clone(&sent), Arc::clone(&kept));
        let store = app.service.store();
        assert!(store.observe_statements(move |text| {
            let text = text.split(" -- binds").next().unwrap_or_default();
            all.lock().expect("no panic").push(text.to_owned());
        }));
        assert!(store.observe_kept_statements(move |sql| {
            prepared.lock().expect("no panic").push(sql.to_owned());
        }));
        for uuid in ["u1", "u2"] {
            sent.lock().expect("no panic").clear();
            assert_eq!(account.hears(&app, idle(uuid)).await.status, 200);
        }
        let sent = sent.lock().expect("no panic").clone();
        let is_insert = |it: &&String| it.replace('`', "").contains("INTO webhook_events");
        let inserts: Vec<&String> = sent.iter().filter(is_insert).collect();
        assert!(!inserts.is_empty());
        let kept = kept.lock().expect("no panic");
        assert!(inserts.iter().all(|it| kept.contains(it)), "{inserts:#?}");
    }

    async fn the_same_webhook_fifty_times_at_once_is_one_event(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        let answers = join_all((0..50).map(|_| account.hears(&app, idle("u1")))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        let without_uuid = r#"{"event":"order.archived"}"#;
        let answers = join_all((0..50).map(|_| account.hears(&app, without_uuid))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        let kept = at_rest(&app).await;
        let repeats: Vec<_> = kept.iter().map(|event| event["repeats"].clone()).collect();
        assert_eq!(repeats, [49, 49]);
    }

    async fn an_event_of_two_accounts_is_two(database: Database) {
        let app = TestApp::start(database).await;
        for name in ["Apruve US", "Apruve EU"] {
            let account = Account::new(&app, name).await;
            assert_eq!(account.hears(&app, idle("u1")).await.status, 200);
        }
        assert_eq!(events(&app).await.len(), 2);
    }

    async fn an_unknown_token_is_404_whatever_is_sent(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        let body = idle("u1").into_bytes();
        let signature = APRUVE.sign(&body);
        let unknown = "/webhooks/apruve/Jt4nM0xJ1bqYkVfZQ6m3tq7m1v0cV5w2o8s9aBcDeFg";
        for path in [unknown, "/webhooks/apruve/x", "/webhooks/apruve/%00"] {
            assert_eq!(send(&app, path, body.clone(), Some(&signature)).await.problem(404), "not-found");
            assert_eq!(send(&app, path, vec![b'x'; 10], None).await.problem(404), "not-found");
        }
        account.hears(&app, body.clone()).await.expect(200);
        let rotated = app.post(&format!("{}/rotate-webhook-token", account.address), &json!({ "graceSeconds": 0 })).await;
        let rotated = path_of(&rotated.expect(200));
        account.hears(&app, body.clone()).await.problem(404);
        send(&app, &rotated, body.clone(), Some(&signature)).await.expect(200);
        app.delete(&account.address).await.expect(204);
        send(&app, &rotated, body, Some(&signature)).await.problem(404);
    }

    async fn a_wrong_signature_is_401_and_leaves_nothing(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        let other = Account::with(&app, "Apruve EU", json!({ "webhookPublicKeys": [SOMEBODY.public_pem()] })).await;
        let body = idle("u1");
        let genuine = APRUVE.sign(body.as_bytes());
        let longer = format!("{body}\n");
        for (path, body, signature) in [
            (&account.path, &body, None),
            (&account.path, &body, Some("")),
            (&account.path, &body, Some("rubbish")),
            (&account.path, &body, Some(&*SOMEBODY.sign(body.as_bytes()))),
            (&account.path, &longer, Some(&*genuine)),
            (&other.path, &body, Some(&*genuine)),
        ] {
            let answer = send(&app, path, body.clone().into_bytes(), signature).await;
            assert_eq!(answer.problem(401), "bad-signature");
        }
        assert_eq!(events(&app).await, Vec::<Value>::new());
    }

    async fn a_webhook_may_have_two_mebibytes(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        for size in [1_000_000, TWO_MIB] {
            let body = vec![b'x'; size];
            assert_eq!(account.hears(&app, body).await.status, 200, "{size}");
        }
        assert_eq!(account.hears(&app, vec![b'x'; TWO_MIB + 1]).await.problem(413), "too-large");
        assert_eq!(at_rest(&app).await.len(), 2);
    }

    async fn whatever_is_signed_is_taken_and_what_cannot_be_read_says_so(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        let of = |entity: Value| json!({ "event": "order.accepted", "entity": entity }).to_string().into_bytes();
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let bodies: Vec<(Vec<u8>, &str)> = vec![
            (Vec::new(), "Nothing to do: the body is empty."),
            (b"\xff\xfe\x00".to_vec(), "Nothing to do: the body cannot be read: it is not JSON (line 1, column 1)."),
            (b"{\"event\":".to_vec(), "Nothing to do: the body cannot be read: it is not JSON (line 1, column 9)."),
            (b"null".to_vec(), "Nothing to do: the body cannot be read: it is not an object."),
            (b"7".to_vec(), "Nothing to do: the body cannot be read: it is not an object."),
            (b"[]".to_vec(), "Nothing to do: the body cannot be read: it is not an object."),
            (deep.into_bytes(), "Nothing to do: the body cannot be read: it is not an object."),
            (b"{}".to_vec(), "Nothing to do: the body names no event."),
            (of(json!("o1")), "Nothing to do: its entity is not an object."),
            (of(json!(["o1"])), "Nothing to do: its entity is not an object."),
            (of(json!(null)), "Nothing to do: its entity is not an object."),
            (of(json!({ "id": "../merchants" })), "Nothing to do: its entity does not say which order it is about."),
            (webhook("u\0", "order.\0", json!({})).into_bytes(), "Nothing to do: it is an event we do not know."),
            (webhook("u1", "order.exploded", json!({ "id": "o1" })).into_bytes(), "Nothing to do: it is an event we do not know."),
        ];
        for (body, _) in &bodies {
            assert_eq!(account.hears(&app, body.clone()).await.status, 200, "{body:?}");
            app.pass(std::time::Duration::from_millis(1));
        }
        let kept = at_rest(&app).await;
        let told: Vec<_> = kept.iter().map(|event| (event["state"].clone(), event["outcome"].clone())).collect();
        let expected: Vec<_> = bodies.iter().map(|(_, why)| (json!("ignored"), json!(why))).collect();
        assert_eq!(told, expected);
    }

    async fn without_a_key_webhooks_are_kept_flagged_and_limited(database: Database) {
        let flags = [("rate_limits.webhook_unverified", "2")];
        let app = TestApp::start_with(Arc::new(database), &flags).await;
        let account = Account::with(&app, "Apruve US", json!({ "webhookPublicKeys": [] })).await;
        for uuid in ["u1", "u2"] {
            assert_eq!(send(&app, &account.path, idle(uuid).into_bytes(), None).await.status, 200);
        }
        let refused = send(&app, &account.path, idle("u3").into_bytes(), None).await;
        assert_eq!(refused.problem(429), "too-many-requests");
        assert!(!refused.header("retry-after").is_empty());
        let flagged = app.get("/v1/webhook-events?verified=false&count=true").await.expect(200);
        assert_eq!(flagged["total"], 2);
        assert_eq!(flagged["items"][0]["verified"], false);

        let patch = json!({ "settings": { "webhookPublicKeys": [APRUVE.public_pem()] } });
        app.patch(&account.address, &patch).await.expect(200);
        let unsigned = send(&app, &account.path, idle("u4").into_bytes(), None).await;
        assert_eq!(unsigned.problem(401), "bad-signature");
        account.hears(&app, idle("u4")).await.expect(200);
    }

    async fn guesses_are_limited_and_who_knows_the_token_is_not(database: Database) {
        let flags = [("rate_limits.webhook_miss", "2")];
        let app = TestApp::start_with(Arc::new(database), &flags).await;
        let account = Account::new(&app, "Apruve US").await;
        let guess = || app.bare(Method::POST, "/webhooks/apruve/guess").send();
        assert_eq!(guess().await.problem(404), "not-found");
        assert_eq!(guess().await.problem(404), "not-found");
        assert_eq!(guess().await.problem(429), "too-many-requests");
        assert_eq!(account.hears(&app, idle("u1")).await.status, 200);
    }

    async fn bodies_are_sealed_at_rest(database: Database) {
        let database = Arc::new(database);
        let app = TestApp::start_with(Arc::clone(&database), &[]).await;
        let account = Account::new(&app, "Apruve US").await;
        account.hears(&app, webhook("u1", "order.archived", json!({ "email": "planted@acme.example" }))).await.expect(200);
        at_rest(&app).await;
        let sealed: Vec<Option<String>> = app
            .service
            .store()
            .read(|conn| Ok::<_, StoreError>(webhook_events::table.select(webhook_events::body_sealed).load(conn)?))
            .await
            .expect("rows");
        assert!(sealed.iter().all(|body| body.as_ref().is_some_and(|body| body.starts_with("v1."))), "{sealed:?}");
        let Some(file) = database.url().strip_prefix("sqlite://") else {
            return;
        };
        for suffix in ["", "-wal"] {
            let bytes = std::fs::read(format!("{file}{suffix}")).expect("a file of the database");
            assert!(!bytes.windows(7).any(|window| window == b"planted"), "{file}{suffix}");
        }
    }

    async fn a_crowd_for_few_verifiers_is_asked_to_retry_and_loses_nothing(database: Database) {
        let flags = [("webhooks.verifiers", "1"), ("webhooks.verify_queue", "1")];
        let app = TestApp::start_with(Arc::new(database), &flags).await;
        let account = Account::new(&app, "Apruve US").await;
        let mut waiting: Vec<Vec<u8>> = (0..20).map(|n| format!("{n}{}", "x".repeat(400_000)).into_bytes()).collect();
        while !waiting.is_empty() {
            let answers = join_all(waiting.iter().map(|body| account.hears(&app, body.clone()))).await;
            let mut refused = Vec::new();
            for (body, answer) in waiting.into_iter().zip(answers) {
                if answer.status != 200 {
                    assert_eq!(answer.problem(503), "unavailable");
                    assert_eq!(answer.header("retry-after"), "1");
                    refused.push(body);
                }
            }
            waiting = refused;
        }
        assert_eq!(events(&app).await.len(), 20);
    }
}
