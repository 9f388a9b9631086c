//! `POST /v1/integrations/check` and `…/{id}/check`.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use super::{apruve, create, payment_term};
use crate::{
    TestApp,
    apruve::{API_KEY, Apruve, Behaviour, MERCHANT, RecordedCall},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

fn account(origin: &str, settings: &Value) -> Value {
    let mut all =
        json!({ "merchantId": MERCHANT, "apiKey": API_KEY, "testMode": true, "baseUrl": origin });
    if let (Value::Object(all), Value::Object(settings)) = (&mut all, settings.clone()) {
        all.extend(settings);
    }
    json!({ "type": "apruve", "settings": all })
}

async fn try_out(app: &TestApp, body: &Value) -> Value {
    let answer = app.post("/v1/integrations/check", body).await;
    assert!(!answer.text.contains(API_KEY), "{}", answer.text);
    answer.expect(200)
}

on_both_databases! {
    async fn a_good_account_is_ok_and_apruve_was_asked_properly(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Genuine);
        let result = try_out(&app, &account(&stand_in.origin, &json!({}))).await;
        assert_eq!(result["result"], "ok");
        assert_eq!(result["merchantName"], "Acme Supplies");
        assert_eq!(result["warnings"], json!([]));
        assert_eq!(stand_in.asked(), [RecordedCall {
            method: "GET".to_owned(),
            path: format!("/api/v4/merchants/{MERCHANT}"),
            api_key: Some(API_KEY.to_owned()),
            accept: Some("application/json".to_owned()),
        }]);
    }

    async fn a_wrong_key_and_an_unknown_merchant_are_distinguished(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Genuine);
        for (settings, expected) in [
            (json!({ "apiKey": "another-key" }), "invalid_api_key"),
            (json!({ "merchantId": "another-merchant" }), "merchant_not_found"),
        ] {
            let result = try_out(&app, &account(&stand_in.origin, &settings)).await;
            assert_eq!(result["result"], expected);
            assert!(result["message"].as_str().is_some_and(|it| it.ends_with('.')), "{result}");
        }
        let forbidding = Apruve::start(Behaviour::Status(403));
        let result = try_out(&app, &account(&forbidding.origin, &json!({}))).await;
        assert_eq!(result["result"], "invalid_api_key");
    }

    async fn a_key_of_another_merchant_is_distinguished(database: Database) {
        let app = TestApp::start(database).await;
        for (other, body) in [
            ("b2c3", r#"{"id": "b2c3", "name": "Bolt Brothers"}"#),
            ("A1B2C3D4E5F60718293A4B5C6D7E8F90", r#"{"uuid": "A1B2C3D4E5F60718293A4B5C6D7E8F90"}"#),
            ("7", r#"{"merchant": {"id": 7}}"#),
        ] {
            let stand_in = Apruve::start(Behaviour::Says(body));
            let result = try_out(&app, &account(&stand_in.origin, &json!({}))).await;
            assert_eq!(result["result"], "merchant_not_found");
            let message = result["message"].as_str().expect("a sentence");
            assert!(message.contains(&format!("`{other}`")) && message.contains(MERCHANT), "{message}");
        }
    }

    async fn a_test_key_in_live_mode_is_warned_of(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Genuine);
        let test_key = onterms::providers::apruve::TEST_WEBHOOK_KEY;
        let windows = test_key.replace('\n', "\r\n");
        for (live, keys, warnings) in [
            (true, json!([test_key]), json!(["test_webhook_key"])),
            (true, json!([windows]), json!(["test_webhook_key"])),
            (true, json!([]), json!(["no_webhook_key"])),
            (false, json!([test_key]), json!([])),
            (false, json!([]), json!(["no_webhook_key"])),
        ] {
            let settings = json!({ "testMode": !live, "webhookPublicKeys": keys });
            let result = try_out(&app, &account(&stand_in.origin, &settings)).await;
            let codes: Value = result["warnings"].as_array().expect("a list").iter()
                .map(|it| it["code"].clone()).collect();
            assert_eq!(codes, warnings, "live: {live}, {keys}");
        }
    }

    async fn whatever_else_comes_back_is_unreachable(database: Database) {
        let database = Arc::new(database);
        let app = TestApp::start_with(Arc::clone(&database), &[]).await;
        let impatient = TestApp::start_with(database, &[("apruve.timeout", "1s")]).await;
        for behaviour in [
            Behaviour::Status(500),
            Behaviour::Status(503),
            Behaviour::Status(429),
            Behaviour::Silent,
            Behaviour::Says("{\"id\": \"a1"),
            Behaviour::Says("<html>"),
            Behaviour::Says("[]"),
            Behaviour::Says("{}"),
            Behaviour::Says(r#"{"error": "Merchant is suspended"}"#),
            Behaviour::Says(r#"{"errors": [{"title": "Not found"}]}"#),
            Behaviour::Says(r#"{"name": "Acme Supplies"}"#),
            Behaviour::Says(r#"{"id": null, "name": "Acme Supplies"}"#),
            Behaviour::Elsewhere,
            Behaviour::Endless,
        ] {
            let stand_in = Apruve::start(behaviour);
            let app = if matches!(behaviour, Behaviour::Silent) { &impatient } else { &app };
            let result = try_out(app, &account(&stand_in.origin, &json!({}))).await;
            assert_eq!(result["result"], "unreachable", "{behaviour:?}: {result}");
            assert_eq!(stand_in.asked().len(), 1, "{behaviour:?}");
        }
        let gone = Apruve::start(Behaviour::Genuine);
        gone.stop().await;
        let result = try_out(&app, &account(&gone.origin, &json!({}))).await;
        assert_eq!(result["result"], "unreachable");
    }

    async fn a_missing_webhook_key_is_warned_of(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Genuine);
        let result = try_out(&app, &account(&stand_in.origin, &json!({ "webhookPublicKeys": [] }))).await;
        assert_eq!(result["result"], "ok");
        assert_eq!(result["warnings"][0]["code"], "no_webhook_key");
    }

    async fn a_saved_account_is_checked_with_its_sealed_key(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Genuine);
        let mut body = apruve("Apruve US");
        body["settings"]["baseUrl"] = format!("{}/api/v4/", stand_in.origin).into();
        let (address, created) = create(&app, &body).await;
        assert_eq!(created["settings"]["baseUrl"], stand_in.origin);
        let result = app.post(&format!("{address}/check"), &json!({})).await.expect(200);
        assert_eq!(result["result"], "ok");
        assert_eq!(stand_in.asked()[0].api_key.as_deref(), Some(API_KEY));
        let missing = app.post("/v1/integrations/integration_01h455vb4pex5vsknk084sn02q/check", &json!({})).await;
        assert_eq!(missing.problem(404), "not-found");
    }

    async fn the_sandbox_is_an_account_that_works(database: Database) {
        let shop = TestShop::open(database).await;
        let check = format!("{}/check", shop.integration);
        let result = shop.app.post(&check, &json!({})).await.expect(200);
        assert_eq!((&result["result"], &result["warnings"]), (&json!("ok"), &json!([])));
        assert_eq!(result["merchantName"], "Sandbox Merchant");
        assert_eq!(shop.calls().await, [format!("GET /merchants/{}", shop.sandbox.merchant_id)]);
    }

    async fn offline_methods_have_nothing_to_check(database: Database) {
        let app = TestApp::start(database).await;
        let unsaved = app.post("/v1/integrations/check", &json!({ "type": "payment_term", "settings": {} })).await;
        assert_eq!(unsaved.pointers(), ["/type"]);
        let (address, _) = create(&app, &payment_term("Terms")).await;
        let saved = app.request(Method::POST, &format!("{address}/check")).send().await;
        assert_eq!(saved.problem(409), "conflict");
    }

    async fn an_account_that_cannot_be_one_is_refused_before_anything_is_asked(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Genuine);
        for (settings, pointer) in [
            (json!({ "merchantId": "../orders" }), "/settings/merchantId"),
            (json!({ "apiKey": null }), "/settings/apiKey"),
            (json!({ "baseUrl": "https://evil.example" }), "/settings/baseUrl"),
            (json!({ "baseUrl": "http://169.254.169.254" }), "/settings/baseUrl"),
            (json!({ "baseUrl": format!("{}/other", stand_in.origin) }), "/settings/baseUrl"),
        ] {
            let answer = app.post("/v1/integrations/check", &account(&stand_in.origin, &settings)).await;
            assert_eq!(answer.pointers(), [pointer], "{settings}");
        }
        let refused = app.post("/v1/integrations/check", &account("https://evil.example", &json!({}))).await;
        assert!(refused.text.contains("apruve.allowed_hosts"), "{}", refused.text);
        assert_eq!(stand_in.asked(), []);
    }

    async fn checks_are_rationed_because_they_call_out(database: Database) {
        let app = TestApp::start_with(Arc::new(database), &[("rate_limits.check", "1")]).await;
        let stand_in = Apruve::start(Behaviour::Genuine);
        let body = account(&stand_in.origin, &json!({}));
        try_out(&app, &body).await;
        let second = app.post("/v1/integrations/check", &body).await;
        assert_eq!(second.problem(429), "too-many-requests");
        assert_ne!(second.header("retry-after"), "");
        assert_eq!(stand_in.asked().len(), 1);
    }
}
