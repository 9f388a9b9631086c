//! A person clicks through a checkout.

use fantoccini::key::Key;
use reqwest::Method;
use serde_json::Value;

use super::{open, register_webhooks};
use crate::browser::{Page, in_browser};

#[actix_web::test]
async fn a_person_clicks_from_the_cart_to_paid_and_on_to_a_refund() {
    let (shop, url) = open().await;
    in_browser(&url, async move |page: Page| {
        page.click("pay").await;
        page.click("apruve-approve").await;
        page.shows("status", "Authorized").await;
        page.fill("amount", "200.00").await;
        page.click("invoice").await;
        page.shows("status", "Partly invoiced").await;
        page.click("ship").await;
        page.click("fund").await;
        page.click("sync").await;
        page.shows("status", "Partly paid").await;
        page.fill("amount", "").await;
        page.click("invoice").await;
        page.shows("amount-invoiced", "$536.23").await;
        page.click("ship").await;
        page.click("fund").await;
        page.click("sync").await;
        page.shows("status", "Paid").await;
        page.click("refund").await;
        page.shows("status", "Partly refunded").await;
        page.shows("amount-refunded", "$336.23").await;
        let errors = page
            .run("return Array.from(document.querySelectorAll('.error'), (it) => it.textContent).join('')")
            .await;
        assert_eq!(errors, "");
        drop(shop);
    })
    .await;
}

#[actix_web::test]
async fn a_person_who_closes_the_dialog_may_press_pay_again_and_wait_for_the_account_holder() {
    let (shop, url) = open().await;
    register_webhooks(&shop).await;
    in_browser(&url, async move |page: Page| {
        page.click("pay").await;
        page.click("apruve-decline").await;
        page.shows("pay-note", "Nothing was bought. Press Pay to try again.")
            .await;
        let payment = page.text("payment-id").await;
        page.click("pay").await;
        page.click("apruve-submit").await;
        page.holds("document.getElementById('hint').textContent.startsWith('The account holder')")
            .await;
        page.shows("status", "Waits for the buyer").await;
        assert_eq!(page.text("payment-id").await, payment, "the same attempt");
        let state = shop.control(Method::GET, "/state", &Value::Null).await;
        let order = state["orders"][0]["id"].as_str().expect("an order");
        let approve = format!("/orders/{order}/approve");
        shop.control(Method::POST, &approve, &Value::Null).await;
        page.shows("status", "Authorized").await;
    })
    .await;
}

#[actix_web::test]
async fn an_error_stands_beside_the_button_that_caused_it_and_goes_with_the_next_click() {
    let (shop, url) = open().await;
    in_browser(&url, async move |page: Page| {
        page.click("pay").await;
        page.click("apruve-approve").await;
        page.shows("status", "Authorized").await;
        page.click("refund").await;
        page.shows("refund-error", "There is no invoice yet.").await;
        let beside = "const button = document.getElementById('refund'), error = button.nextElementSibling;
            return [error.getAttribute('role'), button.getAttribute('aria-describedby') === error.id,
              Math.abs(error.getBoundingClientRect().left - button.getBoundingClientRect().right) < 40]";
        assert_eq!(page.run(beside).await, serde_json::json!(["alert", true, true]));
        page.fill("amount", "1000.00").await;
        page.click("invoice").await;
        page.holds("document.getElementById('invoice-error').textContent.includes('536.23')")
            .await;
        page.fill("amount", "").await;
        page.click("invoice").await;
        page.shows("status", "Invoiced").await;
        page.shows("invoice-error", "").await;
        page.click("fund").await;
        page.holds("document.getElementById('fund-error').textContent !== ''")
            .await;
        drop(shop);
    })
    .await;
}

#[actix_web::test]
async fn a_purchase_needs_no_mouse() {
    let (shop, url) = open().await;
    in_browser(&url, async move |page: Page| {
        page.has("method-apruve").await;
        page.holds("!document.getElementById('pay').disabled").await;
        page.tab_to("method-apruve").await;
        page.tab_to("pay").await;
        page.press(Key::Enter).await;
        page.has("apruve-buyer").await;
        page.tab_to("apruve-approve").await;
        page.press(Key::Enter).await;
        page.shows("status", "Authorized").await;
        assert_eq!(page.focused().await, "payment-title");
        page.tab_to("invoice").await;
        page.press(Key::Enter).await;
        page.shows("status", "Invoiced").await;
        page.tab_to("ship").await;
        page.press(Key::Enter).await;
        page.holds("document.getElementById('fund').classList.contains('next')")
            .await;
        drop(shop);
    })
    .await;
}

#[actix_web::test]
async fn a_wrong_quantity_is_reported_beside_the_products_and_the_right_one_is_paid() {
    let (shop, url) = open().await;
    in_browser(&url, async move |page: Page| {
        page.fill("quantity-1", "0").await;
        page.click("pay").await;
        page.shows(
            "lines-error",
            "Each of the 2 products needs a whole quantity from 1 to 999.",
        )
        .await;
        page.shows("pay-error", "Correct the quantities first.")
            .await;
        // The click on Pay leaves the field, which sends the new quantity and takes the message away.
        page.fill("quantity-1", "2").await;
        page.click("pay").await;
        page.shows("lines-error", "").await;
        page.has("apruve-buyer").await;
        drop(shop);
    })
    .await;
}
