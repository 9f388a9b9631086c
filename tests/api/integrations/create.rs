//! `POST /v1/integrations`, `GET /v1/integrations/{id}`, `GET /v1/integration-types`.

use reqwest::Method;
use serde_json::json;

use super::{apruve, audited, create, payment_term};
use crate::{
    TestApp,
    apruve::{API_KEY, MERCHANT},
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn a_new_apruve_integration_shows_its_webhook_url_once_and_its_api_key_never(database: Database) {
        let app = TestApp::start(database).await;
        let answer = app.post("/v1/integrations", &apruve("Apruve US")).await;
        let mut created = answer.expect(201);
        assert!(!answer.text.contains(API_KEY));
        let id = created["id"].as_str().expect("an id").to_owned();
        assert_eq!(answer.header("location"), format!("/v1/integrations/{id}"));
        let url = created["webhookUrl"].as_str().expect("a webhook URL").to_owned();
        let (origin, token) = url.rsplit_once('/').expect("a path");
        assert_eq!(origin, format!("http://{}/webhooks/apruve", app.address));
        assert_eq!(token.len(), 43);
        assert_eq!(created["settings"]["webhookUrlHint"], format!("{origin}/…{}", &token[39..]));
        assert_eq!(created["settings"]["apiKeyHint"], "…9f3c");
        assert_eq!(created["paymentMethodId"], id.replace("integration_", "apruve_"));
        assert_eq!(created["createdAt"], "2026-03-01T12:00:00Z");
        assert_eq!(created["enabled"], true);

        let read = app.get(&format!("/v1/integrations/{id}")).await;
        assert_eq!(read.etag(), answer.etag());
        assert!(!read.text.contains(API_KEY) && !read.text.contains(token));
        created.as_object_mut().expect("an object").remove("webhookUrl");
        assert_eq!(read.expect(200), created);
    }

    async fn settings_that_are_left_out_are_shown_with_their_defaults(database: Database) {
        let app = TestApp::start(database).await;
        let mut body = apruve("Live");
        body["settings"] = json!({ "merchantId": MERCHANT, "apiKey": API_KEY });
        let (_, created) = create(&app, &body).await;
        let mut settings = created["settings"].clone();
        settings.as_object_mut().expect("an object").remove("webhookUrlHint");
        assert_eq!(settings, json!({
            "merchantId": MERCHANT, "apiKeyHint": "…9f3c", "testMode": false, "currencies": ["USD"], "baseUrl": null,
            "webhookPublicKeys": [], "financing": "apruve", "requiresShipment": false, "fundingAlertHours": 24,
            "credit": { "check": "off", "maxAge": "15m", "whenUnknown": "offer", "whenUnreachable": "warn" },
        }));
        let (_, created) = create(&app, &payment_term("Terms")).await;
        assert_eq!(created["settings"], json!({ "instructions": "" }));
        assert_eq!(created["shortLabel"], created["label"]);
        assert_eq!(created.get("webhookUrl"), None);
    }

    async fn a_name_can_be_had_once(database: Database) {
        let app = TestApp::start(database).await;
        create(&app, &payment_term("Terms")).await;
        let again = app.post("/v1/integrations", &payment_term("Terms")).await;
        assert_eq!(again.problem(409), "name-taken");
        assert_eq!(again.json()["errors"][0]["pointer"], "/name");
    }

    async fn the_same_request_with_the_same_key_creates_one_integration(database: Database) {
        let app = TestApp::start(database).await;
        let send = |body: serde_json::Value| {
            app.request(Method::POST, "/v1/integrations").header("idempotency-key", "k1").json(&body).send()
        };
        let first = send(apruve("Apruve US")).await;
        let again = send(apruve("Apruve US")).await;
        assert_eq!(first.header("idempotent-replayed"), "");
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(first.expect(201), again.expect(201));
        assert_eq!(first.header("location"), again.header("location"));
        assert_eq!(send(apruve("Another")).await.problem(422), "idempotency-key-reused");
        let list = app.get("/v1/integrations?count=true").await.expect(200);
        assert_eq!(list["total"], 1);
    }

    async fn a_refused_request_leaves_its_key_free(database: Database) {
        let app = TestApp::start(database).await;
        let send = |name: &'static str| {
            let request = app.request(Method::POST, "/v1/integrations").header("idempotency-key", "k1");
            request.json(&payment_term(name)).send()
        };
        assert_eq!(send("x").await.pointers(), ["/name"]);
        send("Terms").await.expect(201);
    }

    async fn everything_wrong_with_a_body_is_reported_at_once_and_nothing_is_created(database: Database) {
        let app = TestApp::start(database).await;
        let body = json!({
            "type": "apruve", "name": "ab", "label": { "default": "" }, "enabeld": true,
            "settings": { "merchantId": "a/b", "apiKey": "", "currencies": ["usd"] },
        });
        let answer = app.post("/v1/integrations", &body).await;
        assert_eq!(
            answer.pointers(),
            ["/name", "/label/default", "/settings/merchantId", "/settings/apiKey", "/settings/currencies/0", "/enabeld"]
        );
        assert!(answer.text.contains("did you mean `enabled`?"), "{}", answer.text);
        assert_eq!(app.get("/v1/integrations").await.expect(200)["items"], json!([]));
    }

    async fn a_body_that_is_no_json_object_is_refused(database: Database) {
        let app = TestApp::start(database).await;
        let send = |body: Vec<u8>| app.request(Method::POST, "/v1/integrations").raw(body).send();
        assert_eq!(send(b"{".to_vec()).await.problem(400), "malformed-json");
        assert_eq!(send(b"".to_vec()).await.problem(400), "malformed-json");
        assert_eq!(send(b"{\"name\":\"\xff\"}".to_vec()).await.problem(400), "malformed-json");
        assert_eq!(send("[".repeat(100_000).into_bytes()).await.problem(400), "malformed-json");
        assert_eq!(send(b"[]".to_vec()).await.problem(422), "invalid");
        assert_eq!(send(vec![b' '; 300 * 1024]).await.problem(413), "too-large");
        let text = app.request(Method::POST, "/v1/integrations").header("content-type", "text/plain").send().await;
        assert_eq!(text.problem(415), "unsupported-media-type");
    }

    async fn an_unchanged_integration_is_not_sent_again(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &payment_term("Terms")).await;
        let etag = app.get(&address).await.etag();
        let again = app.request(Method::GET, &address).header("if-none-match", &etag).send().await;
        again.expect(304);
        assert_eq!(again.text, "");
        assert_eq!(again.etag(), etag);
    }

    async fn an_id_that_names_nothing_is_not_found(database: Database) {
        let app = TestApp::start(database).await;
        for id in ["integration_01h455vb4pex5vsknk084sn02q", "rule_01h455vb4pex5vsknk084sn02q", "x", "%00", "%ff"] {
            assert_eq!(app.get(&format!("/v1/integrations/{id}")).await.problem(404), "not-found", "{id}");
        }
    }

    async fn creation_is_audited_without_secrets(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &apruve("Apruve US")).await;
        let log = audited(&app, &address).await;
        let (action, changes) = &log[0];
        assert_eq!(action, "create");
        assert_eq!(changes["apiKey"], json!({ "from": null, "to": "••••" }));
        assert_eq!(changes["name"], json!({ "from": null, "to": "Apruve US" }));
        assert!(!changes.to_string().contains(API_KEY) && !changes.to_string().contains("9f3c"));
    }

    async fn every_type_is_described_by_a_schema(database: Database) {
        let app = TestApp::start(database).await;
        let types = app.get("/v1/integration-types").await.expect(200);
        let types = types["items"].as_array().expect("a list");
        let names: Vec<_> = types.iter().map(|it| it["type"].as_str().expect("a type")).collect();
        assert_eq!(names, ["apruve", "payment_term", "check_money_order"]);
        let apruve = &types[0];
        assert_eq!(apruve["settingsSchema"]["properties"]["apiKey"]["writeOnly"], true);
        assert_eq!(apruve["settingsSchema"]["required"], json!(["merchantId", "apiKey"]));
        let currencies = apruve["capabilities"]["currencies"].as_array().expect("a list");
        assert!(currencies.contains(&json!("USD")) && !currencies.contains(&json!("XXX")));
    }
}
