//! Apruve's dialog on the shop's page.

use fantoccini::key::Key;
use serde_json::json;

use super::open;
use crate::browser::{Page, in_browser};

#[actix_web::test]
async fn the_dialog_takes_the_focus_keeps_it_and_gives_it_back_on_escape() {
    let (shop, url) = open().await;
    in_browser(&url, async move |page: Page| {
        for _ in 0..2 {
            page.holds("!document.getElementById('pay').disabled").await;
            page.tab_to("pay").await;
            page.press(Key::Enter).await;
            page.has("apruve-buyer").await;
            page.holds("document.activeElement.id === 'apruve-buyer'")
                .await;
            let dialog = "const dialog = document.querySelector('dialog'), name = document.getElementById(dialog.getAttribute('aria-labelledby'));
                return [dialog.matches(':modal'), name.textContent, document.querySelector('label[for=apruve-buyer]').textContent]";
            assert_eq!(page.run(dialog).await, json!([true, "Pay on terms with Apruve", "Who buys"]));
            for _ in 0..8 {
                page.press(Key::Tab).await;
                let outside = "const it = document.activeElement; return it !== document.body && !it.closest('dialog')";
                assert_eq!(page.run(outside).await, false);
            }
            page.press(Key::Escape).await;
            page.shows("pay-note", "Nothing was bought. Press Pay to try again.")
                .await;
            assert_eq!(page.run("return document.querySelector('dialog')").await, json!(null));
            assert_eq!(page.focused().await, "pay");
        }
        drop(shop);
    })
    .await;
}

#[actix_web::test]
async fn what_apruve_refuses_is_said_in_the_dialog() {
    let (shop, url) = open().await;
    in_browser(&url, async move |page: Page| {
        // Another key at Apruve: the hash does not fit the order any more.
        let merchant = &shop.sandbox.merchant_id;
        let path = format!("/merchants/{merchant}/key");
        let key = json!({ "apiKey": "another" });
        page.click("pay").await;
        page.has("apruve-buyer").await;
        page.click("apruve-decline").await;
        page.shows("pay-note", "Nothing was bought. Press Pay to try again.")
            .await;
        shop.control(reqwest::Method::PUT, &path, &key).await;
        page.click("pay").await;
        page.shows("apruve-error", "Secure hash does not fit the order")
            .await;
        assert_eq!(page.focused().await, "apruve-decline");
        page.click("apruve-decline").await;
        page.shows("pay-note", "Nothing was bought. Press Pay to try again.")
            .await;
    })
    .await;
}
