//! `POST /v1/payments/{id}/cancel`.

use onterms::auth::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use super::shop_floor::{amount, assert_once, text};
use crate::{
    app::Answer,
    bazaar::Bazaar,
    buyer::{at, fresh_key},
    support::{Database, on_both_databases},
};

impl Bazaar {
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
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.authorized("SO-1").await;
        bazaar.asked().await;
        let canceled = bazaar.cancel_with(&payment, &[Scope::PaymentsWrite], &json!({})).await.expect(201);
        assert_eq!((&canceled["status"], amount(&canceled, "canceled")), (&json!("canceled"), "100.00"));
        let order = text(&payment["provider"], "orderId");
        assert_eq!(bazaar.at_apruve(&format!("/orders/{order}")).await["status"], "canceled");
        assert_eq!(bazaar.asked().await.len(), 1);
        let again = bazaar.act(&payment, "cancel", &json!({})).await;
        assert_eq!(again.problem(409), "wrong-state");
        assert_eq!((&again.json()["paymentStatus"], &again.json()["possible"]), (&json!("canceled"), &json!([])));
        assert!(text(&again.json(), "detail").contains("nothing more is possible"));
    }

    async fn a_checkout_nobody_confirmed_is_canceled_without_asking_apruve(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.begun("SO-1").await;
        bazaar.calls().await;
        let canceled = bazaar.act(&payment, "cancel", &json!({})).await.expect(201);
        assert_eq!((&canceled["status"], &canceled["nextAction"]), (&json!("canceled"), &Value::Null));
        assert!(bazaar.calls().await.is_empty());
    }

    async fn once_something_is_invoiced_it_takes_the_right_to_settle(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.authorized("SO-1").await;
        bazaar.invoiced(&payment, "40").await;
        bazaar.asked().await;
        for body in [json!({}), json!({ "scope": "all" })] {
            let refused = bazaar.cancel_with(&payment, &[Scope::PaymentsWrite], &body).await;
            assert_eq!(refused.problem(403), "missing-scope");
            assert!(refused.header("www-authenticate").contains("payments:settle"));
        }
        assert!(bazaar.asked().await.is_empty());
        let both = [Scope::PaymentsWrite, Scope::PaymentsSettle];
        let canceled = bazaar.cancel_with(&payment, &both, &json!({ "scope": "remainder" })).await.expect(201);
        assert_eq!((&canceled["status"], amount(&canceled, "canceled"), amount(&canceled, "invoiced")), (&json!("invoiced"), "60.00", "40.00"));
        let cancel = canceled["transactions"].as_array().and_then(|all| all.iter().find(|it| it["action"] == "cancel")).expect("a cancellation");
        assert!(text(cancel, "note").contains("on our side only"));
        let more = bazaar.act(&payment, "invoices", &json!({ "amount": "1" })).await;
        assert_eq!(more.problem(409), "wrong-state");
    }

    async fn all_takes_every_invoice_first(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.authorized("SO-1").await;
        bazaar.invoiced(&payment, "40").await;
        bazaar.invoiced(&payment, "35").await;
        bazaar.asked().await;
        let path = format!("{}/cancel", at(&payment));
        let canceled = bazaar.post_as("one", &path, &json!({ "scope": "all" })).await.expect(201);
        assert_eq!((&canceled["status"], amount(&canceled, "canceled")), (&json!("canceled"), "100.00"));
        assert_eq!(amount(&canceled, "invoiced"), "0.00");
        assert_eq!(bazaar.asked().await.len(), 3);
        let told = bazaar.post_as("one", &path, &json!({ "scope": "all" })).await;
        assert_eq!(told.header("idempotent-replayed"), "true");
        assert_eq!(told.expect(201), canceled);
        assert!(bazaar.asked().await.is_empty());
    }

    async fn all_begins_nothing_when_one_invoice_cannot_go(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.authorized("SO-1").await;
        bazaar.invoiced(&payment, "40").await;
        let shipped = bazaar.invoiced(&payment, "35").await;
        bazaar.act(&payment, &format!("invoices/{}/shipments", text(&shipped, "id")), &json!({})).await.expect(201);
        bazaar.asked().await;
        let refused = bazaar.act(&payment, "cancel", &json!({ "scope": "all" })).await;
        assert_eq!(refused.problem(409), "use-refund");
        assert!(bazaar.asked().await.is_empty());
    }

    async fn all_stops_where_a_step_is_unknown_and_goes_on_with_the_same_key(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.authorized("SO-1").await;
        bazaar.invoiced(&payment, "40").await;
        bazaar.invoiced(&payment, "35").await;
        bazaar.deaf("/invoices/*/cancel").await;
        bazaar.asked().await;
        let path = format!("{}/cancel", at(&payment));
        let stopped = bazaar.post_as("one", &path, &json!({ "scope": "all" })).await.expect(202);
        assert_eq!((&stopped["unsettled"], amount(&stopped, "invoiced")), (&json!(true), "75.00"));
        assert_eq!(bazaar.asked().await.len(), 1);
        let other = bazaar.post_as("one", &path, &json!({ "scope": "remainder" })).await;
        assert_eq!(other.problem(422), "idempotency-key-reused");
        let ended = bazaar.post_as("one", &path, &json!({ "scope": "all" })).await.expect(201);
        assert_eq!(ended["status"], "canceled");
        assert_eq!(bazaar.asked().await.len(), 2, "the second invoice, and the order");
    }

    async fn all_stops_where_apruve_refuses_and_may_be_asked_again(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let (payment, _) = bazaar.with_invoice("SO-1").await;
        bazaar.fault(&json!({ "method": "POST", "path": "/invoices/*/cancel", "effect": { "kind": "answer", "status": 400 } })).await;
        let path = format!("{}/cancel", at(&payment));
        let refused = bazaar.post_as("one", &path, &json!({ "scope": "all" })).await;
        assert_eq!(refused.problem(422), "provider-refused");
        assert_eq!(bazaar.payment(&payment).await["status"], "invoiced");
        assert_eq!(bazaar.post_as("one", &path, &json!({ "scope": "all" })).await.expect(201)["status"], "canceled");
    }

    async fn what_was_not_sent_is_said_and_may_be_tried_again(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.authorized("SO-1").await;
        bazaar.deaf("/orders/*/cancel").await;
        let lost = bazaar.act(&payment, "cancel", &json!({})).await.expect(202);
        assert_eq!(lost["unsettled"], true);
        assert_eq!(bazaar.synced(&payment).await["status"], "canceled");
    }

    async fn a_double_click_is_one_cancellation(database: Database) {
        let bazaar = Bazaar::open(database).await;
        for same_key in [true, false] {
            let authorized = bazaar.authorized(&format!("SO-{same_key}")).await;
            let (invoiced, _) = bazaar.with_invoice(&format!("INV-{same_key}")).await;
            bazaar.slow().await;
            bazaar.asked().await;
            assert_once(&bazaar.twice_at_once(&authorized, "cancel", &json!({}), same_key).await);
            assert_once(&bazaar.twice_at_once(&invoiced, "cancel", &json!({ "scope": "all" }), same_key).await);
            assert_eq!(bazaar.asked().await.len(), 3, "same key: {same_key}");
            for payment in [&authorized, &invoiced] {
                assert_eq!(bazaar.payment(payment).await["status"], "canceled");
            }
            bazaar.mended().await;
        }
    }

    async fn a_body_that_will_not_do_is_refused(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.authorized("SO-1").await;
        let refused = bazaar.act(&payment, "cancel", &json!({ "scope": "everything" })).await;
        assert_eq!(refused.pointers(), ["/scope"]);
        let refused = bazaar.act(&payment, "cancel", &json!({ "scop": "all", "amount": "1" })).await;
        assert_eq!(refused.pointers(), ["/amount", "/scop"]);
    }

    async fn an_integration_that_was_switched_off_does_not_stop_its_payments(database: Database) {
        let bazaar = Bazaar::open(database).await;
        let payment = bazaar.authorized("SO-1").await;
        bazaar.app.post(&format!("{}/deactivate", bazaar.integration), &json!({})).await.expect(200);
        bazaar.invoiced(&payment, "40").await;
        bazaar.act(&payment, "cancel", &json!({})).await.expect(201);
        let new = bazaar.post("/v1/payments", &bazaar.new_payment("SO-2")).await;
        assert_eq!(new.problem(409), "not-eligible");
    }
}
