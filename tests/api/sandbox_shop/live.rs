//! The page follows what happens elsewhere, and survives a reload.

use fantoccini::key::Key;
use reqwest::Method;
use serde_json::{Value, json};

use super::{open, register_webhooks};
use crate::browser::{Page, in_browser};

#[actix_web::test]
async fn the_page_says_paid_by_itself_when_apruve_pays() {
    let (shop, url) = open().await;
    register_webhooks(&shop).await;
    in_browser(&url, async move |page: Page| {
        page.click("pay").await;
        page.click("apruve-approve").await;
        page.shows("status", "Authorized").await;
        page.click("invoice").await;
        page.click("ship").await;
        page.holds("document.getElementById('fund').classList.contains('next')")
            .await;
        page.shows("live", "Live").await;
        let reads = "return Array.from(document.querySelectorAll('#entries > li > details > summary'), (it) => it.innerText).filter((it) => it.startsWith('GET')).length";
        let before = page.run(reads).await.as_u64().expect("a number");
        // Not a click of this page: Apruve does it.
        let state = shop.control(Method::GET, "/state", &Value::Null).await;
        let invoice = state["invoices"][0]["id"].as_str().expect("an invoice");
        shop.control(Method::POST, &format!("/invoices/{invoice}/fund"), &json!({})).await;
        page.shows("status", "Paid").await;
        page.holds("document.querySelector('#entries').textContent.includes('payment.paid')")
            .await;
        let after = page.run(reads).await.as_u64().expect("a number");
        assert!(after - before <= 3, "the payment is read once for each change, not polled: {before} {after}");
    })
    .await;
}

#[actix_web::test]
async fn a_reload_in_the_middle_of_a_purchase_goes_on_where_it_was() {
    let (shop, url) = open().await;
    let first = url.clone();
    in_browser(&first, async move |page: Page| {
        page.fill("quantity-0", "12").await;
        page.press(Key::Tab).await;
        page.holds("document.querySelector('.total').innerText.includes('589.39')")
            .await;
        let order = page.text("order-id").await;
        page.reload().await;
        page.shows("order-id", &order).await;
        page.holds("document.getElementById('quantity-0').value === '12'")
            .await;

        page.click("pay").await;
        page.has("apruve-buyer").await;
        let payment = page.text("payment-id").await;
        page.reload().await;
        page.shows("order-id", &order).await;
        page.shows("payment-id", &payment).await;
        page.shows("status", "Waits for the buyer").await;
        assert_eq!(
            page.run("return document.getElementById('quantity-0')")
                .await,
            Value::Null,
            "the cart is fixed"
        );
        page.holds("document.querySelector('#entries').textContent.includes('payment.created')")
            .await;

        page.click("pay").await;
        page.click("apruve-approve").await;
        page.shows("status", "Authorized").await;
        assert_eq!(page.text("payment-id").await, payment, "the same attempt");
        page.reload().await;
        page.shows("status", "Authorized").await;
        page.shows("amount-authorized", "$589.39").await;

        page.click("new-order").await;
        page.holds(&format!(
            "document.getElementById('order-id').textContent !== '{order}'"
        ))
        .await;
        page.holds("document.getElementById('payment').hidden")
            .await;
        page.goto(&format!("{url}?order=SHOP-unknown")).await;
        page.holds("document.getElementById('order-id').textContent.startsWith('SHOP-')")
            .await;
        drop(shop);
    })
    .await;
}
