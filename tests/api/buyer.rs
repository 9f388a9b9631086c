//! What a storefront and its buyer do: begin a payment, confirm it in Apruve's popup, and come back with the order.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{app::Answer, shop::cart_with, support::client, test_shop::TestShop};

impl TestShop {
    /// A POST with an idempotency key of its own.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as(&fresh_key(), path, body).await
    }

    /// A POST with this idempotency key.
    pub async fn post_as(&self, key: &str, path: &str, body: &Value) -> Answer {
        let request = self
            .app
            .request(Method::POST, path)
            .header("Idempotency-Key", key);
        request.json(body).send().await
    }

    /// The body that begins a payment of the usual cart.
    pub fn new_payment(&self, order_id: &str) -> Value {
        json!({ "paymentMethodId": self.method, "orderId": order_id, "cart": payable() })
    }

    /// A payment that nobody has confirmed yet.
    pub async fn begun(&self, order_id: &str) -> Value {
        self.post("/v1/payments", &self.new_payment(order_id))
            .await
            .expect(201)
    }

    /// The buyer confirms in the popup, or declines there; the order's id at Apruve.
    pub async fn confirm(&self, payment: &Value, approve: bool) -> String {
        let popup = self.open_popup(payment).await.expect("a popup opens");
        self.place(&popup, approve).await
    }

    /// The popup opens with what a payment says; its id, or what Apruve says instead.
    pub async fn open_popup(&self, payment: &Value) -> Result<String, Value> {
        let next = &payment["nextAction"];
        let body = json!({ "order": next["order"], "secure_hash": next["secureHash"] });
        match self.in_browser("/js/v4/checkouts", &body).await {
            (200, checkout) => Ok(checkout["id"].as_str().expect("an id").to_owned()),
            (_, refused) => Err(refused),
        }
    }

    /// The buyer confirms in an open popup, or declines there; the order's id at Apruve.
    pub async fn place(&self, popup: &str, approve: bool) -> String {
        let place = format!("/js/v4/checkouts/{popup}/place");
        let (status, placed) = self
            .in_browser(&place, &json!({ "approve": approve }))
            .await;
        assert_eq!(status, 200, "{placed}");
        placed["order_id"].as_str().expect("an order").to_owned()
    }

    /// The storefront comes back with an order.
    pub async fn authorize(&self, payment: &Value, order: &str) -> Answer {
        let path = format!("{}/authorize", at(payment));
        self.post(&path, &json!({ "apruveOrderId": order })).await
    }

    /// A payment that Apruve has accepted, as it is then.
    pub async fn authorized(&self, order_id: &str) -> Value {
        let payment = self.begun(order_id).await;
        let order = self.confirm(&payment, true).await;
        self.authorize(&payment, &order).await.expect(200)
    }

    /// A payment as it is now.
    pub async fn payment(&self, payment: &Value) -> Value {
        self.app.get(&at(payment)).await.expect(200)
    }

    async fn in_browser(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.sandbox.origin());
        let answer = client()
            .post(url)
            .body(body.to_string())
            .send()
            .await
            .expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }
}

/// The usual cart with the tax that its total needs.
pub fn payable() -> Value {
    cart_with(json!({ "taxAmount": "10.00" }))
}

/// A payment's address.
pub fn at(payment: &Value) -> String {
    format!("/v1/payments/{}", payment["id"].as_str().expect("an id"))
}

/// An idempotency key that nobody has used.
pub fn fresh_key() -> String {
    static USED: AtomicU64 = AtomicU64::new(0);
    format!("key {}", USED.fetch_add(1, Ordering::Relaxed))
}
