//! `POST /v1/checkout/credit`.

use onterms::auth::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use super::{AMANDA, PATH, STRANGER};
use crate::{
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

on_both_databases! {
    async fn what_the_provider_says_is_reported_and_figures_only_to_those_who_may_read_them(database: Database) {
        let shop = TestShop::open(database).await;
        let known = shop.credit(AMANDA).await;
        assert_eq!(known["state"], "ok");
        assert_eq!(known["readAt"], json!(shop.app.now()));
        let account = &known["accounts"][0];
        assert_eq!(account["id"], json!(shop.acme().await));
        assert_eq!(account["creditAvailable"], "100000.00");
        assert_eq!((&account["currency"], &account["status"], &account["onHold"]), (&json!("USD"), &json!("approved"), &json!(false)));
        let token = shop.app.token("storefront", &[Scope::Checkout]);
        let body = json!({ "paymentMethodId": shop.method, "buyerEmail": AMANDA });
        let plain = shop.app.bare(Method::POST, PATH).bearer(&token).json(&body).send().await.expect(200);
        assert_eq!(plain["state"], "ok");
        assert_eq!(plain.get("accounts"), None);

        assert_eq!(shop.credit(STRANGER).await["state"], "no_account");
        shop.control(Method::PUT, "/behaviour", &json!({ "unknownEmail": "not-found" })).await;
        assert_eq!(shop.credit(STRANGER).await["state"], "no_account");
        for (status, disabled, state) in [
            ("suspended", false, "hold"), ("denied", false, "hold"), ("disabled", false, "hold"), ("approved", true, "hold"),
            ("approved", false, "ok"),
        ] {
            shop.set_status(status, disabled).await;
            assert_eq!(shop.credit(AMANDA).await["state"], state, "{status} {disabled}");
        }
    }

    async fn a_provider_that_does_not_answer_leaves_it_unknown(database: Database) {
        let shop = TestShop::open(database).await;
        for effect in [json!({ "kind": "answer", "status": 503 }), json!({ "kind": "answer", "status": 403 }), json!({ "kind": "cut" })] {
            shop.fault(&json!({ "count": null, "effect": effect })).await;
            let unknown = shop.credit(AMANDA).await;
            assert_eq!((&unknown["state"], &unknown["readAt"]), (&json!("unknown"), &Value::Null), "{effect}");
            shop.control(Method::DELETE, "/faults", &Value::Null).await;
        }
    }

    async fn everything_that_is_wrong_with_a_question_is_reported_at_once(database: Database) {
        let shop = TestShop::open(database).await;
        let check = shop.app.check("c").await;
        let method = shop.method.clone();
        for (body, pointers) in [
            (json!({}), &["/paymentMethodId", "/buyerEmail"][..]),
            (json!({ "paymentMethodId": 7, "buyerEmail": null }), &["/paymentMethodId", "/buyerEmail"]),
            (json!({ "paymentMethodId": check, "buyerEmail": AMANDA }), &["/paymentMethodId"]),
            (json!({ "paymentMethodId": "apruve_01h455vb4pex5vsknk084sn02q", "buyerEmail": AMANDA }), &["/paymentMethodId"]),
            (json!({ "paymentMethodId": "nonsense", "buyerEmail": "nonsense" }), &["/paymentMethodId", "/buyerEmail"]),
            (json!({ "paymentMethodId": method, "buyerEmail": "@acme.example" }), &["/buyerEmail"]),
            (json!({ "paymentMethodId": method, "buyerEmail": "a b@acme.example" }), &["/buyerEmail"]),
            (json!({ "paymentMethodId": method, "buyerEmail": format!("{}@a.example", "a".repeat(300)) }), &["/buyerEmail"]),
            (json!({ "paymentMethodId": method, "buyerEmail": AMANDA, "email": AMANDA }), &["/email"]),
        ] {
            assert_eq!(shop.app.post(PATH, &body).await.pointers(), pointers, "{body}");
        }
        let body = json!({ "paymentMethodId": method, "buyerEmail": AMANDA });
        shop.app.post(&format!("{}/deactivate", shop.integration), &json!({})).await.expect(200);
        assert_eq!(shop.app.post(PATH, &body).await.problem(409), "conflict");
        assert_eq!(shop.calls().await, Vec::<String>::new());
    }

    async fn a_token_of_websites_sees_the_methods_that_are_offered_there(database: Database) {
        let shop = TestShop::open(database).await;
        let rules = shop.app.get("/v1/payment-rules").await.expect(200);
        let rule = format!("/v1/payment-rules/{}", rules["items"][0]["id"].as_str().expect("an id"));
        let body = json!({ "paymentMethodId": shop.method, "buyerEmail": AMANDA });
        for (websites, here, elsewhere) in [(json!([]), 200, 200), (json!(["us", "eu"]), 200, 422)] {
            shop.app.patch(&rule, &json!({ "websites": websites })).await.expect(200);
            for (website, status) in [("us", here), ("asia", elsewhere)] {
                let token = shop.app.token_of(&[website]);
                let answer = shop.app.bare(Method::POST, PATH).bearer(&token).json(&body).send().await;
                assert_eq!(answer.status, status, "{websites} {website}: {}", answer.text);
            }
        }
    }

    async fn many_who_ask_at_once_ask_the_provider_once(database: Database) {
        let shop = TestShop::open(database).await;
        shop.fault(&json!({ "count": null, "effect": { "kind": "delay", "ms": 1000 } })).await;
        shop.calls().await;
        let spellings = [AMANDA, " Amanda@ACME.example ", "AMANDA@acme.EXAMPLE"];
        let answers = futures_util::future::join_all(spellings.map(|email| shop.credit(email))).await;
        assert!(answers.iter().all(|it| it["state"] == "ok"), "{answers:?}");
        assert_eq!(shop.calls().await.len(), 1);
    }
}
