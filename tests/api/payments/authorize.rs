//! `POST /v1/payments/{id}/authorize`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    bazaar::Bazaar,
    buyer::at,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn an_order_that_apruve_accepted_authorizes(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.begun("SO-1").await;
        let order = bazaar.confirm(&payment, true).await;
        let answer = bazaar.authorize(&payment, &order).await.expect(200);
        assert_eq!(answer["status"], "authorized");
        assert_eq!(answer["amounts"]["authorized"], "100.00");
        assert_eq!(answer["amounts"]["openAuthorized"], "100.00");
        assert_eq!(answer["provider"]["orderId"], order);
        assert_eq!(answer["nextAction"], Value::Null);
        assert_eq!(bazaar.authorize(&payment, &order).await.expect(200), answer, "the same order again");
    }

    async fn another_order_moves_nothing(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.begun("SO-1").await;
        let other = bazaar.begun("SO-2").await;
        let order = bazaar.confirm(&other, true).await;
        let refused = bazaar.authorize(&payment, &order).await;
        assert_eq!(refused.problem(409), "order-not-ours");
        let unknown = bazaar.authorize(&payment, "00000000000000000000000000000000").await;
        assert_eq!(unknown.problem(422), "apruve-order-not-found");
        let absurd = bazaar.authorize(&payment, "../orders").await;
        assert_eq!(absurd.problem(422), "apruve-order-not-found");
        assert_eq!(bazaar.payment(&payment).await, payment);
    }

    async fn an_order_that_was_declined_declines(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.begun("SO-1").await;
        let order = bazaar.confirm(&payment, false).await;
        let waiting = bazaar.authorize(&payment, &order).await;
        assert_eq!(waiting.expect(202)["status"], "pending");
        bazaar.control(Method::POST, &format!("/orders/{order}/decline"), &json!({})).await;
        let declined = bazaar.authorize(&payment, &order).await.expect(200);
        assert_eq!(declined["status"], "declined");
        let next = bazaar.begun("SO-1").await;
        assert_eq!(next["nextAction"]["order"]["merchant_order_id"], "SO-1-2");
    }

    async fn apruve_away_is_said_and_changes_nothing(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.begun("SO-1").await;
        let order = bazaar.confirm(&payment, true).await;
        bazaar.fault(&json!({ "path": "/orders/*", "count": null, "effect": { "kind": "cut" } })).await;
        let refused = bazaar.authorize(&payment, &order).await;
        assert_eq!(refused.problem(502), "gateway-unreachable");
        assert_eq!(bazaar.payment(&payment).await, payment);
        assert!(at(&payment).starts_with("/v1/payments/payment_"));
    }
}
