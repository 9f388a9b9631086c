//! Guesses at webhook tokens.

use std::sync::Arc;

use reqwest::Method;

use crate::{
    TestApp,
    app::Answer,
    support::{Database, on_both_databases},
};

const GUESS: &str = "/webhooks/apruve/guess";

async fn guess_from(app: &TestApp, header: &str, value: &str) -> Answer {
    app.bare(Method::POST, GUESS)
        .header(header, value)
        .send()
        .await
}

on_both_databases! {
    async fn a_guess_beyond_the_limit_costs_no_look_at_the_database(database: Database) {
        let app = TestApp::start_with(Arc::new(database), &[("rate_limits.webhook_miss", "1")]).await;
        let guess = || app.bare(Method::POST, GUESS).send();
        assert_eq!(guess().await.problem(404), "not-found");
        app.service.store().close().await;
        for _ in 0..3 {
            assert_eq!(guess().await.problem(429), "too-many-requests");
        }
    }

    async fn behind_a_trusted_proxy_each_client_has_a_limit_of_its_own(database: Database) {
        let flags = [("rate_limits.webhook_miss", "1"), ("server.trusted_proxies", "127.0.0.0/8")];
        let app = TestApp::start_with(Arc::new(database), &flags).await;
        for (header, one, other) in [
            ("x-forwarded-for", "198.51.100.1", "198.51.100.2"),
            ("forwarded", "for=198.51.100.3", "for=198.51.100.4"),
        ] {
            assert_eq!(guess_from(&app, header, one).await.problem(404), "not-found");
            assert_eq!(guess_from(&app, header, one).await.problem(429), "too-many-requests");
            assert_eq!(guess_from(&app, header, other).await.problem(404), "not-found");
        }
    }

    async fn a_stranger_cannot_take_another_address(database: Database) {
        let app = TestApp::start_with(Arc::new(database), &[("rate_limits.webhook_miss", "1")]).await;
        for (address, status) in [("198.51.100.1", 404), ("198.51.100.2", 429), ("198.51.100.3", 429)] {
            assert_eq!(guess_from(&app, "x-forwarded-for", address).await.status, status);
        }
    }
}
