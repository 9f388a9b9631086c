//! The health of integrations: what calls make of it, and what follows at checkout, in the feed and for operators.

use std::{sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::until,
    buyer::payable,
    events,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const NO_KEY: &str = "no key at all";

async fn health_at(app: &TestApp, shop: &TestShop) -> Value {
    app.get(&shop.integration).await.expect(200)["health"].clone()
}

impl TestShop {
    async fn health(&self) -> Value {
        health_at(&self.app, self).await
    }

    async fn becomes(&self, state: &str) {
        until(async || self.health().await["state"] == state).await;
    }

    async fn check(&self) -> Value {
        self.app
            .post(&format!("{}/check", self.integration), &json!({}))
            .await
            .expect(200)
    }

    /// The provider does not know the key any more.
    async fn lock_out(&self) {
        let path = format!("/merchants/{}/key", self.sandbox.merchant_id);
        self.control(Method::PUT, &path, &json!({ "apiKey": NO_KEY }))
            .await;
    }

    async fn checkout(&self) -> Value {
        self.app
            .post("/v1/checkout/payment-methods?explain=summary", &payable())
            .await
            .expect(200)
    }

    /// Lets so many calls fail that the next ones are held back.
    async fn go_down(&self) {
        self.fault(&json!({ "count": null, "effect": { "kind": "answer", "status": 503 } }))
            .await;
        for _ in 0..5 {
            self.check().await;
        }
        self.becomes("down").await;
    }
}

on_both_databases! {
    async fn two_rejections_a_minute_apart_hide_the_method_until_the_key_is_right(database: Database) {
        let shop = TestShop::open(database).await;
        assert_eq!(shop.health().await, json!({ "state": "ok", "since": null, "reason": null }));
        let before = shop.app.get(&shop.integration).await;
        let revision = shop.checkout().await["revision"].clone();
        shop.lock_out().await;
        assert_eq!(shop.check().await["result"], "invalid_api_key");
        shop.becomes("degraded").await;
        assert_eq!(shop.health().await["reason"], "unauthorized");
        assert_eq!(shop.checkout().await["offered"][0]["id"], json!(shop.method));
        // The second rejection is found by the service itself.
        shop.pass(Duration::from_secs(60)).await;
        shop.becomes("invalid").await;
        let refused = shop.checkout().await;
        assert_eq!(refused["offered"], json!([]));
        assert_eq!(refused["notOffered"][0]["reasons"][0]["code"], "credentials_invalid");
        assert_eq!(refused["revision"], revision, "health is no part of the revisions");
        let asked_again = shop.app.request(Method::GET, &shop.integration).header("if-none-match", &before.etag());
        let shown = asked_again.send().await;
        assert_ne!(shown.etag(), before.etag());
        assert_eq!(shown.expect(200)["health"]["state"], "invalid", "a cache does not keep what has changed");
        let current = shop.app.get(&shop.integration).await.etag();
        let unchanged = shop.app.request(Method::GET, &shop.integration).header("if-none-match", &current).send().await;
        assert_eq!((unchanged.status.as_u16(), unchanged.etag()), (304, current));
        let listed = shop.app.get("/v1/integrations?type=apruve").await.expect(200);
        assert_eq!(listed["items"][0]["etag"], json!(unchanged.etag()));
        let body = json!({ "paymentMethodId": shop.method, "orderId": "SO-1", "cart": payable() });
        let placed = shop.post("/v1/payments", &body).await;
        assert_eq!(placed.problem(409), "not-eligible");
        assert_eq!(placed.json()["reasons"][0]["code"], "credentials_invalid");
        // Another key is tried at once. A caller who read the integration before its health changed may change it.
        let other_key = shop.app.request(Method::PATCH, &shop.integration).header("if-match", &before.etag());
        let changed = other_key.json(&json!({ "settings": { "apiKey": NO_KEY } })).send().await;
        assert_ne!(changed.etag(), before.etag());
        changed.expect(200);
        let late = shop.app.request(Method::PATCH, &shop.integration).header("if-match", &before.etag());
        assert_eq!(late.json(&json!({ "name": "Late" })).send().await.problem(412), "stale");
        shop.becomes("ok").await;
        assert_eq!(shop.checkout().await["offered"][0]["id"], json!(shop.method));
        let reported = events::reported(&shop.app, "type=integration.*").await;
        assert_eq!(events::types(&reported), ["integration.invalid", "integration.recovered"]);
        assert_eq!(reported[0]["data"]["health"]["state"], "invalid");
        assert_eq!(reported[1]["data"]["health"]["state"], "ok");
    }

    async fn a_refused_call_alone_is_degraded_and_an_answer_heals(database: Database) {
        let shop = TestShop::open(database).await;
        shop.fault(&json!({ "count": 2, "effect": { "kind": "answer", "status": 403 } })).await;
        shop.check().await;
        shop.becomes("degraded").await;
        assert_eq!(shop.health().await["reason"], "forbidden");
        shop.pass(Duration::from_secs(120)).await;
        shop.check().await;
        assert_eq!(shop.health().await["state"], "degraded");
        assert_eq!(shop.checkout().await["offered"][0].get("warnings"), None);
        shop.check().await;
        shop.becomes("ok").await;
        assert_eq!(events::reported(&shop.app, "type=integration.*").await, Vec::<Value>::new());
    }

    async fn an_outage_warns_or_hides_as_configured_and_heals_by_itself(database: Database) {
        let shop = TestShop::open(database).await;
        shop.go_down().await;
        assert_eq!(shop.health().await["reason"], "unreachable");
        for check in ["off", "advise", "require"] {
            for (fallback, warns, offered) in [("warn", true, true), ("offer", false, true), ("hide", false, false)] {
                let credit = json!({ "check": check, "whenUnreachable": fallback });
                shop.app.patch(&shop.integration, &json!({ "settings": { "credit": credit } })).await.expect(200);
                let answer = shop.checkout().await;
                let ids = answer["offered"].as_array().expect("a list");
                assert_eq!(ids.len(), usize::from(offered), "{check} {fallback}: {answer}");
                if offered {
                    let code = &ids[0]["warnings"][0]["code"];
                    assert_eq!(code == "provider_unreachable", warns, "{check} {fallback}: {answer}");
                } else {
                    assert_eq!(answer["notOffered"][0]["reasons"][0]["code"], "provider_unreachable", "{check}");
                }
            }
        }
        let ready = shop.app.bare(Method::GET, "/health/ready").send().await.expect(200);
        assert_eq!((&ready["status"], &ready["providers"]["down"], &ready["providers"]["ok"]), (&json!("ok"), &json!(1), &json!(0)));
        shop.control(Method::DELETE, "/faults", &Value::Null).await;
        shop.pass(Duration::from_secs(31)).await;
        shop.becomes("ok").await;
        let reported = events::reported(&shop.app, "type=integration.*").await;
        assert_eq!(events::types(&reported), ["integration.unreachable", "integration.recovered"]);
    }

    async fn replicas_agree_and_tell_each_change_once(database: Database) {
        let database = Arc::new(database);
        let shop = TestShop::open_with(Arc::clone(&database), &[], |_| {}).await;
        let other = TestApp::start_with(Arc::clone(&database), &[]).await;
        shop.lock_out().await;
        let check = format!("{}/check", shop.integration);
        shop.check().await;
        shop.becomes("degraded").await;
        until(async || health_at(&other, &shop).await["state"] == "degraded").await;
        // Both see the second rejection.
        other.pass(Duration::from_secs(60));
        other.post(&check, &json!({})).await.expect(200);
        shop.app.pass(Duration::from_secs(60));
        shop.check().await;
        shop.becomes("invalid").await;
        until(async || health_at(&other, &shop).await["state"] == "invalid").await;
        let hidden = other.post("/v1/checkout/payment-methods", &payable()).await.expect(200);
        assert_eq!(hidden["offered"], json!([]));
        let reported = events::reported(&shop.app, "type=integration.*").await;
        assert_eq!(events::types(&reported), ["integration.invalid"]);
    }
}
