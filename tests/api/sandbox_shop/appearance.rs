//! How the pages look and read: at two widths, light and dark, by axe.

use super::{open, register_webhooks};
use crate::browser::{Page, in_browser};

#[actix_web::test]
async fn the_shop_can_be_read_and_used_by_everybody_at_each_step() {
    let (shop, url) = open().await;
    register_webhooks(&shop).await;
    in_browser(&url, async move |page: Page| {
        page.holds("!document.getElementById('pay').disabled").await;
        page.looks_good("shop-1-cart").await;
        page.click("pay").await;
        page.has("apruve-buyer").await;
        page.looks_good("shop-2-dialog").await;
        page.click("apruve-approve").await;
        page.shows("status", "Authorized").await;
        page.fill("amount", "200.00").await;
        page.click("invoice").await;
        page.shows("status", "Partly invoiced").await;
        page.click("fund").await;
        page.holds("document.getElementById('fund-error').textContent !== ''")
            .await;
        page.looks_good("shop-3-error").await;
        page.click("ship").await;
        page.holds("document.getElementById('fund').classList.contains('next')")
            .await;
        page.click("fund").await;
        page.shows("status", "Partly paid").await;
        page.run("document.querySelectorAll('#entries details').forEach((it, place) => { it.open = place < 3 })")
            .await;
        page.looks_good("shop-4-paid").await;
        drop(shop);
    })
    .await;
}

#[actix_web::test]
async fn the_sandboxes_own_pages_can_be_read_and_used_by_everybody() {
    let (shop, url) = open().await;
    let first = url.clone();
    in_browser(&first, async move |page: Page| {
        let origin = shop.sandbox.origin();
        page.goto(&format!("{origin}/buyer")).await;
        page.looks_good("buyer-empty").await;
        page.goto(&url).await;
        page.click("pay").await;
        page.click("apruve-submit").await;
        page.holds("document.getElementById('hint').textContent.startsWith('The account holder')")
            .await;
        page.goto(&format!("{origin}/")).await;
        page.looks_good("start").await;
        page.goto(&format!("{origin}/buyer")).await;
        page.looks_good("buyer").await;
        page.run("document.querySelector('main a').click()").await;
        page.has("approve").await;
        page.looks_good("buyer-order").await;
        let order = page.run("return location.pathname").await;
        page.click("approve").await;
        page.shows("status", "Accepted").await;
        // Somebody else was faster.
        let again = format!("{origin}{}/approve", order.as_str().expect("a path"));
        let refused = super::client().post(again).send().await.expect("an answer");
        assert!(refused.status().is_client_error());
        let text = refused.text().await.expect("HTML");
        assert!(
            text.contains("role=\"alert\">Order is accepted and cannot be approved."),
            "{text}"
        );
    })
    .await;
}
