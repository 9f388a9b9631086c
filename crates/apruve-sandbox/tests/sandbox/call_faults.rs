//! Faults of calls, and whether the calls were executed.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_sandbox::TestSandbox;

async fn count_of_orders(sandbox: &TestSandbox) -> usize {
    sandbox
        .read("/orders")
        .await
        .as_array()
        .expect("a list")
        .len()
}

#[actix_web::test]
async fn a_500_before_the_work_leaves_nothing_and_one_after_it_leaves_everything() {
    let sandbox = TestSandbox::new().await;
    let body = sandbox.order_body(100).await;
    for (when, orders) in [("before", 0), ("after", 1)] {
        let effect = json!({ "kind": "answer", "status": 500 });
        let fault = json!({ "method": "POST", "path": "/orders", "when": when, "effect": effect });
        sandbox.fault("calls", &fault).await;
        let (status, _) = sandbox.post("/orders", &body).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{when}");
        assert_eq!(count_of_orders(&sandbox).await, orders, "{when}");
    }
    sandbox.make("/orders", &body).await;
    assert_eq!(count_of_orders(&sandbox).await, 2);
}

#[actix_web::test]
async fn a_connection_is_cut_without_an_answer_before_or_after_the_work() {
    let sandbox = TestSandbox::new().await;
    let body = sandbox.order_body(100).await;
    for (when, orders) in [("before", 0), ("after", 1)] {
        let fault = json!({ "path": "/orders", "when": when, "effect": { "kind": "cut" } });
        sandbox.fault("calls", &fault).await;
        let request = sandbox.request(Method::POST, "/api/v4/orders").json(&body);
        let error = request.send().await.expect_err("no answer");
        assert!(
            error.is_request() && !error.is_connect(),
            "{when}: {error:?}"
        );
        assert_eq!(count_of_orders(&sandbox).await, orders, "{when}");
    }
    let calls = sandbox.control(Method::GET, "/calls", &Value::Null).await;
    let cut = calls
        .as_array()
        .expect("a list")
        .iter()
        .filter(|call| call["status"].is_null());
    assert_eq!(cut.count(), 2);
}

#[actix_web::test]
async fn a_slow_call_is_done_even_if_the_caller_hangs_up() {
    let sandbox = TestSandbox::new().await;
    let body = sandbox.order_body(100).await;
    let effect = json!({ "kind": "delay", "ms": 1_000 });
    let fault = json!({ "method": "POST", "path": "/orders", "effect": effect });
    sandbox.fault("calls", &fault).await;
    let request = sandbox.request(Method::POST, "/api/v4/orders").json(&body);
    let asked = actix_web::rt::spawn(request.send());
    all_taken(&sandbox).await;
    asked.abort();
    assert!(asked.await.is_err(), "it is still waiting");
    // A call that takes its own delay ends after the one that was hung up on.
    sandbox
        .fault("calls", &json!({ "path": "/users/*", "effect": effect }))
        .await;
    sandbox.get("/users/nobody").await;
    assert_eq!(count_of_orders(&sandbox).await, 1);
}

/// Waits until calls have come for all faults: a fault is removed after its last call.
async fn all_taken(sandbox: &TestSandbox) {
    while sandbox.control(Method::GET, "/faults", &Value::Null).await["calls"] != json!([]) {
        tokio::task::yield_now().await;
    }
}

#[actix_web::test]
async fn a_held_call_is_done_when_the_faults_are_taken_away_and_not_before() {
    let sandbox = TestSandbox::new().await;
    let body = sandbox.order_body(100).await;
    let fault = json!({ "method": "POST", "path": "/orders", "effect": { "kind": "hold" } });
    sandbox.fault("calls", &fault).await;
    let request = sandbox.request(Method::POST, "/api/v4/orders").json(&body);
    let held = actix_web::rt::spawn(request.send());
    all_taken(&sandbox).await;
    assert_eq!(count_of_orders(&sandbox).await, 0);
    sandbox
        .control(Method::DELETE, "/faults", &Value::Null)
        .await;
    let answer = held.await.expect("no panic").expect("an answer");
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(count_of_orders(&sandbox).await, 1);
}

