//! `GET` and `POST /v1/integrations/{id}/webhook-endpoints`.

use std::time::Duration;

use futures_util::future::join;
use reqwest::Method;
use serde_json::{Value, json};

use super::{audited, create, payment_term, tick};
use crate::{
    TestApp,
    app::Answer,
    support::{Database, on_both_databases},
    test_shop::{TestShop, account},
};

impl TestShop {
    async fn endpoints(&self) -> Vec<Value> {
        let path = format!("{}/webhook-endpoints", self.integration);
        let shown = self.app.get(&path).await.expect(200);
        assert_eq!(
            (&shown["nextCursor"], &shown["complete"]),
            (&Value::Null, &json!(true))
        );
        shown["items"].as_array().expect("a list").clone()
    }

    async fn register(&self, key: &str) -> Answer {
        tick(&self.app);
        let path = format!("{}/webhook-endpoints", self.integration);
        let request = self.app.request(Method::POST, &path);
        request.header("idempotency-key", key).send().await
    }

    /// The URLs that Apruve really posts to.
    async fn posted_to(&self) -> Vec<String> {
        let shown = self.at_apruve(&self.at_merchant()).await;
        let all = shown.as_array().expect("a list");
        all.iter()
            .map(|one| one["url"].as_str().expect("a URL").to_owned())
            .collect()
    }

    /// Somebody registers an address without asking us.
    async fn add(&self, url: &str) -> Value {
        let (status, made) = self
            .call(Method::POST, &self.at_merchant(), &json!({ "url": url }))
            .await;
        assert_eq!(status, 201, "{made}");
        made["id"].clone()
    }

    async fn rotate(&self) -> String {
        tick(&self.app);
        let path = format!("{}/rotate-webhook-token", self.integration);
        let rotated = self.app.post(&path, &json!({})).await.expect(200);
        rotated["webhookUrl"].as_str().expect("a URL").to_owned()
    }

    fn at_merchant(&self) -> String {
        format!("/merchants/{}/webhook_endpoints", self.sandbox.merchant_id)
    }
}

fn token(url: &str) -> &str {
    url.rsplit('/').next().expect("a token")
}

/// What a URL may be shown as.
fn hinted(url: &str) -> String {
    let token = token(url);
    url.replace(token, &format!("…{}", &token[token.len() - 4..]))
}

