//! `POST /v1/payments/on-behalf`: whose credit covers the order.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::Answer,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const EMAIL: &str = "rita@acme.example";

impl TestShop {
    /// A company of the buyer's with this credit; its id.
    async fn company(&self, name: &str, currency: &str, cents: i64) -> String {
        let path = format!("/merchants/{}/accounts", self.sandbox.merchant_id);
        let body = json!({ "name": name, "currency": currency, "creditAmountCents": cents,
            "buyers": [{ "name": "Rita", "email": EMAIL }] });
        let made = self.control(Method::POST, &path, &body).await;
        made["id"].as_str().expect("an id").to_owned()
    }

    async fn for_rita(&self, order_id: &str, company: Option<&str>) -> Answer {
        let mut body = self.new_payment(order_id);
        body["buyerEmail"] = json!(EMAIL);
        if let Some(company) = company {
            body["corporateAccountId"] = json!(company);
        }
        self.post("/v1/payments/on-behalf", &body).await
    }
}

on_both_databases! {
    async fn credit_counts_in_the_orders_currency_only(database: Database) {
        let shop = TestShop::open(database).await;
        // As the account says; the sandbox itself counts in USD, so that it takes the order.
        let company = shop.company("Acme", "USD", 5_000_000).await;
        for (told, available, status) in [
            (json!({ "currency": "CAD", "credit_available_cents": 1 }), None, 202),
            (json!({ "currency": "JPY", "credit_available_cents": 0 }), None, 202),
            (json!({ "currency": "XYZ", "credit_available_cents": 0 }), None, 202),
            (json!({ "currency": "USD", "credit_available_cents": null }), None, 202),
            (json!({ "currency": "USD", "credit_available_cents": 10_000 }), None, 202),
            (json!({ "currency": "USD", "credit_available_cents": 9_999 }), Some("99.99"), 409),
            (json!({ "currency": " usd", "credit_available_cents": 9_999 }), Some("99.99"), 409),
            (json!({ "currency": null, "credit_available_cents": 9_999 }), Some("99.99"), 409),
            (json!({ "currency": {}, "credit_available_cents": "-1" }), Some("-0.01"), 409),
            (json!({ "credit_available_cents": "lots", "credit_amount_cents": {}, "credit_balance_cents": 1.5 }), None, 202),
        ] {
            shop.control(Method::PUT, &format!("/overrides/{company}"), &told).await;
            let number = format!("SO-{told}").replace(|it: char| !it.is_ascii_alphanumeric(), "-");
            let answer = shop.for_rita(&number, None).await;
            assert_eq!(answer.status, status, "{told}: {}", answer.text);
            if status == 409 {
                assert_eq!(answer.problem(409), "insufficient-credit");
                assert_eq!(answer.json()["available"].as_str(), available);
            }
        }
    }

    async fn of_several_companies_the_one_in_the_orders_currency_is_meant(database: Database) {
        let shop = TestShop::open(database).await;
        let canadian = shop.company("Acme Canada", "CAD", 5_000_000).await;
        let american = shop.company("Acme US", "USD", 5_000_000).await;
        let made = shop.for_rita("SO-1", None).await.expect(202);
        let order = format!("/orders/{}", made["provider"]["orderId"].as_str().expect("an order"));
        assert_eq!(shop.at_apruve(&order).await["payment_term"]["corporate_account_id"], json!(american));
        // A caller that names the other one gets the answer of Apruve.
        let refused = shop.for_rita("SO-2", Some(&canadian)).await;
        assert_eq!(refused.problem(422), "provider-refused");
        let second = shop.company("Acme Too", "USD", 100).await;
        let ambiguous = shop.for_rita("SO-3", None).await;
        assert_eq!(ambiguous.problem(409), "ambiguous-account");
        let shown: Vec<Value> = ambiguous.json()["candidates"].as_array().expect("candidates").clone();
        assert_eq!(shown, [
            json!({ "corporateAccountId": canadian, "name": "Acme Canada", "creditAvailable": "50000.00", "currency": "CAD" }),
            json!({ "corporateAccountId": american, "name": "Acme US", "creditAvailable": "50000.00", "currency": "USD" }),
            json!({ "corporateAccountId": second, "name": "Acme Too", "creditAvailable": "1.00", "currency": "USD" }),
        ]);
    }
}
