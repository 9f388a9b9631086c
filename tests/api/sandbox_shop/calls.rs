//! The calls that the shop's backend makes for its page, and the panel that shows them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{call, client, open};
use crate::browser::{Page, in_browser};

/// A new order; its address below the shop's backend.
async fn new_order(url: &str) -> (String, Value) {
    let (status, order) = call(&format!("{url}/api/orders"), None, Method::POST, "").await;
    assert_eq!(status, 201);
    let number = order["orderId"].as_str().expect("a number");
    (format!("{url}/api/orders/{number}"), order)
}

#[actix_web::test]
async fn the_shop_passes_on_only_its_own_calls_and_only_from_its_own_page() {
    let (shop, url) = open().await;
    let (order, _) = new_order(&url).await;
    for (path, key, status) in [
        ("v1/checkout/payment-methods", true, 200),
        // A page of another site cannot send the header without being asked first.
        ("v1/checkout/payment-methods", false, 400),
        ("v1/integrations", true, 404),
        ("v1/payments/../integrations", true, 404),
        (
            "v1/payments/payment_01h455vb4pex5vsknk084sn02q/invoices",
            true,
            404,
        ),
        ("fund", false, 400),
        ("fund", true, 400),
    ] {
        let key = key.then_some("a click");
        let (came, answer) = call(&format!("{order}/{path}"), key, Method::POST, "{}").await;
        assert_eq!(came, status, "{path}: {answer}");
    }
    drop(shop);
}

#[actix_web::test]
async fn wrong_calls_of_the_page_say_what_is_wrong() {
    let (shop, url) = open().await;
    let (order, shown) = new_order(&url).await;
    assert_eq!(shown["paymentId"], Value::Null);
    let cart = |quantities: Value| json!({ "quantities": quantities }).to_string();
    let none = format!("{url}/api/orders/SHOP-none");
    for (url, method, body, status) in [
        (none.clone(), Method::GET, String::new(), 404),
        (format!("{none}/journal"), Method::GET, String::new(), 404),
        (
            format!("{none}/v1/payments"),
            Method::POST,
            "{}".to_owned(),
            404,
        ),
        (
            format!("{order}/cart"),
            Method::PUT,
            cart(json!([1, 1])),
            200,
        ),
        (format!("{order}/cart"), Method::PUT, cart(json!([1])), 400),
        (
            format!("{order}/cart"),
            Method::PUT,
            cart(json!([0, 1])),
            400,
        ),
        (
            format!("{order}/cart"),
            Method::PUT,
            cart(json!([1.5, 1])),
            400,
        ),
        (format!("{order}/cart"), Method::PUT, "{".to_owned(), 400),
        (
            format!("{order}/v1/payments"),
            Method::POST,
            "[]".to_owned(),
            400,
        ),
        (
            format!("{order}/fund"),
            Method::POST,
            r#"{ "invoiceId": "none" }"#.to_owned(),
            409,
        ),
    ] {
        let (came, answer) = call(&url, Some("a click"), method, &body).await;
        assert_eq!(came, status, "{url} {body}: {answer}");
        assert_eq!(answer["detail"].is_string(), status >= 400, "{answer}");
    }
    drop(shop);
}

#[actix_web::test]
async fn pages_are_sent_with_a_policy_that_lets_nothing_in_from_elsewhere() {
    let (shop, url) = open().await;
    let page = client().get(&url).send().await.expect("a page");
    let page = page.text().await.expect("HTML");
    let mut files = vec![
        String::new(),
        "/".to_owned(),
        "/buyer".to_owned(),
        "/shop".to_owned(),
    ];
    for attribute in ["src=\"", "href=\""] {
        let found = page.split(attribute).skip(1);
        files.extend(found.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
    assert!(
        files.iter().filter(|it| it.starts_with("/assets/")).count() > 4,
        "{files:?}"
    );
    for file in files.iter().filter(|it| !it.starts_with('#')) {
        let answer = client()
            .get(format!("{}{file}", shop.sandbox.origin()))
            .send()
            .await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 200, "{file}");
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .expect("a text");
        assert!(
            policy.starts_with("default-src 'self'; ") && !policy.contains("unsafe"),
            "{policy}"
        );
        let text = answer.text().await.expect("a text");
        // Names of elements in a script's SVG or MathML are no loads.
        for load in [
            "src=\"http",
            "href=\"http",
            "url(http",
            "@import",
            "onclick=",
            "onload=",
            "innerHTML",
        ] {
            assert!(!text.contains(load), "{file} has {load}");
        }
    }
}

#[actix_web::test]
async fn the_panel_shows_each_call_and_the_event_that_followed_from_it_without_secrets() {
    let (shop, url) = open().await;
    let (storefront, office) = (shop.app.token("shop", &[]), shop.app.token("office", &[]));
    in_browser(&url, async move |page: Page| {
        page.click("pay").await;
        page.click("apruve-approve").await;
        page.shows("status", "Authorized").await;
        page.click("invoice").await;
        page.shows("status", "Invoiced").await;
        page.holds("document.querySelectorAll('#entries .event').length >= 3").await;
        let shown = page.run(
            "document.querySelectorAll('#entries > li > details').forEach((it) => { it.open = true });
             return Array.from(document.querySelectorAll('#entries > li'), (it) => ({
               summary: it.querySelector('summary').innerText, content: it.querySelector('.content').innerText,
               came: Array.from(it.querySelectorAll('.came code'), (code) => code.textContent),
             })).reverse()",
        ).await;
        let calls = shown.as_array().expect("a list");
        let of = |path: &str| calls.iter().find(|it| it["summary"].as_str().is_some_and(|text| text.contains(path))).expect(path);
        assert_eq!(of("/v1/checkout/payment-methods")["came"], json!([]));
        for (path, status, sent, answered, event) in [
            ("/v1/payments ", "201", "paymentMethodId", "nextAction", "payment.created"),
            ("/authorize", "200", "apruveOrderId", "authorized", "payment.authorized"),
            ("/invoices", "201", "Idempotency-Key: ", "invoices", "payment.invoiced"),
        ] {
            let call = of(path);
            let text = |field: &str| call[field].as_str().expect("a text");
            assert!(text("summary").starts_with("POST /v1/") || text("summary").starts_with("POST\n"), "{call}");
            assert!(text("summary").contains(status) && text("summary").contains(" ms"), "{call}");
            assert!(text("content").contains(sent) && text("content").contains(answered), "{call}");
            assert!(text("content").contains("Authorization: Bearer ••••••"), "{call}");
            assert_eq!(call["came"], json!([event]), "{call}");
        }
        let everything = page.run("return document.documentElement.outerHTML").await;
        for token in [storefront, office] {
            // The first part of a token is the same for all.
            let own = token.split('.').nth(1).expect("a part");
            assert!(!everything.as_str().expect("HTML").contains(own.get(..20).expect("text")));
        }
        drop(shop);
    })
    .await;
}