on_both_databases! {
    async fn registering_adds_our_address_once_and_shows_no_token(database: Database) {
        let shop = TestShop::open(database).await;
        let theirs = shop.add("https://erp.shop.example/hook?key=1").await;
        assert_eq!(shop.endpoints().await, [json!({
            "id": theirs, "url": "https://erp.shop.example/hook?key=1", "version": "v4",
            "ours": false, "current": false,
        })]);
        let made = shop.register("one").await;
        let url = &shop.webhook_url;
        let made_body = made.expect(201);
        assert_eq!(made_body, json!({
            "id": made_body["id"], "url": hinted(url), "version": "v4",
            "ours": true, "current": true, "removed": [],
        }));
        assert_eq!(shop.posted_to().await, ["https://erp.shop.example/hook?key=1", &**url]);
        let listed = shop.endpoints().await;
        assert_eq!((&listed[1]["id"], &listed[1]["ours"]), (&made_body["id"], &json!(true)));

        let again = shop.register("two").await;
        assert_eq!((again.status.as_u16(), &again.json()["id"]), (200, &made_body["id"]));
        let replayed = shop.register("one").await;
        assert_eq!(replayed.header("idempotent-replayed"), "true");
        assert_eq!(replayed.expect(201), made_body);
        assert_eq!(shop.posted_to().await.len(), 2);

        let log = audited(&shop.app, &shop.integration).await;
        assert_eq!(log[1..], [("register_webhook_endpoint".to_owned(), json!({
            "webhookEndpoints": { "from": [], "to": [hinted(url)] },
        }))]);
        for told in [format!("{listed:?}"), made.text, again.text, format!("{log:?}")] {
            assert!(!told.contains(token(url)), "{told}");
        }
    }

    async fn after_a_rotation_the_old_address_is_replaced(database: Database) {
        let shop = TestShop::open(database).await;
        let first = shop.register("one").await.expect(201);
        shop.add("https://erp.shop.example/hook").await;
        let url = shop.rotate().await;
        let ownership = |shown: &Value| (shown["ours"] == true, shown["current"] == true);
        let listed = shop.endpoints().await;
        assert_eq!(listed.iter().map(ownership).collect::<Vec<_>>(), [(true, false), (false, false)]);
        let second = shop.register("two").await.expect(201);
        assert_eq!(second["removed"], json!([first["id"]]));
        assert_eq!(shop.posted_to().await, ["https://erp.shop.example/hook", &*url]);
        let log = audited(&shop.app, &shop.integration).await;
        assert_eq!(log[3].1, json!({ "webhookEndpoints": {
            "from": [hinted(&shop.webhook_url)], "to": [hinted(&url)],
        } }));
    }

    async fn an_address_with_an_ended_token_is_removed_and_one_registered_twice_once(database: Database) {
        let shop = TestShop::open(database).await;
        let dead = shop.add(&shop.webhook_url).await;
        let url = shop.rotate().await;
        shop.pass(Duration::from_secs(86_400)).await;
        let kept = shop.add(&url).await;
        let double = shop.add(&url).await;
        shop.add("https://other.example/webhooks/apruve/not-ours").await;
        let listed = shop.endpoints().await;
        assert_eq!((&listed[0]["ours"], &listed[0]["current"]), (&json!(true), &json!(false)));
        assert_eq!(listed[3]["url"], "https://other.example/webhooks/apruve/…ours");
        let cleaned = shop.register("one").await.expect(200);
        assert_eq!((&cleaned["id"], &cleaned["removed"]), (&kept, &json!([dead, double])));
        assert_eq!(shop.posted_to().await, [&*url, "https://other.example/webhooks/apruve/not-ours"]);
    }

    async fn another_integration_of_the_same_merchant_keeps_its_address(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = account(&shop.sandbox);
        body["name"] = "Apruve too".into();
        let (address, other) = create(&shop.app, &body).await;
        let others_url = other["webhookUrl"].as_str().expect("a URL");
        let path = format!("{address}/webhook-endpoints");
        shop.app.post(&path, &json!({})).await.expect(201);
        shop.register("one").await.expect(201);
        assert_eq!(shop.posted_to().await, [others_url, &*shop.webhook_url]);
        let listed = shop.endpoints().await;
        assert_eq!(listed[0]["ours"], false);
        assert_eq!(listed[0]["url"], hinted(others_url));
    }

    async fn what_apruve_did_without_answering_is_found_and_not_done_twice(database: Database) {
        let shop = TestShop::open(database).await;
        let fault = |method: &str, when: &str, effect: Value| {
            let path = if method == "DELETE" { "/merchants/*/webhook_endpoints/*" } else { "/merchants/*/webhook_endpoints" };
            json!({ "method": method, "path": path, "when": when, "effect": effect })
        };
        let cut = || json!({ "kind": "cut" });
        let answer = |status: u16| json!({ "kind": "answer", "status": status });
        for (fault, status, kind) in [
            (fault("GET", "before", answer(401)), 502, "key-refused"),
            (fault("GET", "before", cut()), 502, "gateway-unreachable"),
            (fault("POST", "before", answer(400)), 422, "provider-refused"),
            (fault("POST", "before", answer(500)), 502, "gateway-unreachable"),
            (fault("POST", "after", cut()), 502, "gateway-unreachable"),
        ] {
            shop.fault(&fault).await;
            let answer = shop.register("one").await;
            assert_eq!(answer.problem(status), kind, "{fault}: {}", answer.text);
        }
        assert_eq!(shop.posted_to().await, [&*shop.webhook_url]);
        // A refusal keeps no key, so the request goes through in the end.
        let found = shop.register("one").await;
        assert_eq!((found.status.as_u16(), &*found.header("idempotent-replayed")), (200, ""));

        let url = shop.rotate().await;
        shop.fault(&fault("DELETE", "before", answer(500))).await;
        assert_eq!(shop.register("two").await.problem(502), "gateway-unreachable");
        assert_eq!(shop.posted_to().await, [&*shop.webhook_url, &*url]);
        let finished = shop.register("two").await.expect(200);
        assert_eq!(finished["removed"].as_array().map(Vec::len), Some(1));
        assert_eq!(shop.posted_to().await, [&*url]);
        let told: Vec<_> = audited(&shop.app, &shop.integration).await.into_iter().map(|(_, told)| told["webhookEndpoints"].clone()).collect();
        let old = hinted(&shop.webhook_url);
        assert_eq!(told[2..], [json!({ "from": [], "to": [hinted(&url)] }), json!({ "from": [old], "to": [] })]);
    }

    async fn two_at_once_leave_one_address_after_the_next_look(database: Database) {
        let shop = TestShop::open(database).await;
        let (one, other) = join(shop.register("one"), shop.register("two")).await;
        for answer in [one, other] {
            assert!(answer.status.is_success(), "{}", answer.text);
        }
        shop.register("three").await.expect(200);
        assert_eq!(shop.posted_to().await, [&*shop.webhook_url]);
    }

    async fn offline_methods_have_no_addresses_and_a_reader_registers_none(database: Database) {
        let app = TestApp::start(database).await;
        let (offline, _) = create(&app, &payment_term("Terms")).await;
        let path = format!("{offline}/webhook-endpoints");
        assert_eq!(app.get(&path).await.problem(409), "conflict");
        assert_eq!(app.post(&path, &json!({})).await.problem(409), "conflict");
        let reader = app.token("reader", &[onterms::auth::Scope::IntegrationsRead]);
        let refused = app.bare(Method::POST, &path).bearer(&reader).send().await;
        assert_eq!(refused.problem(403), "missing-scope");
    }
}
