//! Tokens that are taken back.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use diesel::{QueryDsl, RunQueryDsl};
use onterms::{
    auth::Scope,
    store::{StoreError, schema::token_revocations},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::until,
    support::{Database, on_both_databases},
};

const REVOKE: &str = "/v1/tokens/revoke";

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("three parts");
    let json = URL_SAFE_NO_PAD.decode(part).expect("Base64");
    serde_json::from_slice(&json).expect("JSON")
}

async fn is_taken(app: &TestApp, token: &str) -> bool {
    let answer = app
        .bare(Method::GET, "/v1/settings")
        .bearer(token)
        .send()
        .await;
    assert!(
        answer.status == 200 || answer.problem(401) == "unauthorized",
        "{answer:?}"
    );
    answer.status == 200
}

on_both_databases! {
    async fn a_revoked_token_is_refused_at_once_here_and_soon_everywhere(database: Database) {
        let database = Arc::new(database);
        let (app, other) = (
            TestApp::start_with(Arc::clone(&database), &[]).await,
            TestApp::start_with(Arc::clone(&database), &[]).await,
        );
        let [lost, kept] = [(); 2].map(|()| app.token("clerk", &[Scope::SettingsRead]));
        for app in [&app, &other] {
            assert!(is_taken(app, &lost).await && is_taken(app, &kept).await);
        }
        let revocation = json!({ "jti": claims(&lost)["jti"], "expiresAt": "2026-05-30T12:00:00Z" });
        let answer = app.post(REVOKE, &revocation).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
        assert!(!is_taken(&app, &lost).await);
        until(async || !is_taken(&other, &lost).await).await;
        assert!(is_taken(&app, &kept).await && is_taken(&other, &kept).await);
        // Again is as good as once, and a replica that starts later knows too.
        app.post(REVOKE, &revocation).await.expect(204);
        let late = TestApp::start_with(Arc::clone(&database), &[]).await;
        assert!(!is_taken(&late, &lost).await && is_taken(&late, &kept).await);
        let entries = app.get("/v1/audit-log?resourceType=token").await.expect(200)["items"].clone();
        assert_eq!(entries.as_array().map(Vec::len), Some(2));
        assert_eq!((&entries[0]["action"], &entries[0]["actor"]), (&json!("revoke"), &json!("admin")));
    }

    async fn the_tokens_of_a_subject_are_revoked_up_to_a_moment(database: Database) {
        let app = TestApp::start(database).await;
        let old = app.token("clerk", &[Scope::SettingsRead]);
        let of_another = app.token("another", &[Scope::SettingsRead]);
        app.pass(Duration::from_secs(10));
        let revocation = json!({ "sub": "clerk", "issuer": "somebody else", "issuedBefore": app.now() });
        app.post(REVOKE, &revocation).await.expect(204);
        assert!(is_taken(&app, &old).await);
        app.post(REVOKE, &json!({ "sub": "clerk", "issuedBefore": app.now() })).await.expect(204);
        assert!(!is_taken(&app, &old).await);
        assert!(is_taken(&app, &of_another).await);
        assert!(is_taken(&app, &app.token("clerk", &[Scope::SettingsRead])).await);
    }

    async fn a_revocation_goes_when_no_such_token_can_be_valid(database: Database) {
        let app = TestApp::start(database).await;
        let token = app.token("clerk", &[Scope::SettingsRead]);
        let jti = claims(&token)["jti"].clone();
        app.post(REVOKE, &json!({ "jti": jti, "expiresAt": "2026-05-30T12:00:00Z" })).await.expect(204);
        app.post(REVOKE, &json!({ "sub": "clerk", "issuedBefore": app.now() })).await.expect(204);
        let day = Duration::from_secs(24 * 60 * 60);
        for (days, left) in [(89, 2), (2, 1), (274, 1), (2, 0)] {
            app.pass(days * day);
            app.service.sweep().await.expect("swept");
            let rows = app.service.store().read(|conn| Ok::<i64, StoreError>(token_revocations::table.count().get_result(conn)?));
            assert_eq!(rows.await.expect("a count"), left, "{days}");
        }
    }

    async fn what_names_no_tokens_is_refused(database: Database) {
        let app = TestApp::start(database).await;
        assert_eq!(app.post(REVOKE, &json!({ "subject": "clerk" })).await.pointers(), ["/jti", "/subject"]);
        let long = json!({ "jti": "x".repeat(256), "expiresAt": "soon" });
        assert_eq!(app.post(REVOKE, &long).await.pointers(), ["/jti", "/expiresAt"]);
        assert_eq!(app.request(Method::POST, REVOKE).raw("[]").send().await.pointers(), [""]);
        let clerk = app.token("clerk", &[Scope::SettingsWrite, Scope::AuditRead]);
        let without = app.bare(Method::POST, REVOKE).bearer(&clerk).raw("{}").send().await;
        assert_eq!(without.problem(403), "missing-scope");
    }
}
