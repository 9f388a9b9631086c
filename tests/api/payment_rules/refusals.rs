//! What is rejected, and that it changes nothing.

use reqwest::Method;
use serde_json::{Value, json};

use super::{least, make, path, with};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

/// The id of a method that nobody made.
const NOBODYS: &str = "check_money_order_01h455vb4pex5vsknk084sn02q";

async fn nothing_was_made(app: &TestApp) {
    let list = app.get("/v1/payment-rules?count=true").await.expect(200);
    assert_eq!(list["total"], 0);
    assert_eq!(
        app.get("/v1/rule-revisions?count=true").await.expect(200)["total"],
        0
    );
}

on_both_databases! {
    async fn everything_wrong_is_reported_at_once(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let wrong = json!({
            "name": "", "sortOrder": 2_147_483_648_u32, "currency": "usd", "expression": "x".repeat(5120),
            "destinations": [{ "country": "UK" }, { "country": "US", "region": "CA-ON", "postalCodes": ["9..1"] }],
            "websites": ["a", "a"],
            "paymentMethods": [{ "id": check }, { "id": check }],
            "activeFrom": "2026-03-02T00:00:00Z", "activeUntil": "2026-03-01T00:00:00Z",
            "sortorder": 1,
        });
        let answer = app.post("/v1/payment-rules", &wrong).await;
        assert_eq!(answer.problem(422), "invalid");
        let mut pointers = answer.pointers();
        pointers.sort();
        assert_eq!(pointers, [
            "/activeUntil", "/currency", "/destinations/0/country", "/destinations/1/postalCodes/0",
            "/destinations/1/region", "/expression", "/name", "/paymentMethods/1/id", "/sortOrder", "/sortorder",
            "/websites/1",
        ]);
        nothing_was_made(&app).await;
    }

    async fn a_method_that_does_not_exist_is_refused(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let of_another_type = check.replace("check_money_order", "apruve");
        for id in [NOBODYS, of_another_type.as_str(), "rubbish"] {
            let body = with(least("A", &check), json!({ "paymentMethods": [{ "id": check }, { "id": id }] }));
            let answer = app.post("/v1/payment-rules", &body).await;
            assert_eq!(answer.pointers(), ["/paymentMethods/1/id"], "{id}");
            assert_eq!(answer.json()["errors"][0]["code"], "unknown_payment_method");
        }
        nothing_was_made(&app).await;
    }

    async fn a_body_that_is_no_rule_is_refused_by_its_kind(database: Database) {
        let app = TestApp::start(database).await;
        let post = |body: Vec<u8>| app.request(Method::POST, "/v1/payment-rules").raw(body).send();
        assert_eq!(post(b"{".to_vec()).await.problem(400), "malformed-json");
        assert_eq!(post(b"".to_vec()).await.problem(400), "malformed-json");
        assert_eq!(post(b"{\"name\":\"\xff\"}".to_vec()).await.problem(400), "malformed-json");
        assert_eq!(post("[".repeat(10_000).into_bytes()).await.problem(400), "malformed-json");
        assert_eq!(post(b"[]".to_vec()).await.problem(422), "invalid");
        assert_eq!(post(b"{}".to_vec()).await.pointers(), ["/name", "/sortOrder", "/currency", "/paymentMethods"]);
        assert_eq!(post(vec![b' '; 300 * 1024]).await.problem(413), "too-large");
        let text = app.request(Method::POST, "/v1/payment-rules").header("content-type", "text/plain");
        assert_eq!(text.send().await.problem(415), "unsupported-media-type");
        nothing_was_made(&app).await;
    }

    async fn an_expression_with_errors_is_refused_with_their_places(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        for expression in ["totl > 1", "total >", "constant('PHP_VERSION') = 1", "shippingMethod matches '/(?=a)/'", &"(".repeat(4000)] {
            let body = with(least("A", &check), json!({ "expression": expression }));
            let answer = app.post("/v1/payment-rules", &body).await;
            let pointers = answer.pointers();
            assert!(!pointers.is_empty() && pointers.iter().all(|pointer| pointer == "/expression"), "{pointers:?}");
            assert!(answer.json()["errors"][0]["span"]["line"].is_u64(), "{}", answer.text);
        }
        nothing_was_made(&app).await;
    }

    async fn a_change_needs_the_etag_that_was_read(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = make(&app, &least("A", &check)).await;
        let stale = app.get(&path(&rule)).await.etag();
        app.patch(&path(&rule), &json!({ "name": "B" })).await.expect(200);
        for verb in [Method::PUT, Method::PATCH, Method::DELETE] {
            let bare = app.request(verb.clone(), &path(&rule)).json(&least("C", &check)).send().await;
            assert_eq!(bare.problem(428), "precondition-required", "{verb}");
            let late = app.request(verb.clone(), &path(&rule)).header("if-match", &stale);
            assert_eq!(late.json(&least("C", &check)).send().await.problem(412), "stale", "{verb}");
        }
        assert_eq!(app.get(&path(&rule)).await.expect(200)["name"], "B");
    }

    async fn a_rule_nobody_made_is_not_found(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let send = async |verb: Method, path: &str, body: &Value| {
            app.request(verb, path).header("if-match", "\"1\"").json(body).send().await.problem(404)
        };
        for id in ["rule_01h455vb4pex5vsknk084sn02q", "rule_", "integration_01h455vb4pex5vsknk084sn02q", "%00"] {
            let path = format!("/v1/payment-rules/{id}");
            let body = least("A", &check);
            assert_eq!(app.get(&path).await.problem(404), "not-found");
            assert_eq!(send(Method::PUT, &path, &body).await, "not-found");
            assert_eq!(send(Method::PATCH, &path, &body).await, "not-found");
            assert_eq!(send(Method::DELETE, &path, &body).await, "not-found");
            for word in ["enable", "disable", "duplicate"] {
                assert_eq!(send(Method::POST, &format!("{path}/{word}"), &json!({})).await, "not-found");
            }
        }
    }

    async fn a_patch_is_held_to_the_same_rules(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = make(&app, &least("A", &check)).await;
        for (patch, pointer) in [
            (json!({ "name": null }), "/name"),
            (json!({ "paymentMethods": [] }), "/paymentMethods"),
            (json!({ "paymentMethods": [{ "id": NOBODYS }] }), "/paymentMethods/0/id"),
            (json!({ "nmae": "B" }), "/nmae"),
            (json!({ "nmae": null }), "/nmae"),
        ] {
            assert_eq!(app.patch(&path(&rule), &patch).await.pointers(), [pointer], "{patch}");
        }
        assert_eq!(app.get(&path(&rule)).await.expect(200), rule);
    }
}
