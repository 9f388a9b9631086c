//! `POST /v1/integrations/{id}/rotate-webhook-token` and `…/reveal-webhook-url`.

use std::time::Duration;

use onterms::integrations::{store, webhook_token};
use reqwest::Method;
use serde_json::{Value, json};

use super::{apruve, audited, create, payment_term};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

/// Whether a webhook with this URL would be taken now.
async fn works(app: &TestApp, url: &Value) -> bool {
    let token = url
        .as_str()
        .and_then(|url| url.rsplit('/').next())
        .expect("a URL");
    let (hash, now) = (webhook_token::hash_of(token), app.now());
    let found = app
        .service
        .store()
        .read(move |conn| store::find_by_webhook_token(conn, &hash, now))
        .await;
    found.expect("a readable row").is_some()
}

on_both_databases! {
    async fn a_rotated_token_works_for_a_day_beside_the_new_one(database: Database) {
        let app = TestApp::start(database).await;
        let (address, created) = create(&app, &apruve("Apruve US")).await;
        let before = app.get(&address).await;
        let rotated = app.request(Method::POST, &format!("{address}/rotate-webhook-token")).send().await;
        let (old, new) = (&created["webhookUrl"], rotated.expect(200)["webhookUrl"].clone());
        assert_ne!(old, &new);
        assert_ne!(rotated.etag(), before.etag());
        assert_eq!(app.get(&address).await.etag(), rotated.etag());
        assert!(works(&app, old).await && works(&app, &new).await);
        app.pass(Duration::from_secs(86_399));
        assert!(works(&app, old).await);
        app.pass(Duration::from_secs(1));
        assert!(!works(&app, old).await && works(&app, &new).await);
    }

    async fn a_leaked_token_ends_at_once_with_all_before_it(database: Database) {
        let app = TestApp::start(database).await;
        let (address, created) = create(&app, &apruve("Apruve US")).await;
        let path = format!("{address}/rotate-webhook-token");
        let second = app.post(&path, &json!({ "graceSeconds": 3600 })).await.expect(200);
        assert!(works(&app, &created["webhookUrl"]).await);
        let third = app.post(&path, &json!({ "graceSeconds": 0 })).await.expect(200);
        assert!(!works(&app, &created["webhookUrl"]).await);
        assert!(!works(&app, &second["webhookUrl"]).await);
        assert!(works(&app, &third["webhookUrl"]).await);
    }

    async fn the_same_rotation_twice_is_one(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &apruve("Apruve US")).await;
        let rotate = || {
            let request = app.request(Method::POST, &format!("{address}/rotate-webhook-token"));
            request.header("idempotency-key", "k").json(&json!({})).send()
        };
        let (once, twice) = (rotate().await, rotate().await);
        assert_eq!(twice.header("idempotent-replayed"), "true");
        assert_eq!(once.expect(200), twice.expect(200));
        assert_eq!(audited(&app, &address).await.len(), 2);
    }

    async fn revealing_the_url_is_written_down(database: Database) {
        let app = TestApp::start(database).await;
        let (address, created) = create(&app, &apruve("Apruve US")).await;
        let shown = app.post(&format!("{address}/reveal-webhook-url"), &json!({})).await;
        assert_eq!(shown.expect(200), created);
        assert_eq!(shown.etag(), app.get(&address).await.etag());
        let log = audited(&app, &address).await;
        assert_eq!(log[1].0, "reveal_webhook_url");
        let token = created["webhookUrl"].as_str().and_then(|url| url.rsplit('/').next()).expect("a URL");
        assert!(!format!("{log:?}").contains(token));
    }

    async fn a_reader_may_not_see_the_url(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &apruve("Apruve US")).await;
        let token = app.token("reader", &[onterms::auth::Scope::IntegrationsRead]);
        for action in ["reveal-webhook-url", "rotate-webhook-token"] {
            let answer = app.bare(Method::POST, &format!("{address}/{action}")).bearer(&token).send().await;
            assert_eq!(answer.problem(403), "missing-scope");
        }
    }

    async fn grace_has_limits_and_offline_methods_have_no_url(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &apruve("Apruve US")).await;
        let path = format!("{address}/rotate-webhook-token");
        for grace in [json!(-1), json!(2_592_001), json!("1h"), json!(1.5)] {
            let answer = app.post(&path, &json!({ "graceSeconds": grace })).await;
            assert_eq!(answer.pointers(), ["/graceSeconds"], "{grace}");
        }
        let (offline, _) = create(&app, &payment_term("Terms")).await;
        for action in ["reveal-webhook-url", "rotate-webhook-token"] {
            let answer = app.request(Method::POST, &format!("{offline}/{action}")).send().await;
            assert_eq!(answer.problem(409), "conflict");
        }
    }

    async fn a_deleted_integration_takes_no_webhooks(database: Database) {
        let app = TestApp::start(database).await;
        let (address, created) = create(&app, &apruve("Apruve US")).await;
        app.delete(&address).await.expect(204);
        assert!(!works(&app, &created["webhookUrl"]).await);
    }
}
