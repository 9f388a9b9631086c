//! The sandbox's shop in a real browser: the page, Apruve's script, the service.

mod clicks;

use apruve_sandbox::ServiceAccess;
use onterms::auth::{Role, Scope};
use secrecy::SecretString;
use serde_json::json;

use crate::{
    browser::{Page, in_browser},
    support::Database,
    test_shop::TestShop,
};

/// A shop that sells with the service of the tests, by check as well, and its page.
pub async fn open() -> (TestShop, String) {
    let shop = TestShop::open(Database::sqlite()).await;
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
    let page = format!("{}/shop", shop.sandbox.origin());
    (shop, page)
}

#[actix_web::test]
async fn the_page_says_what_is_offered_and_why_the_rest_is_not() {
    let (shop, url) = open().await;
    in_browser(&url, async move |page: Page| {
        page.has("method-apruve").await;
        let refused = page.text("not-offered").await;
        assert_eq!(
            refused,
            "check_money_order: total > 1000 is false: total is 536.23"
        );
        drop(shop);
    })
    .await;
}

#[actix_web::test]
async fn the_shop_passes_on_only_its_own_calls_and_only_from_its_own_page() {
    let (shop, url) = open().await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    for (path, key, status) in [
        ("checkout/payment-methods", true, 200),
        // A page of another site cannot send the header without being asked first.
        ("checkout/payment-methods", false, 400),
        ("integrations", true, 404),
        ("payments/../integrations", true, 404),
    ] {
        let mut request = client.post(format!("{url}/api/{path}")).body("{}");
        if key {
            request = request.header("Idempotency-Key", "a click");
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{path}");
        assert!(
            answer
                .headers()
                .get("access-control-allow-origin")
                .is_none()
        );
    }
    drop(shop);
}

#[actix_web::test]
async fn a_shop_is_closed_until_it_is_told_which_service_it_sells_with() {
    let shop = TestShop::open(Database::sqlite()).await;
    let answer = reqwest::get(format!("{}/shop", shop.sandbox.origin())).await;
    assert_eq!(answer.expect("an answer").status(), 404);
}
