//! Names that are markup are shown as text, on every page.

use reqwest::Method;
use serde_json::{Value, json};

use super::sell;
use crate::{
    browser::{Page, in_browser},
    support::Database,
    test_shop::TestShop,
};

const HOSTILE: &str = "<img src=x onerror=\"window.hostile=1\">";
/// Whether a page has made anything of a name but text.
const UNTOUCHED: &str = "window.hostile === undefined && !document.querySelector('img[src=x]')";

#[actix_web::test]
async fn a_name_with_markup_is_shown_as_text() {
    let shop = TestShop::open(Database::sqlite()).await;
    let label = json!({ "label": { "default": HOSTILE } });
    shop.app.patch(&shop.integration, &label).await.expect(200);
    let account = json!({
        "name": HOSTILE, "creditAmountCents": 100_000,
        "buyers": [{ "name": HOSTILE, "email": "a@b.example" }],
    });
    let path = format!("/merchants/{}/accounts", shop.sandbox.merchant_id);
    shop.control(Method::POST, &path, &account).await;
    let terms = shop.app.terms("terms").await;
    shop.app
        .rule(
            HOSTILE,
            5,
            &[&terms],
            json!({ "expression": "total > 5000" }),
        )
        .await;
    let url = sell(&shop).await;
    in_browser(&url, async move |page: Page| {
        page.holds(&format!(
            "document.getElementById('methods').textContent.includes({})",
            json!(HOSTILE)
        ))
        .await;
        page.holds(UNTOUCHED).await;
        page.click("pay").await;
        page.has("apruve-buyer").await;
        page.holds(&format!(
            "document.querySelector('dialog').textContent.includes({})",
            json!(HOSTILE)
        ))
        .await;
        page.holds(UNTOUCHED).await;
        page.click("apruve-approve").await;
        page.shows("status", "Authorized").await;
        page.holds(&format!(
            "document.getElementById('payment-method').textContent === {}",
            json!(HOSTILE)
        ))
        .await;
        page.run("document.querySelectorAll('details').forEach((it) => { it.open = true })")
            .await;
        page.holds(UNTOUCHED).await;
        let origin = shop.sandbox.origin();
        for path in ["/", "/buyer"] {
            page.goto(&format!("{origin}{path}")).await;
            page.holds(UNTOUCHED).await;
        }
        page.goto(&format!("{origin}/")).await;
        page.holds(&format!(
            "document.body.textContent.includes({})",
            json!(HOSTILE)
        ))
        .await;
        let none = page.run("return window.hostile ?? null").await;
        assert_eq!(none, Value::Null);
    })
    .await;
}
