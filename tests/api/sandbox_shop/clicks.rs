//! A person clicks through a checkout.

use reqwest::Method;
use serde_json::Value;

use super::open;
use crate::browser::{Page, in_browser};

#[actix_web::test]
async fn a_person_clicks_from_the_cart_to_paid_and_on_to_a_refund() {
    let (shop, url) = open().await;
    in_browser(&url, async move |page: Page| {
        page.click("pay").await;
        page.click("apruve-approve").await;
        page.shows("status", "authorized").await;
        page.fill("amount", "200.00").await;
        page.click("invoice").await;
        page.shows("status", "partially_invoiced").await;
        page.click("ship").await;
        page.click("fund").await;
        page.click("sync").await;
        page.shows("status", "partially_paid").await;
        page.fill("amount", "").await;
        page.click("invoice").await;
        page.shows("amount-invoiced", "536.23").await;
        page.click("ship").await;
        page.click("fund").await;
        page.click("sync").await;
        page.shows("status", "paid").await;
        page.click("refund").await;
        page.shows("status", "partially_refunded").await;
        page.shows("amount-refunded", "336.23").await;
        page.shows("message", "").await;
        drop(shop);
    })
    .await;
}

#[actix_web::test]
async fn a_person_who_shuts_the_lightbox_may_press_pay_again_and_wait_for_the_account_holder() {
    let (shop, url) = open().await;
    in_browser(&url, async move |page: Page| {
        page.click("pay").await;
        page.click("apruve-decline").await;
        page.shows("message", "Nothing was bought. Press Pay to try again.")
            .await;
        let payment = page.text("payment-id").await;
        page.click("pay").await;
        page.click("apruve-submit").await;
        page.shows("status", "pending").await;
        assert_eq!(page.text("payment-id").await, payment, "the same attempt");
        let state = shop.control(Method::GET, "/state", &Value::Null).await;
        let order = state["orders"][0]["id"].as_str().expect("an order");
        let approve = format!("/orders/{order}/approve");
        shop.control(Method::POST, &approve, &Value::Null).await;
        page.click("sync").await;
        page.shows("status", "authorized").await;
    })
    .await;
}
