//! Endpoints: what may be entered, who changes them, and their secrets.

use reqwest::Method;
use serde_json::{Value, json};

use super::{ENDPOINTS, path, secret, subscribe};
use crate::{
    TestApp,
    app::{alone, execute},
    support::{Database, on_both_databases},
};

const URL: &str = "https://erp.shop.example/onterms";

on_both_databases! {
    async fn an_endpoint_is_made_read_changed_and_deleted(database: Database) {
        let app = TestApp::start(database).await;
        let body = json!({ "url": URL, "types": ["payment.*", "finding.opened"], "description": "The ERP" });
        let answer = app.request(Method::POST, ENDPOINTS).header("idempotency-key", "one").json(&body).send().await;
        let made = answer.expect(201);
        assert_eq!(answer.header("location"), path(&made));
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, secret(&made).strip_prefix("whsec_").expect("a prefix"));
        assert_eq!(bytes.expect("Base64").len(), 32);
        let again = app.request(Method::POST, ENDPOINTS).header("idempotency-key", "one").json(&body).send().await;
        assert_eq!((again.expect(201), again.header("idempotent-replayed").as_str()), (made.clone(), "true"));

        let read = app.get(&path(&made)).await;
        let shown = read.expect(200);
        assert_eq!(shown["secret"], Value::Null, "the secret is shown once");
        assert_eq!(shown, json!({
            "id": made["id"], "url": URL, "types": ["payment.*", "finding.opened"], "description": "The ERP", "enabled": true,
            "createdAt": "2026-03-01T12:00:00Z", "updatedAt": "2026-03-01T12:00:00Z",
        }));
        let list = app.get(&format!("{ENDPOINTS}?count=true")).await.expect(200);
        assert_eq!((alone(list["items"][0].clone()), &list["total"]), (shown.clone(), &json!(1)));

        let same = app.put(&path(&made), &shown).await;
        assert_eq!((same.expect(200), same.etag()), (shown, read.etag()), "what GET answered may be sent back");
        for secret in [secret(&made), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ""] {
            for (method, path) in [(Method::POST, ENDPOINTS.to_owned()), (Method::PUT, path(&made)), (Method::PATCH, path(&made))] {
                let body = json!({ "url": URL, "types": ["*"], "secret": secret });
                let refused = app.request(method, &path).header("if-match", "*").json(&body).send().await;
                assert_eq!(refused.pointers(), ["/secret"], "the service makes it");
            }
        }
        let changed = app.patch(&path(&made), &json!({ "description": null, "types": ["*"], "enabled": false })).await;
        assert_ne!(changed.etag(), read.etag());
        let changed = changed.expect(200);
        assert_eq!((&changed["types"], &changed["enabled"], &changed["description"]), (&json!(["*"]), &json!(false), &Value::Null));
        app.post(&format!("{}/ping", path(&made)), &json!({})).await.problem(409);
        let off = app.get(&format!("{ENDPOINTS}?enabled=true")).await.expect(200);
        assert_eq!(off["items"], json!([]));

        assert_eq!(app.delete(&path(&made)).await.status, 204);
        app.get(&path(&made)).await.problem(404);
        app.service.sweep().await.expect("its row goes");
        let log = app.get("/v1/audit-log?resourceType=notification_endpoint&sort=happenedAt").await.expect(200);
        let mut actions: Vec<&str> = log["items"].as_array().expect("a list").iter().map(|it| it["action"].as_str().expect("a text")).collect();
        actions.sort_unstable();
        assert_eq!(actions, ["create", "delete", "update"]);
        assert!(!log.to_string().contains("whsec_"));
    }

    async fn an_endpoint_whose_address_is_not_allowed_any_more_can_be_changed_and_switched_off(database: Database) {
        let app = TestApp::start(database).await;
        let made = subscribe(&app, URL, &["*"]).await;
        // As an entry of `notifications.allowed_hosts` that was removed leaves it.
        let former = "http://10.0.0.7:9000/hook";
        execute(&app, &format!("UPDATE notification_endpoints SET url = '{former}'")).await;
        for (body, refused) in [
            (json!({ "description": "Former" }), false),
            (json!({ "url": former, "enabled": true }), false),
            (json!({ "url": "http://10.0.0.8:9000/hook" }), true),
            (json!({ "enabled": false }), false),
            (json!({ "description": "Off" }), false),
            (json!({ "enabled": true }), true),
            (json!({ "url": URL, "enabled": true }), false),
        ] {
            let answer = app.patch(&path(&made), &body).await;
            if refused {
                assert_eq!(answer.pointers(), ["/url"], "{body}");
            } else {
                answer.expect(200);
            }
        }
    }

    async fn every_wrong_value_is_refused_with_its_pointer(database: Database) {
        let app = TestApp::start(database).await;
        let made = subscribe(&app, URL, &["*"]).await;
        for (wrong, pointers) in [
            (json!({}), &["/types", "/url"][..]),
            (json!({ "url": URL, "types": [] }), &["/types"]),
            (json!({ "url": URL, "types": "payment.*" }), &["/types"]),
            (json!({ "url": URL, "types": ["payment.*", "payment.payed", "pay*", 7] }), &["/types/1", "/types/2", "/types/3"]),
            (json!({ "url": URL, "types": ["*", "*"] }), &["/types/1"]),
            (json!({ "url": "erp.shop.example", "types": ["*"] }), &["/url"]),
            (json!({ "url": "http://erp.shop.example/", "types": ["*"] }), &["/url"]),
            (json!({ "url": "https://erp.shop.example:444/", "types": ["*"] }), &["/url"]),
            (json!({ "url": "https://user:pw@erp.shop.example/", "types": ["*"] }), &["/url"]),
            (json!({ "url": "https://user@erp.shop.example/", "types": ["*"] }), &["/url"]),
            (json!({ "url": "https://erp.shop.example/#hook", "types": ["*"] }), &["/url"]),
            (json!({ "url": "https://erp.shop.example/#", "types": ["*"] }), &["/url"]),
            (json!({ "url": "https://erp.shop.example:0/", "types": ["*"] }), &["/url"]),
            (json!({ "url": "https://erp.shop.example:65536/", "types": ["*"] }), &["/url"]),
            (json!({ "url": "https://10.0.0.1/", "types": ["*"] }), &["/url"]),
            (json!({ "url": "https://[fd00::1]/", "types": ["*"] }), &["/url"]),
            (json!({ "url": "https://[::ffff:10.0.0.1]/", "types": ["*"] }), &["/url"]),
            (json!({ "url": "ws://erp.shop.example/", "types": ["*"] }), &["/url"]),
            (json!({ "url": format!("https://erp.shop.example/{}", "x".repeat(2048)), "types": ["*"] }), &["/url"]),
            (json!({ "url": 7, "types": { "payment.paid": true } }), &["/types", "/url"]),
            (json!({ "url": URL, "types": ["payment.paid "] }), &["/types/0"]),
            (json!({ "url": URL, "types": ["Payment.paid", "payment.**", "", "payment"] }), &["/types/0", "/types/1", "/types/2", "/types/3"]),
            (json!({ "url": "https://169.254.169.254/latest", "types": ["*"] }), &["/url"]),
            (json!({ "url": "file:///etc/passwd", "types": ["*"] }), &["/url"]),
            (json!({ "url": URL, "types": ["*"], "websites": [] }), &["/websites"]),
            (json!({ "url": URL, "types": ["*"], "websites": ["us", "us"], "enabled": 1 }), &["/enabled", "/websites/1"]),
            (json!({ "url": URL, "types": ["*"], "description": "x".repeat(1001), "secrets": 1 }), &["/description", "/secrets"]),
        ] {
            let mut found = app.post(ENDPOINTS, &wrong).await.pointers();
            found.sort();
            assert_eq!(found, pointers, "{wrong}");
            let mut found = app.put(&path(&made), &wrong).await.pointers();
            found.sort();
            assert_eq!(found, pointers, "PUT {wrong}");
        }
        for (action, body, pointer) in [
            ("rotate-secret", json!({ "graceSeconds": -1 }), "/graceSeconds"),
            ("rotate-secret", json!({ "graceSeconds": 2_592_001 }), "/graceSeconds"),
            ("replay", json!({}), "/since"),
            ("replay", json!({ "since": "yesterday" }), "/since"),
            ("ping", json!({ "now": true }), "/now"),
        ] {
            let answer = app.post(&format!("{}/{action}", path(&made)), &body).await;
            assert_eq!(answer.pointers(), [pointer], "{action} {body}");
        }
        let list = format!("{}/deliveries", path(&made));
        assert_eq!(app.get(&format!("{list}?state=lost&sort=state")).await.pointers(), ["state", "sort"]);
    }

    async fn a_change_needs_the_version_that_was_read(database: Database) {
        let app = TestApp::start(database).await;
        let made = subscribe(&app, URL, &["*"]).await;
        let body = json!({ "url": URL, "types": ["rules.changed"] });
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            let bare = app.request(method.clone(), &path(&made)).json(&body).send().await;
            assert_eq!(bare.problem(428), "precondition-required", "{method}");
            for stale in ["\"2\"", "W/\"1\"", "\"x\""] {
                let stale = app.request(method.clone(), &path(&made)).header("if-match", stale).json(&body).send().await;
                assert_eq!((stale.problem(412).as_str(), stale.etag().as_str()), ("stale", "\"1\""), "{method}");
            }
        }
        let any = app.request(Method::PATCH, &path(&made)).header("if-match", "*").json(&json!({ "description": "x" })).send().await;
        assert_eq!((any.expect(200)["description"].as_str(), any.etag().as_str()), (Some("x"), "\"2\""));
        let current = app.request(Method::GET, &path(&made)).header("if-none-match", "\"2\"").send().await;
        assert_eq!(current.status, 304);
    }

    async fn there_are_fifty_endpoints_at_most(database: Database) {
        let app = TestApp::start(database).await;
        for nth in 0..50 {
            subscribe(&app, &format!("{URL}/{nth}"), &["ping"]).await;
        }
        let one_more = json!({ "url": URL, "types": ["*"] });
        assert_eq!(app.post(ENDPOINTS, &one_more).await.problem(409), "conflict");
        let first = app.get(&format!("{ENDPOINTS}?limit=1")).await.expect(200);
        assert!(first["nextCursor"].is_string());
        app.delete(&path(&first["items"][0])).await.expect(204);
        app.post(ENDPOINTS, &one_more).await.expect(201);
    }

    async fn of_many_who_make_the_fiftieth_at_once_one_does(database: Database) {
        let app = TestApp::start(database).await;
        for nth in 0..49 {
            subscribe(&app, &format!("{URL}/{nth}"), &["ping"]).await;
        }
        let last = json!({ "url": URL, "types": ["*"] });
        let racers = futures_util::future::join_all((0..8).map(|_| app.post(ENDPOINTS, &last))).await;
        let mut statuses: Vec<u16> = racers.iter().map(|it| it.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
        assert_eq!(app.get(&format!("{ENDPOINTS}?count=true")).await.expect(200)["total"], 50);
    }

    async fn a_row_that_cannot_be_read_leaves_the_others_in_the_list(database: Database) {
        let app = TestApp::start(database).await;
        subscribe(&app, URL, &["*"]).await;
        app.pass(std::time::Duration::from_secs(1));
        subscribe(&app, URL, &["*"]).await;
        execute(&app, "UPDATE notification_endpoints SET types = '{' WHERE created_at < '2026-03-01 12:00:01'").await;
        let list = app.get(ENDPOINTS).await.expect(200);
        assert_eq!((&list["items"][0]["unreadable"], &list["items"][1]["types"]), (&json!(true), &json!(["*"])));
    }
}
