//! What a shop does with payments, and what Apruve does meanwhile.

use std::sync::Arc;

use futures_util::future::join;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::Answer,
    buyer::{at, fresh_key, payable},
    support::Database,
    test_shop::TestShop,
};

impl TestShop {
    /// A shop whose invoices Apruve pays although nothing was shipped.
    pub async fn of_services(database: Database) -> Self {
        Self::open_with(Arc::new(database), &[], |options| {
            options.physical_goods = false;
        })
        .await
    }

    /// Does something to a payment: the last part of the address, and the body.
    pub async fn act(&self, payment: &Value, what: &str, body: &Value) -> Answer {
        self.post(&format!("{}/{what}", at(payment)), body).await
    }

    /// An invoice over an amount.
    pub async fn invoiced(&self, payment: &Value, amount: &str) -> Value {
        let body = json!({ "amount": amount });
        self.act(payment, "invoices", &body).await.expect(201)
    }

    /// A payment with one invoice over all of it; the payment and the invoice.
    pub async fn with_invoice(&self, order_id: &str) -> (Value, Value) {
        let payment = self.authorized(order_id).await;
        let invoice = self.act(&payment, "invoices", &json!({})).await.expect(201);
        (payment, invoice)
    }

    /// An authorized payment whose buyer confirmed twice; the payment, and the order that it does not have.
    pub async fn with_two_orders(&self, order_id: &str) -> (Value, String) {
        let payment = self.begun(order_id).await;
        let kept = self.confirm(&payment, true).await;
        let authorized = self.authorize(&payment, &kept).await.expect(200);
        (authorized, self.confirm(&payment, true).await)
    }

    /// Apruve or the buyer moves an invoice: `fund`, `pay`, `close`.
    pub async fn at_invoice(&self, invoice: &Value, what: &str) {
        let id = invoice["providerId"].as_str().expect("an id");
        self.control(Method::POST, &format!("/invoices/{id}/{what}"), &json!({}))
            .await;
    }

    /// The payment after it was compared with Apruve.
    pub async fn synced(&self, payment: &Value) -> Value {
        self.act(payment, "sync", &json!({})).await.expect(200)
    }

    /// A payment by check, over 100 USD.
    pub async fn by_check(&self, order_id: &str) -> Value {
        let method = self.app.check(order_id).await;
        self.app
            .rule(&format!("Check {order_id}"), 20, &[&method], json!({}))
            .await;
        let body = json!({ "paymentMethodId": method, "orderId": order_id, "cart": payable() });
        self.post("/v1/payments", &body).await.expect(201)
    }

    /// What Apruve was asked to do since the last look, without what it was only asked.
    pub async fn asked(&self) -> Vec<String> {
        let calls = self.calls().await;
        let is_question = |call: &String| call.starts_with("GET ");
        let mut asked: Vec<String> = calls.into_iter().filter(|it| !is_question(it)).collect();
        asked.sort_unstable();
        asked
    }

    /// Two requests at once with one key, and then two with two.
    pub async fn twice_at_once(
        &self,
        payment: &Value,
        what: &str,
        body: &Value,
        same_key: bool,
    ) -> [Answer; 2] {
        let path = format!("{}/{what}", at(payment));
        let first = fresh_key();
        let second = if same_key { first.clone() } else { fresh_key() };
        let (one, other) = join(
            self.post_as(&first, &path, body),
            self.post_as(&second, &path, body),
        )
        .await;
        [one, other]
    }

    /// Apruve takes a while for whatever changes something.
    pub async fn slow(&self) {
        let delay = json!({ "kind": "delay", "ms": 300 });
        for method in ["POST", "PUT"] {
            self.fault(&json!({ "method": method, "count": null, "effect": delay }))
                .await;
        }
    }

    /// Apruve does the next thing at an address and does not say so.
    pub async fn deaf(&self, path: &str) {
        self.fault(&json!({ "method": "POST", "path": path, "when": "after", "effect": { "kind": "cut" } }))
            .await;
    }

    /// Nothing can be asked of Apruve from now on.
    pub async fn away(&self) {
        self.fault(&json!({ "count": null, "effect": { "kind": "answer", "status": 503 } }))
            .await;
    }

    /// Everything works again.
    pub async fn mended(&self) {
        self.control(Method::DELETE, "/faults", &Value::Null).await;
    }
}

/// The text at a field.
pub fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().expect("a text")
}

/// An amount of the payment in or beside an answer.
pub fn amount<'v>(payment: &'v Value, name: &str) -> &'v str {
    text(&payment["amounts"], name)
}

/// Of two answers to one operation, one that did it and one that did not, or was told of it.
#[track_caller]
pub fn assert_once(answers: &[Answer; 2]) {
    let done = answers
        .iter()
        .filter(|it| it.status == 201 && it.header("idempotent-replayed").is_empty());
    assert_eq!(done.count(), 1, "{answers:?}");
    let other = answers
        .iter()
        .find(|it| it.status != 201 || !it.header("idempotent-replayed").is_empty());
    let other = other.expect("another answer");
    assert!(other.status == 409 || other.status == 201, "{other:?}");
}
