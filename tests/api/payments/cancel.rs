//! `POST /v1/payments/{id}/cancel`.

use onterms::auth::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use super::shop_floor::{amount, assert_once, text};
use crate::{
    app::{Answer, execute},
    buyer::{at, fresh_key},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

impl TestShop {
    async fn cancel_with(&self, payment: &Value, scopes: &[Scope], body: &Value) -> Answer {
        let token = self.app.token("clerk", scopes);
        let request = self
            .app
            .bare(Method::POST, &format!("{}/cancel", at(payment)));
        let request = request.header("Idempotency-Key", &fresh_key());
        request.bearer(&token).json(body).send().await
    }
}

on_both_databases! {
    async fn an_authorized_payment_is_given_up_with_its_order(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.asked().await;
        let canceled = shop.cancel_with(&payment, &[Scope::PaymentsWrite], &json!({})).await.expect(201);
        assert_eq!((&canceled["status"], amount(&canceled, "canceled")), (&json!("canceled"), "100.00"));
        let order = text(&payment["provider"], "orderId");
        assert_eq!(shop.at_apruve(&format!("/orders/{order}")).await["status"], "canceled");
        assert_eq!(shop.asked().await.len(), 1);
        let again = shop.act(&payment, "cancel", &json!({})).await;
        assert_eq!(again.problem(409), "wrong-state");
        assert_eq!((&again.json()["paymentStatus"], &again.json()["possible"]), (&json!("canceled"), &json!([])));
        assert!(text(&again.json(), "detail").contains("nothing more is possible"));
    }

    async fn a_checkout_nobody_confirmed_is_canceled_without_asking_apruve(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        shop.calls().await;
        let canceled = shop.act(&payment, "cancel", &json!({})).await.expect(201);
        assert_eq!((&canceled["status"], &canceled["nextAction"]), (&json!("canceled"), &Value::Null));
        assert!(shop.calls().await.is_empty());
    }

    async fn once_something_is_invoiced_it_takes_the_right_to_settle(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.invoiced(&payment, "40").await;
        shop.asked().await;
        for body in [json!({}), json!({ "scope": "all" })] {
            let refused = shop.cancel_with(&payment, &[Scope::PaymentsWrite], &body).await;
            assert_eq!(refused.problem(403), "missing-scope");
            assert!(refused.header("www-authenticate").contains("payments:cancel"));
        }
        assert!(shop.asked().await.is_empty());
        let both = [Scope::PaymentsWrite, Scope::PaymentsSettle];
        let canceled = shop.cancel_with(&payment, &both, &json!({ "scope": "remainder" })).await.expect(201);
        assert_eq!((&canceled["status"], amount(&canceled, "canceled"), amount(&canceled, "invoiced")), (&json!("invoiced"), "60.00", "40.00"));
        let cancel = canceled["transactions"].as_array().and_then(|all| all.iter().find(|it| it["action"] == "cancel")).expect("a cancellation");
        assert!(text(cancel, "note").contains("on our side only"));
        let more = shop.act(&payment, "invoices", &json!({ "amount": "1" })).await;
        assert_eq!(more.problem(409), "wrong-state");
    }

    async fn all_takes_every_invoice_first(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.invoiced(&payment, "40").await;
        shop.invoiced(&payment, "35").await;
        shop.asked().await;
        let path = format!("{}/cancel", at(&payment));
        let canceled = shop.post_as("one", &path, &json!({ "scope": "all" })).await.expect(201);
        assert_eq!((&canceled["status"], amount(&canceled, "canceled")), (&json!("canceled"), "100.00"));
        assert_eq!(amount(&canceled, "invoiced"), "0.00");
        assert_eq!(shop.asked().await.len(), 3);
        let told = shop.post_as("one", &path, &json!({ "scope": "all" })).await;
        assert_eq!(told.header("idempotent-replayed"), "true");
        assert_eq!(told.expect(201), canceled);
        let archive = "UPDATE integrations SET archived_at = created_at, api_key_sealed = NULL";
        execute(&shop.app, archive).await;
        let told = shop.post_as("one", &path, &json!({ "scope": "all" })).await;
        let told = told.expect(201);
        assert_eq!((&told["id"], &told["version"]), (&canceled["id"], &canceled["version"]), "nothing is left to be sent");
        assert_eq!(told["status"], "canceled");
        assert!(shop.asked().await.is_empty());
    }

    async fn all_begins_nothing_when_one_invoice_cannot_go(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.invoiced(&payment, "40").await;
        let shipped = shop.invoiced(&payment, "35").await;
        shop.act(&payment, &format!("invoices/{}/shipments", text(&shipped, "id")), &json!({})).await.expect(201);
        shop.asked().await;
        let refused = shop.act(&payment, "cancel", &json!({ "scope": "all" })).await;
        assert_eq!(refused.problem(409), "use-refund");
        assert!(shop.asked().await.is_empty());
    }

    async fn all_stops_where_a_step_is_unknown_and_goes_on_with_the_same_key(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.invoiced(&payment, "40").await;
        shop.invoiced(&payment, "35").await;
        shop.deaf("/invoices/*/cancel").await;
        shop.asked().await;
        let path = format!("{}/cancel", at(&payment));
        let stopped = shop.post_as("one", &path, &json!({ "scope": "all" })).await.expect(202);
        assert_eq!((&stopped["unsettled"], amount(&stopped, "invoiced")), (&json!(true), "75.00"));
        assert_eq!(shop.asked().await.len(), 1);
        let other = shop.post_as("one", &path, &json!({ "scope": "remainder" })).await;
        assert_eq!(other.problem(422), "idempotency-key-reused");
        let ended = shop.post_as("one", &path, &json!({ "scope": "all" })).await.expect(201);
        assert_eq!(ended["status"], "canceled");
        assert_eq!(shop.asked().await.len(), 2, "the second invoice, and the order");
    }

    async fn all_stops_where_apruve_refuses_and_may_be_asked_again(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, _) = shop.with_invoice("SO-1").await;
        shop.fault(&json!({ "method": "POST", "path": "/invoices/*/cancel", "effect": { "kind": "answer", "status": 400 } })).await;
        let path = format!("{}/cancel", at(&payment));
        let refused = shop.post_as("one", &path, &json!({ "scope": "all" })).await;
        assert_eq!(refused.problem(422), "provider-refused");
        assert_eq!(shop.payment(&payment).await["status"], "invoiced");
        assert_eq!(shop.post_as("one", &path, &json!({ "scope": "all" })).await.expect(201)["status"], "canceled");
    }

    async fn what_was_not_sent_is_said_and_may_be_tried_again(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.deaf("/orders/*/cancel").await;
        let lost = shop.act(&payment, "cancel", &json!({})).await.expect(202);
        assert_eq!(lost["unsettled"], true);
        assert_eq!(shop.synced(&payment).await["status"], "canceled");
    }

    async fn a_double_click_is_one_cancellation(database: Database) {
        let shop = TestShop::open(database).await;
        for same_key in [true, false] {
            let authorized = shop.authorized(&format!("SO-{same_key}")).await;
            let (invoiced, _) = shop.with_invoice(&format!("INV-{same_key}")).await;
            shop.slow().await;
            shop.asked().await;
            assert_once(&shop.twice_at_once(&authorized, "cancel", &json!({}), same_key).await);
            assert_once(&shop.twice_at_once(&invoiced, "cancel", &json!({ "scope": "all" }), same_key).await);
            assert_eq!(shop.asked().await.len(), 3, "same key: {same_key}");
            for payment in [&authorized, &invoiced] {
                assert_eq!(shop.payment(payment).await["status"], "canceled");
            }
            shop.mended().await;
        }
    }

    async fn a_body_that_is_not_valid_is_rejected(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let refused = shop.act(&payment, "cancel", &json!({ "scope": "everything" })).await;
        assert_eq!(refused.pointers(), ["/scope"]);
        let refused = shop.act(&payment, "cancel", &json!({ "scop": "all", "amount": "1" })).await;
        assert_eq!(refused.pointers(), ["/amount", "/scop"]);
    }

    async fn an_integration_that_was_switched_off_does_not_stop_its_payments(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.app.post(&format!("{}/deactivate", shop.integration), &json!({})).await.expect(200);
        shop.invoiced(&payment, "40").await;
        shop.act(&payment, "cancel", &json!({})).await.expect(201);
        let new = shop.post("/v1/payments", &shop.new_payment("SO-2")).await;
        assert_eq!(new.problem(409), "not-eligible");
    }
}
