//! A payment begins only where credit lets it, when it is required.

use reqwest::Method;
use serde_json::{Value, json};

use super::{AMANDA, STRANGER, cart_of};
use crate::{
    app::{Answer, until},
    buyer::payable,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

impl TestShop {
    async fn pay(&self, order_id: &str, key: &str, cart: &Value) -> Answer {
        let body = json!({ "paymentMethodId": self.method, "orderId": order_id, "cart": cart });
        self.post_as(key, "/v1/payments", &body).await
    }
}

fn reason(answer: &Answer) -> String {
    answer.json()["reasons"][0]["code"]
        .as_str()
        .expect("a code")
        .to_owned()
}

on_both_databases! {
    async fn what_the_provider_says_now_counts_and_a_repeat_asks_nothing(database: Database) {
        let shop = TestShop::open(database).await;
        shop.policy(json!({ "check": "require" })).await;
        // Checkout knows the credit from before.
        shop.credit(AMANDA).await;
        shop.limit(9_999).await;
        let refused = shop.pay("SO-1", "one", &cart_of(AMANDA)).await;
        assert_eq!(refused.problem(409), "not-eligible");
        assert_eq!(reason(&refused), "credit_insufficient");
        assert!(!refused.text.contains("99.99"), "{}", refused.text);
        let stranger = shop.pay("SO-1", "two", &cart_of(STRANGER)).await;
        assert_eq!(reason(&stranger), "no_account");
        shop.limit(10_000).await;
        for (status, disabled) in [("suspended", false), ("denied", false), ("disabled", false), ("approved", true)] {
            shop.set_status(status, disabled).await;
            assert_eq!(reason(&shop.pay("SO-1", "three", &cart_of(AMANDA)).await), "credit_hold", "{status}");
        }
        shop.set_status("approved", false).await;
        let payments = shop.app.get("/v1/payments").await.expect(200);
        assert_eq!(payments["items"], json!([]), "nothing was written");
        let made = shop.pay("SO-1", "one", &cart_of(AMANDA)).await.expect(201);
        shop.limit(0).await;
        shop.calls().await;
        let replayed = shop.pay("SO-1", "one", &cart_of(AMANDA)).await;
        assert_eq!(replayed.expect(201)["id"], made["id"]);
        let again = shop.pay("SO-1", "four", &cart_of(AMANDA)).await;
        assert_eq!(again.expect(200)["id"], made["id"]);
        assert_eq!(shop.calls().await, Vec::<String>::new());
    }

    async fn what_is_not_known_is_as_configured(database: Database) {
        let shop = TestShop::open(database).await;
        shop.fault(&json!({ "count": null, "effect": { "kind": "answer", "status": 503 } })).await;
        for (place, (fallback, status)) in [("offer", 201), ("warn", 201), ("hide", 503)].into_iter().enumerate() {
            shop.policy(json!({ "check": "require", "whenUnreachable": fallback })).await;
            let answer = shop.pay(&format!("SO-{place}"), &format!("key {place}"), &cart_of(AMANDA)).await;
            assert_eq!(answer.status, status, "{fallback}: {}", answer.text);
            if status == 503 {
                assert_eq!(answer.problem(503), "unavailable");
                assert_eq!(reason(&answer), "provider_unreachable");
                assert!(!answer.header("retry-after").is_empty());
            }
        }
        shop.control(Method::DELETE, "/faults", &Value::Null).await;
        let account = shop.acme().await;
        shop.control(Method::PUT, &format!("/overrides/{account}"), &json!({ "currency": "CAD" })).await;
        shop.app.post(&format!("{}/check", shop.integration), &json!({})).await.expect(200);
        for (place, (fallback, status)) in [("offer", 201), ("warn", 201), ("hide", 503)].into_iter().enumerate() {
            shop.policy(json!({ "check": "require", "whenUnknown": fallback })).await;
            let answer = shop.pay(&format!("CA-{place}"), &format!("ca {place}"), &cart_of(AMANDA)).await;
            assert_eq!(answer.status, status, "{fallback}: {}", answer.text);
            let nobody = shop.pay(&format!("NO-{place}"), &format!("no {place}"), &payable()).await;
            assert_eq!(nobody.status, if status == 503 { 409 } else { 201 }, "{}", nobody.text);
        }
    }

    async fn a_move_of_money_has_what_was_known_read_again(database: Database) {
        let shop = TestShop::open(database).await;
        shop.policy(json!({ "check": "require" })).await;
        let payment = shop.pay("SO-1", "one", &cart_of(AMANDA)).await.expect(201);
        let order = shop.confirm(&payment, true).await;
        let asked = async || {
            let calls = shop.control(Method::GET, "/calls", &Value::Null).await;
            calls.to_string().contains("corporate_accounts")
        };
        shop.calls().await;
        shop.authorize(&payment, &order).await.expect(200);
        until(asked).await;
        shop.calls().await;
        let invoices = format!("/v1/payments/{}/invoices", payment["id"].as_str().expect("an id"));
        shop.post(&invoices, &json!({})).await.expect(201);
        until(asked).await;
        shop.limit(15_000).await;
        // 100.00 of the limit are invoiced, so that a second order of 100.00 is not covered.
        let path = format!("/accounts/{}/credit", shop.acme().await);
        shop.control(Method::PUT, &path, &json!({ "creditBalanceCents": 10_000 })).await;
        let second = shop.pay("SO-2", "two", &cart_of(AMANDA)).await;
        assert_eq!(reason(&second), "credit_insufficient");
    }
}