#[actix_web::test]
async fn every_shape_of_error_can_be_asked_for() {
    let sandbox = TestSandbox::new().await;
    for (shape, expected) in [
        (
            "errors",
            r#"{"errors":[{"title":"Something went wrong on demand"}]}"#,
        ),
        ("error", r#"{"error":"Something went wrong on demand"}"#),
        (
            "errors-text",
            r#"{"errors":"Something went wrong on demand"}"#,
        ),
        (
            "status",
            r#"{"status":"Unprocessable Entity","status_code":422}"#,
        ),
        ("text", "Unprocessable Entity"),
        ("empty", ""),
    ] {
        let effect = json!({ "kind": "answer", "status": 422, "shape": shape });
        sandbox.fault("calls", &json!({ "effect": effect })).await;
        let answer = sandbox
            .request(Method::GET, "/api/v4/orders")
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{shape}");
        assert_eq!(answer.text().await.expect("a text"), expected, "{shape}");
    }
    let shapes = json!({ "errorShape": "error", "notFoundShape": "empty" });
    sandbox.control(Method::PUT, "/behaviour", &shapes).await;
    let (_, refusal) = sandbox.post("/orders", &json!({})).await;
    assert_eq!(refusal, json!({ "error": "merchant_id is missing" }));
    let answer = sandbox
        .request(Method::GET, "/api/v4/orders/none")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.text().await.expect("a text"), "");
}

#[actix_web::test]
async fn an_answer_may_have_headers_and_a_body_of_its_own() {
    let sandbox = TestSandbox::new().await;
    for (effect, status, retry_after, body) in [
        (
            json!({ "status": 429, "headers": { "Retry-After": "7" }, "shape": "empty" }),
            429,
            Some("7"),
            "",
        ),
        (
            json!({ "status": 200, "body": { "error": "odd" } }),
            200,
            None,
            r#"{"error":"odd"}"#,
        ),
        (json!({ "status": 200, "body": [1] }), 200, None, "[1]"),
        (
            json!({ "status": 503, "body": "<html>", "headers": { "bad name": "x", "Retry-After": "0" } }),
            503,
            Some("0"),
            "<html>",
        ),
    ] {
        let mut fault = json!({ "effect": { "kind": "answer" } });
        for (name, value) in effect.as_object().expect("an object") {
            fault["effect"][name] = value.clone();
        }
        sandbox.fault("calls", &fault).await;
        let request = sandbox.request(Method::GET, "/api/v4/orders");
        let answer = request.send().await.expect("an answer");
        let header = answer.headers().get("retry-after");
        let header = header.map(|it| it.to_str().expect("a text").to_owned());
        assert_eq!(
            (answer.status().as_u16(), header.as_deref()),
            (status, retry_after)
        );
        assert_eq!(answer.text().await.expect("a text"), body);
    }
}

#[actix_web::test]
async fn another_key_opens_the_shop_and_the_old_one_does_not() {
    let sandbox = TestSandbox::new().await;
    let path = format!("/merchants/{}/key", sandbox.running.merchant_id);
    sandbox
        .control(Method::PUT, &path, &json!({ "apiKey": "another" }))
        .await;
    assert_eq!(sandbox.get("/orders").await.0, StatusCode::UNAUTHORIZED);
    let request = sandbox.client.get(sandbox.url("/api/v4/orders"));
    let request = request.header("Apruve-Api-Key", "another");
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let (status, _) = sandbox
        .try_control(
            Method::PUT,
            "/merchants/none/key",
            &json!({ "apiKey": "x" }),
        )
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_fault_without_end_strikes_until_it_is_removed() {
    let sandbox = TestSandbox::new().await;
    let effect = json!({ "kind": "answer", "status": 503 });
    sandbox
        .fault(
            "calls",
            &json!({ "count": null, "skip": 1, "effect": effect }),
        )
        .await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(sandbox.get("/orders").await.0.as_u16());
    }
    assert_eq!(statuses, [200, 503, 503, 503]);
    sandbox
        .control(Method::DELETE, "/faults", &Value::Null)
        .await;
    assert_eq!(sandbox.get("/orders").await.0, StatusCode::OK);
}

#[actix_web::test]
async fn a_fault_with_a_word_nobody_knows_is_refused() {
    let sandbox = TestSandbox::new().await;
    for fault in [
        json!({ "effect": { "kind": "explode" } }),
        json!({ "effect": { "kind": "cut" }, "counts": 3 }),
        json!({}),
    ] {
        let (status, _) = sandbox
            .try_control(Method::POST, "/faults/calls", &fault)
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{fault}");
    }
    let faults = sandbox.control(Method::GET, "/faults", &Value::Null).await;
    assert_eq!(faults, json!({ "calls": [], "webhooks": [] }));
}

#[actix_web::test]
async fn faults_may_be_there_from_the_start() {
    let faults = json!({ "calls": [{ "effect": { "kind": "answer", "status": 429 } }] });
    let faults = serde_json::from_value(faults).expect("faults");
    let sandbox = TestSandbox::with(|options| options.faults = faults).await;
    assert_eq!(
        sandbox.get("/orders").await.0,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(sandbox.get("/orders").await.0, StatusCode::OK);
}
