//! Calls from pages of other origins, as browsers make them.

use std::sync::Arc;

use actix_web::{App, HttpResponse, HttpServer, web};
use reqwest::Method;
use serde_json::json;

use crate::{
    TestApp,
    browser::in_browser,
    support::{Database, on_both_databases},
};

const ADMIN: &str = "https://admin.shop.example";
const PREFLIGHT: &str = "access-control-request-method";

async fn open(database: Database) -> TestApp {
    let origins = [("cors.allowed_origins", ADMIN)];
    TestApp::start_with(Arc::new(database), &origins).await
}

on_both_databases! {
    async fn a_preflight_needs_no_token_and_says_what_may_be_sent(database: Database) {
        let app = open(database).await;
        for path in ["/v1/payment-rules", "/v1/payments/unknown/cancel", "/nowhere"] {
            let answer = app.bare(Method::OPTIONS, path).header("origin", ADMIN).header(PREFLIGHT, "PATCH").send().await;
            assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin").as_str()), (204, ADMIN), "{path}");
            assert_eq!(answer.header("access-control-allow-methods"), "GET, POST, PUT, PATCH, DELETE");
            assert_eq!(answer.header("access-control-allow-headers"), "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Accept-Language");
            assert_eq!(answer.header("access-control-max-age"), "3600");
            assert!(answer.header("vary").contains("Origin"), "{path}");
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
        for origin in ["https://evil.example", "null", "https://admin.shop.example.evil.example", "http://admin.shop.example"] {
            let answer = app.bare(Method::OPTIONS, "/v1/payment-rules").header("origin", origin).header(PREFLIGHT, "GET").send().await;
            assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin").as_str()), (204, ""), "{origin}");
        }
    }

    async fn every_answer_to_an_allowed_origin_may_be_read(database: Database) {
        let app = open(database).await;
        let everything = app.token("admin", onterms::auth::Scope::ALL);
        let bare = |method: Method, path: &str| app.bare(method, path).header("origin", ADMIN);
        for (request, status) in [
            (bare(Method::GET, "/v1/payment-rules"), 401),
            (bare(Method::GET, "/v1/payment-rules").bearer(&app.token("nobody", &[])), 403),
            (bare(Method::GET, "/v1/payment-rules").bearer(&everything), 200),
            (bare(Method::GET, "/v1/payment-rules?limit=0").bearer(&everything), 422),
            (bare(Method::POST, "/v1/payment-rules").bearer(&everything).raw("{"), 400),
            (bare(Method::POST, "/v1/payment-rules").bearer(&everything).raw("x".repeat(300 * 1024)), 413),
            (bare(Method::POST, "/v1/payment-rules").bearer(&everything).typed("text/plain", "{}"), 415),
            (bare(Method::PUT, "/v1/payments").bearer(&everything), 405),
            (bare(Method::GET, "/nowhere"), 404),
            (bare(Method::GET, "/health/live"), 200),
        ] {
            let answer = request.send().await;
            assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin").as_str()), (status, ADMIN), "{}", answer.text);
            assert_eq!(answer.header("access-control-expose-headers"), "ETag, Link, Location, Retry-After, Idempotent-Replayed, RateLimit, RateLimit-Policy, X-Request-Id, Age");
            assert!(answer.header("vary").contains("Origin"), "{status}");
        }
        let foreign = app.bare(Method::GET, "/v1/payment-rules").header("origin", "https://evil.example").bearer(&everything).send().await;
        assert_eq!((foreign.status.as_u16(), foreign.header("access-control-allow-origin").as_str(), foreign.header("vary").as_str()), (200, "", "Origin"));
        let own = app.get("/v1/payment-rules").await;
        assert_eq!((own.header("access-control-allow-origin").as_str(), own.header("vary").as_str()), ("", "Origin"));
    }

    async fn webhooks_and_a_service_without_origins_know_nothing_of_it(database: Database) {
        let app = open(database).await;
        let hook = app.bare(Method::POST, "/webhooks/apruve/nothing").header("origin", ADMIN).json(&json!({})).send().await;
        assert_eq!((hook.header("access-control-allow-origin").as_str(), hook.header("vary").as_str()), ("", ""));
        let preflight = app.bare(Method::OPTIONS, "/webhooks/apruve/nothing").header("origin", ADMIN).header(PREFLIGHT, "POST").send().await;
        assert_eq!(preflight.header("access-control-allow-origin"), "");
        assert_ne!(preflight.status, 204);
    }

    async fn a_page_of_another_origin_does_an_administrators_day(database: Database) {
        let pages = HttpServer::new(|| {
            let page = || async { HttpResponse::Ok().content_type("text/html").body(include_str!("pages/admin.html")) };
            App::new().route("/", web::get().to(page))
        });
        let pages = pages.workers(1).bind(("127.0.0.1", 0)).expect("a free port");
        let origin = format!("http://{}", pages.addrs()[0]);
        actix_web::rt::spawn(pages.run());
        let app = TestApp::start_with(Arc::new(database), &[("cors.allowed_origins", origin.as_str())]).await;
        app.terms("Net 30").await;
        let fragment = format!("http://{} {}", app.address, app.token("admin", onterms::auth::Scope::ALL));
        let url = format!("{origin}/#{}", fragment.replace(' ', "%20"));
        in_browser(&url, |page| async move {
            page.shows("done", "done").await;
            let facts = page.text("log").await;
            let facts: Vec<&str> = facts.lines().collect();
            assert_eq!(facts, [
                "401 401 /problems/unauthorized", "created 201 true", "replayed true", "422 422 /currency", "changed 200 Uno", "412 412",
                "listed 2", "request true",
            ]);
        }).await;
    }

    async fn without_origins_nothing_is_said(database: Database) {
        let app = TestApp::start(database).await;
        let answer = app.request(Method::GET, "/v1/payment-rules").header("origin", ADMIN).send().await;
        assert_eq!((answer.header("access-control-allow-origin").as_str(), answer.header("vary").as_str()), ("", ""));
        let preflight = app.bare(Method::OPTIONS, "/v1/payment-rules").header("origin", ADMIN).header(PREFLIGHT, "GET").send().await;
        assert_ne!(preflight.status, 204);
    }
}
