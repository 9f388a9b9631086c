//! The sandbox's shop in a real browser: the page, Apruve's script, the service.

mod appearance;
mod calls;
mod clicks;
mod dialog;
mod live;
mod names;

use apruve_sandbox::ServiceAccess;
use fantoccini::key::Key;
use onterms::auth::{Role, Scope};
use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    browser::{Page, in_browser},
    support::{Database, client},
    test_shop::TestShop,
};

/// A shop that sells with the service of the tests, by check as well, and its page.
pub async fn open() -> (TestShop, String) {
    let shop = TestShop::open(Database::sqlite()).await;
    let url = sell(&shop).await;
    (shop, url)
}

/// Opens the shop's page for a service.
async fn sell(shop: &TestShop) -> String {
    let check = shop.app.check("by mail").await;
    let large = json!({ "expression": "total > 1000" });
    shop.app
        .rule("Checks for large orders", 20, &[&check], large)
        .await;
    let token = |name: &str, scopes: &[Scope]| SecretString::from(shop.app.token(name, scopes));
    shop.sandbox.open_shop(ServiceAccess {
        origin: format!("http://{}", shop.app.address),
        storefront_token: token("shop", Role::Storefront.scopes()),
        office_token: token("office", Role::Admin.scopes()),
    });
    format!("{}/shop", shop.sandbox.origin())
}

/// The service hears from Apruve by webhook.
async fn register_webhooks(shop: &TestShop) {
    let path = format!("{}/webhook-endpoints", shop.integration);
    shop.post(&path, &Value::Null).await.expect(201);
}

/// A call of the page to the shop's backend, with an idempotency key where one is given.
async fn call(
    url: &str,
    key: Option<&str>,
    method: reqwest::Method,
    body: &str,
) -> (StatusCode, Value) {
    let mut request = client().request(method, url).body(body.to_owned());
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    let answer = request.send().await.expect("an answer");
    assert!(
        answer
            .headers()
            .get("access-control-allow-origin")
            .is_none()
    );
    let status = answer.status();
    let text = answer.text().await.expect("a text");
    (status, serde_json::from_str(&text).unwrap_or_default())
}

#[actix_web::test]
async fn the_page_says_what_is_offered_and_why_the_rest_is_not() {
    let (shop, url) = open().await;
    in_browser(&url, async move |page: Page| {
        page.has("method-apruve").await;
        page.shows(
            "not-offered",
            "Check: total > 1000 is false: total is 536.23",
        )
        .await;
        page.fill("quantity-0", "100").await;
        page.press(Key::Tab).await;
        page.has("method-check_money_order").await;
        page.holds("document.querySelector('.total').innerText.includes('2,928.65')")
            .await;
        drop(shop);
    })
    .await;
}

#[actix_web::test]
async fn a_shop_is_closed_until_it_knows_which_service_it_sells_with() {
    let shop = TestShop::open(Database::sqlite()).await;
    let answer = reqwest::get(format!("{}/shop", shop.sandbox.origin())).await;
    assert_eq!(answer.expect("an answer").status(), 404);
}
