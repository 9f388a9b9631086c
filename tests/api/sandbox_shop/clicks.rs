//! A person clicks through a checkout.

use super::open;
use crate::browser::{Page, in_browser};

#[actix_web::test]
async fn a_person_clicks_from_the_cart_to_an_authorized_payment() {
    let (bazaar, url) = open().await;
    in_browser(&url, async move |page: Page| {
        page.click("pay").await;
        page.click("apruve-approve").await;
        page.shows("status", "authorized").await;
        page.shows("message", "").await;
        drop(bazaar);
    })
    .await;
}

#[actix_web::test]
async fn a_person_who_shuts_the_lightbox_may_press_pay_again_and_wait_for_the_account_holder() {
    let (bazaar, url) = open().await;
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
        drop(bazaar);
    })
    .await;
}
