//! `GET /v1/integrations/{id}/corporate-accounts`.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use super::{create, payment_term};
use crate::{
    TestApp,
    app::Answer,
    shop::cart,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

async fn accounts(shop: &TestShop, query: &str) -> Answer {
    let path = format!("{}/corporate-accounts{query}", shop.integration);
    shop.app.get(&path).await
}

/// Another company's credit line at the same shop, as the sandbox shows it.
async fn add_account(shop: &TestShop, name: &str, currency: &str, email: &str) -> Value {
    let path = format!("/merchants/{}/accounts", shop.sandbox.merchant_id);
    let body = json!({
        "name": name, "currency": currency, "strategy": "EOMNet15", "creditAmountCents": 1_000_005,
        "buyers": [{ "name": "Yuki", "email": email }],
    });
    shop.control(Method::POST, &path, &body).await
}

on_both_databases! {
    async fn an_account_is_shown_with_its_credit_and_its_buyers(database: Database) {
        let shop = TestShop::open(database).await;
        let list = format!("/merchants/{}/corporate_accounts", shop.sandbox.merchant_id);
        let theirs = shop.at_apruve(&list).await[0].clone();
        let credit = format!("/accounts/{}/credit", theirs["id"].as_str().expect("an id"));
        shop.control(Method::PUT, &credit, &json!({ "creditBalanceCents": 250_001 })).await;
        let shown = accounts(&shop, "").await.expect(200);
        assert_eq!(shown, json!({
            "items": [{
                "id": theirs["id"],
                "name": "Acme Manufacturing",
                "customerId": theirs["customer_uuid"],
                "paymentTermStrategy": "Net30",
                "creditLimit": "100000.00",
                "creditBalance": "2500.01",
                "creditAvailable": "97499.99",
                "currency": "USD",
                "status": "approved",
                "disabledAt": null,
                "authorizedBuyers": theirs["authorized_buyers"],
            }],
            "nextCursor": null,
            "complete": true,
        }));
    }

    async fn a_buyer_finds_the_accounts_of_its_address_in_any_case_and_a_stranger_none(database: Database) {
        let shop = TestShop::open(database).await;
        let other = add_account(&shop, "Kyoto Tools", "JPY", "yuki+po@kyoto.example").await;
        assert_eq!(accounts(&shop, "").await.expect(200)["items"].as_array().map(Vec::len), Some(2));
        shop.calls().await;
        for query in ["?email=Yuki%2Bpo@kyoto.example", "?email=yuki+po@kyoto.example"] {
            let found = accounts(&shop, query).await.expect(200);
            let [account] = &found["items"].as_array().expect("a list")[..] else {
                panic!("one account: {found}")
            };
            assert_eq!(account["id"], other["id"]);
            assert_eq!(
                (&account["creditLimit"], &account["currency"]),
                (&json!("1000005"), &json!("JPY")),
            );
        }
        for unknown in ["empty", "not-found"] {
            let behaviour = json!({ "unknownEmail": unknown });
            shop.control(Method::PUT, "/behaviour", &behaviour).await;
            let none = accounts(&shop, "?email=nobody@acme.example").await.expect(200);
            assert_eq!((&none["items"], &none["complete"]), (&json!([]), &json!(true)), "{unknown}");
        }
        assert_eq!(shop.calls().await.len(), 4);
    }

    async fn figures_in_a_currency_that_nobody_knows_are_not_guessed(database: Database) {
        let shop = TestShop::open(database).await;
        let made = add_account(&shop, "Strange", "XYZ", "a@strange.example").await;
        let found = accounts(&shop, "?email=a@strange.example").await.expect(200);
        let account = &found["items"][0];
        assert_eq!((&account["currency"], &account["creditLimit"]), (&json!("XYZ"), &Value::Null));
        let path = format!("/overrides/{}", made["id"].as_str().expect("an id"));
        shop.control(Method::PUT, &path, &json!({ "currency": null })).await;
        let found = accounts(&shop, "?email=a@strange.example").await.expect(200);
        let account = &found["items"][0];
        assert_eq!((&account["currency"], &account["creditLimit"]), (&json!("USD"), &json!("10000.05")));
    }

    async fn what_cannot_be_an_address_is_refused_before_anything_is_asked(database: Database) {
        let shop = TestShop::open(database).await;
        for query in ["?email=", "?email=amanda", "?email=a@b@", "?mail=amanda@acme.example"] {
            let refused = accounts(&shop, query).await;
            assert_eq!(refused.pointers().len(), 1, "{query}");
        }
        assert_eq!(shop.calls().await, [""; 0]);
    }

    async fn a_key_that_apruve_refuses_is_a_refusal_and_silence_is_none(database: Database) {
        let shop = TestShop::open_with(Arc::new(database), &[("apruve.timeout", "2s")], |_| {}).await;
        let path = "/merchants/*/corporate_accounts";
        for (effect, status, kind) in [
            (json!({ "kind": "answer", "status": 401 }), 502, "key-refused"),
            (json!({ "kind": "answer", "status": 403 }), 502, "key-refused"),
            (json!({ "kind": "answer", "status": 404 }), 422, "provider-refused"),
            (json!({ "kind": "answer", "status": 500 }), 502, "gateway-unreachable"),
            (json!({ "kind": "answer", "status": 429 }), 503, "unavailable"),
            (json!({ "kind": "cut" }), 502, "gateway-unreachable"),
            (json!({ "kind": "delay", "ms": 4000 }), 502, "gateway-unreachable"),
        ] {
            shop.fault(&json!({ "path": path, "effect": effect })).await;
            let answer = accounts(&shop, "").await;
            assert_eq!(answer.problem(status), kind, "{effect}: {}", answer.text);
            assert!(!answer.text.contains(&shop.sandbox.api_key), "{}", answer.text);
        }
        accounts(&shop, "").await.expect(200);
        let refused = json!({ "path": path, "effect": { "kind": "answer", "status": 401 } });
        shop.fault(&refused).await;
        let sentence = accounts(&shop, "").await.expect(502)["detail"].clone();
        assert!(sentence.as_str().is_some_and(|it| it.contains("rejected the API key")), "{sentence}");
    }

    async fn an_integration_that_is_off_still_shows_its_accounts(database: Database) {
        let shop = TestShop::open(database).await;
        assert_eq!(shop.app.offered(&cart()).await, [&*shop.method]);
        shop.app.post(&format!("{}/deactivate", shop.integration), &json!({})).await.expect(200);
        assert_eq!(shop.app.offered(&cart()).await, [""; 0]);
        let shown = accounts(&shop, "?email=amanda@acme.example").await.expect(200);
        assert_eq!(shown["items"][0]["name"], "Acme Manufacturing");
    }

    async fn offline_methods_have_no_accounts_and_unknown_integrations_nothing(database: Database) {
        let app = TestApp::start(database).await;
        let (offline, _) = create(&app, &payment_term("Terms")).await;
        let answer = app.get(&format!("{offline}/corporate-accounts")).await;
        assert_eq!(answer.problem(409), "conflict");
        let unknown = "/v1/integrations/integration_01h455vb4pex5vsknk084sn02q/corporate-accounts";
        assert_eq!(app.get(unknown).await.problem(404), "not-found");
    }
}
