//! How soon changes are seen, and what happens while the database is away.

use std::sync::{Arc, Mutex, mpsc};

use onterms::store::StoreError;
use reqwest::Method;
use serde_json::json;

use crate::{
    TestApp,
    app::{execute, until},
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
        until(async || there.offered(&cart()).await == std::slice::from_ref(&check)).await;
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

    async fn a_rule_and_a_method_that_cannot_be_read_do_not_take_the_others_with_them(database: Database) {
        let database = Arc::new(database);
        let app = TestApp::start_with(Arc::clone(&database), &[]).await;
        let (lost, kept) = (app.check("lost").await, app.check("kept").await);
        app.rule("strange currency", 1, &[&kept], json!({})).await;
        app.rule("strange method", 2, &[&lost], json!({})).await;
        app.rule("both", 3, &[&lost, &kept], json!({})).await;
        assert_eq!(app.offered(&cart()).await, [kept.clone(), lost]);
        for statement in [
            "UPDATE payment_rules SET currency = 'QQQ', version = version + 1 WHERE sort_order = 1",
            "UPDATE integrations SET label = '{', version = version + 1 WHERE name = 'Method lost'",
            "UPDATE revision_counter SET number = number + 1",
        ] {
            execute(&app, statement).await;
        }
        until(async || app.offered(&cart()).await == [kept.clone()]).await;
        let ready = app.bare(Method::GET, "/health/ready").send().await.expect(200);
        assert_eq!(ready["status"], "ok");
        let restarted = TestApp::start_with(database, &[]).await;
        assert_eq!(restarted.offered(&cart()).await, [kept]);
    }

    async fn after_the_database_went_back_checkout_answers_from_what_it_holds(database: Database) {
        let app = TestApp::start(database).await;
        let (check, terms) = (app.check("c").await, app.check("t").await);
        app.rule("r", 1, &[&check], json!({})).await;
        // The same version of the rule with other contents, as after a backup was played in and the rule changed anew.
        let methods = format!("UPDATE payment_rule_methods SET integration_id = 'integration_{}'", suffix(&terms));
        execute(&app, &methods).await;
        execute(&app, "UPDATE revision_counter SET number = number - 1").await;
        until(async || app.offered(&cart()).await == [terms.clone()]).await;
    }

    async fn a_database_that_hangs_counts_as_away_until_it_answers(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({})).await;
        // What asks for the newest revision waits behind a read that does not end.
        let (release, released) = mpsc::channel::<()>();
        let released = Mutex::new(released);
        let store = app.service.store().for_control();
        actix_web::rt::spawn(async move {
            let hang = move |_: &mut _| {
                let _ = released.lock().map(|released| released.recv());
                Ok::<_, StoreError>(())
            };
            store.read(hang).await
        });
        let status = async || app.bare(Method::GET, "/health/ready").send().await.expect(200)["status"].clone();
        until(async || status().await == "degraded").await;
        assert_eq!(app.offered(&cart()).await, [check]);
        drop(release);
        until(async || status().await == "ok").await;
    }

    async fn rules_that_are_too_old_answer_nothing(database: Database) {
        let app = TestApp::start_with(Arc::new(database), &[("rulebook.max_stale", "0ms")]).await;
        app.service.store().close().await;
        let ready = async || app.bare(Method::GET, "/health/ready").send().await.status;
        until(async || ready().await == 503).await;
        assert_eq!(app.post("/v1/checkout/payment-methods", &cart()).await.problem(503), "unavailable");
    }
}

fn suffix(id: &str) -> &str {
    id.rsplit('_').next().unwrap_or_default()
}
