//! What buyers' credit at the provider means: `POST /v1/checkout/credit`, checkout, payments, webhooks, several replicas.

mod checkout;
mod endpoint;
mod payments;
mod replicas;
mod webhooks;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{buyer::payable, test_shop::TestShop};

/// Buys for Acme, which owes nothing of 100,000.00 USD.
const AMANDA: &str = "amanda@acme.example";
/// Nobody at the provider knows them.
const STRANGER: &str = "stranger@nowhere.example";
const PATH: &str = "/v1/checkout/credit";

/// A cart over 100.00 USD of this person's.
fn cart_of(email: &str) -> Value {
    let mut cart = payable();
    cart["customerUser"] = json!({ "email": email });
    cart
}

impl TestShop {
    /// What credit and outages mean for the method.
    async fn policy(&self, credit: Value) {
        let body = json!({ "settings": { "credit": credit } });
        self.app.patch(&self.integration, &body).await.expect(200);
    }

    /// Reads a buyer's credit.
    async fn credit(&self, email: &str) -> Value {
        let body = json!({ "paymentMethodId": self.method, "buyerEmail": email });
        self.app.post(PATH, &body).await.expect(200)
    }

    /// The id of the company's account.
    async fn acme(&self) -> String {
        let path = format!("/merchants/{}/corporate_accounts", self.sandbox.merchant_id);
        let accounts = self.at_apruve(&path).await;
        accounts[0]["id"].as_str().expect("an id").to_owned()
    }

    /// How much the company may owe, of which it owes nothing.
    async fn limit(&self, cents: i64) {
        let path = format!("/accounts/{}/credit", self.acme().await);
        let body = json!({ "creditAmountCents": cents, "creditBalanceCents": 0 });
        self.control(Method::PUT, &path, &body).await;
    }

    async fn set_status(&self, status: &str, disabled: bool) {
        let path = format!("/accounts/{}/status", self.acme().await);
        let body = json!({ "status": status, "disabled": disabled });
        self.control(Method::PUT, &path, &body).await;
    }

    /// What the answer to a cart has of the method: `offered`, the code of a warning, or those of the reasons against it.
    async fn reported(&self, cart: &Value) -> Vec<String> {
        let path = "/v1/checkout/payment-methods?explain=summary";
        reported(&self.app.post(path, cart).await.expect(200), &self.method)
    }
}

fn reported(answer: &Value, method: &str) -> Vec<String> {
    let codes = |list: &Value| -> Vec<String> {
        let list = list.as_array().cloned().unwrap_or_default();
        list.iter()
            .map(|it| it["code"].as_str().expect("a code").to_owned())
            .collect()
    };
    let is_it = |it: &&Value| it["id"] == method;
    let offered = answer["offered"].as_array().expect("a list");
    if let Some(offered) = offered.iter().find(is_it) {
        let mut reported = vec!["offered".to_owned()];
        reported.extend(codes(&offered["warnings"]));
        return reported;
    }
    let others = answer["notOffered"].as_array().expect("a list");
    codes(&others.iter().find(is_it).expect("it is told of")["reasons"])
}
