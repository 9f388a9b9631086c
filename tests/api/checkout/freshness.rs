//! How soon changes are seen, and what happens while the database is away.

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;

use crate::{
    TestApp,
    shop::cart,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn a_change_is_seen_here_when_it_is_answered_and_elsewhere_soon(database: Database) {
        let database = Arc::new(database);
        let here = TestApp::start_with(Arc::clone(&database), &[]).await;
        let there = TestApp::start_with(database, &[]).await;
        let check = here.check("c").await;
        let rule = here.rule("r", 1, &[&check], json!({})).await;
        assert_eq!(here.offered(&cart()).await, std::slice::from_ref(&check));
        until(async || there.offered(&cart()).await == [check.clone()]).await;
        here.delete(&format!("/v1/payment-rules/{rule}")).await.expect(204);
        assert_eq!(here.offered(&cart()).await, Vec::<String>::new());
        until(async || there.offered(&cart()).await.is_empty()).await;
    }

    async fn checkout_answers_from_the_last_rules_while_the_database_is_away(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({})).await;
        app.service.store().close().await;
        let path = "/v1/checkout/payment-methods";
        until(async || !app.post(path, &cart()).await.header("age").is_empty()).await;
        assert_eq!(app.offered(&cart()).await, [check]);
        let ready = app.bare(Method::GET, "/health/ready").send().await.expect(200);
        assert_eq!(ready["status"], "degraded");
        assert_eq!(app.get("/v1/payment-rules").await.problem(503), "unavailable");
    }

    async fn rules_that_are_too_old_answer_nothing(database: Database) {
        let app = TestApp::start_with(Arc::new(database), &[("rulebook.max_stale", "0ms")]).await;
        app.service.store().close().await;
        let ready = async || app.bare(Method::GET, "/health/ready").send().await.status;
        until(async || ready().await == 503).await;
        assert_eq!(app.post("/v1/checkout/payment-methods", &cart()).await.problem(503), "unavailable");
    }
}

/// Asks until it is so. A test that waits for another process has no moment to wait for, only an end to its patience.
async fn until(holds: impl AsyncFn() -> bool) {
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !holds().await {
        assert!(
            std::time::Instant::now() < patience,
            "it never came to be so"
        );
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}
