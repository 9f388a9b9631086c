//! Callers that are bound to websites.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Behaviour, ENDPOINTS, Receiver, got, path, subscribe};
use crate::{
    TestApp,
    app::Answer,
    shop::cart_with,
    support::{Database, on_both_databases},
};

async fn post(app: &TestApp, websites: &[&str], path: &str, body: &Value) -> Answer {
    let request = app.bare(Method::POST, path).bearer(&app.token_of(websites));
    request.json(body).send().await
}

async fn get(app: &TestApp, websites: &[&str], path: &str) -> Answer {
    let request = app.bare(Method::GET, path).bearer(&app.token_of(websites));
    request.send().await
}

on_both_databases! {
    async fn a_bound_caller_gets_its_websites_and_sees_nothing_else(database: Database) {
        let app = TestApp::start(database).await;
        let url = "https://erp.shop.example/";
        let whole = subscribe(&app, url, &["*"]).await;
        let body = json!({ "url": url, "types": ["*"] });
        let us = post(&app, &["us"], ENDPOINTS, &body).await.expect(201);
        assert_eq!(us["websites"], json!(["us"]));
        let both = post(&app, &["us", "eu"], ENDPOINTS, &body).await.expect(201);
        assert_eq!(both["websites"], json!(["us", "eu"]));
        for (websites, named) in [(&["us"][..], json!(["eu"])), (&["us"], json!(["us", "eu"])), (&[], json!(["us"])), (&[], Value::Null)] {
            let body = json!({ "url": url, "types": ["*"], "websites": named });
            assert_eq!(post(&app, websites, ENDPOINTS, &body).await.problem(403), "website-not-yours", "{named}");
        }
        let list = get(&app, &["us"], &format!("{ENDPOINTS}?count=true")).await.expect(200);
        assert_eq!((&list["total"], &list["items"][0]["id"]), (&json!(1), &us["id"]));
        get(&app, &["eu", "us"], &path(&both)).await.expect(200);
        for hidden in [&whole, &both] {
            get(&app, &["us"], &path(hidden)).await.problem(404);
            get(&app, &["us"], &format!("{}/deliveries", path(hidden))).await.problem(404);
            for (action, body) in [("ping", json!({})), ("rotate-secret", json!({})), ("replay", json!({ "since": "2026-03-01T00:00:00Z" }))] {
                post(&app, &["us"], &format!("{}/{action}", path(hidden)), &body).await.problem(404);
            }
            for method in [Method::PUT, Method::PATCH, Method::DELETE] {
                let request = app.bare(method, &path(hidden)).bearer(&app.token_of(&["us"])).header("if-match", "*");
                request.json(&body).send().await.problem(404);
            }
        }
        let widened = app.bare(Method::PATCH, &path(&us)).bearer(&app.token_of(&["us"])).header("if-match", "*");
        assert_eq!(widened.json(&json!({ "websites": ["eu"] })).send().await.problem(403), "website-not-yours");
        let reset = app.bare(Method::PATCH, &path(&us)).bearer(&app.token_of(&["us"])).header("if-match", "*");
        assert_eq!(reset.json(&json!({ "websites": null })).send().await.expect(200)["websites"], json!(["us"]));
    }

    async fn an_endpoint_gets_what_belongs_to_its_websites_alone(database: Database) {
        let app = TestApp::start(database).await;
        let receiver = Receiver::start(Behaviour::Status(204));
        let method = app.check("Check").await;
        app.rule("All", 1, &[&method], json!({})).await;
        crate::events::numbered(&app).await;
        let body = json!({ "url": receiver.url(), "types": ["*"] });
        let made = post(&app, &["us-store"], ENDPOINTS, &body).await.expect(201);
        for (order, website) in [("SO-1", "eu-store"), ("SO-2", "us-store")] {
            let payment = json!({ "paymentMethodId": method, "orderId": order, "cart": cart_with(json!({ "website": website, "total": "90.00" })) });
            let request = app.request(Method::POST, "/v1/payments").header("idempotency-key", order);
            request.json(&payment).send().await.expect(201);
        }
        app.rule("Another", 2, &[], json!({ "enabled": false })).await;
        let ping = post(&app, &["us-store"], &format!("{}/ping", path(&made)), &json!({})).await.expect(202);
        got(&receiver, 2).await;
        assert_eq!(receiver.kinds(), ["payment.created", "ping"]);
        let paid = receiver.received().into_iter().find(|it| it.kind() == "payment.created").expect("a payment");
        assert_eq!(paid.event()["data"]["orderId"], "SO-2");
        let redeliver = format!("/v1/deliveries/{}/redeliver", ping["id"].as_str().expect("an id"));
        post(&app, &["eu-store"], &redeliver, &json!({})).await.problem(404);
        post(&app, &["us-store"], &redeliver, &json!({})).await.expect(202);
    }
}
