//! `POST /v1/payments/{id}/authorize`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    buyer::at,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

on_both_databases! {
    async fn an_order_that_apruve_accepted_authorizes(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        let order = shop.confirm(&payment, true).await;
        let answer = shop.authorize(&payment, &order).await.expect(200);
        assert_eq!(answer["status"], "authorized");
        assert_eq!(answer["amounts"]["authorized"], "100.00");
        assert_eq!(answer["amounts"]["openAuthorized"], "100.00");
        assert_eq!(answer["provider"]["orderId"], order);
        assert_eq!(answer["nextAction"], Value::Null);
        assert_eq!(shop.authorize(&payment, &order).await.expect(200), answer, "the same order again");
    }

    async fn another_order_moves_nothing(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        let other = shop.begun("SO-2").await;
        let order = shop.confirm(&other, true).await;
        let refused = shop.authorize(&payment, &order).await;
        assert_eq!(refused.problem(409), "order-not-ours");
        let unknown = shop.authorize(&payment, "00000000000000000000000000000000").await;
        assert_eq!(unknown.problem(422), "apruve-order-not-found");
        let absurd = shop.authorize(&payment, "../orders").await;
        assert_eq!(absurd.problem(422), "apruve-order-not-found");
        assert_eq!(shop.payment(&payment).await, payment);
    }

    async fn an_order_that_was_declined_declines(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        let order = shop.confirm(&payment, false).await;
        let waiting = shop.authorize(&payment, &order).await;
        assert_eq!(waiting.expect(202)["status"], "pending");
        shop.control(Method::POST, &format!("/orders/{order}/decline"), &json!({})).await;
        let declined = shop.authorize(&payment, &order).await.expect(200);
        assert_eq!(declined["status"], "declined");
        let next = shop.begun("SO-1").await;
        assert_eq!(next["nextAction"]["order"]["merchant_order_id"], "SO-1-2");
    }

    async fn apruve_away_is_said_and_changes_nothing(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        let order = shop.confirm(&payment, true).await;
        shop.fault(&json!({ "path": "/orders/*", "count": null, "effect": { "kind": "cut" } })).await;
        let refused = shop.authorize(&payment, &order).await;
        assert_eq!(refused.problem(502), "gateway-unreachable");
        assert_eq!(shop.payment(&payment).await, payment);
        assert!(at(&payment).starts_with("/v1/payments/payment_"));
    }
}
