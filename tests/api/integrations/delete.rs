//! `DELETE /v1/integrations/{id}` and `GET …/{id}/rules`.

use reqwest::Method;
use serde_json::json;

use super::{
    apruve, audited, begin_payment, create, create_rule, end_payment, names, payment_term,
};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn an_unused_integration_is_deleted_and_its_name_is_free(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &apruve("Apruve US")).await;
        let bare = app.request(Method::DELETE, &address).send().await;
        assert_eq!(bare.problem(428), "precondition-required");
        app.delete(&address).await.expect(204);
        assert_eq!(app.get(&address).await.problem(404), "not-found");
        assert_eq!(app.get("/v1/integrations").await.expect(200)["items"], json!([]));
        let again = app.request(Method::DELETE, &address).header("if-match", "*").send().await;
        assert_eq!(again.problem(404), "not-found");
        create(&app, &apruve("Apruve US")).await;
        let actions: Vec<_> = audited(&app, &address).await.into_iter().map(|(action, _)| action).collect();
        assert_eq!(actions, ["create", "delete"]);
    }

    async fn rules_that_offer_its_method_stand_in_the_way(database: Database) {
        let app = TestApp::start(database).await;
        let (address, doomed) = create(&app, &payment_term("Doomed")).await;
        let (_, other) = create(&app, &payment_term("Other")).await;
        create_rule(&app, "Alone", &[&doomed]).await;
        create_rule(&app, "Together", &[&doomed, &other]).await;
        create_rule(&app, "Without", &[&other]).await;
        let rules = app.get(&format!("{address}/rules")).await.expect(200);
        assert_eq!(names(&rules["items"]), ["Alone", "Together"]);
        let refused = app.delete(&address).await;
        assert_eq!(refused.problem(409), "in-use");
        assert_eq!(names(&refused.json()["rules"]), ["Alone", "Together"]);
        app.get(&address).await.expect(200);

        let detached = app.delete(&format!("{address}?detach=true")).await.expect(200);
        assert_eq!(names(&detached["rulesAffected"]), ["Alone", "Together"]);
        assert_eq!(names(&detached["rulesWithoutMethods"]), ["Alone"]);
        assert_eq!(app.get(&address).await.problem(404), "not-found");
        assert_eq!(app.get(&format!("{address}/rules")).await.problem(404), "not-found");
    }

    async fn a_payment_that_is_not_at_rest_stands_in_the_way_and_its_secrets_stay(database: Database) {
        let app = TestApp::start(database).await;
        let (address, apruve) = create(&app, &apruve("Apruve US")).await;
        create_rule(&app, "Ours", &[&apruve]).await;
        begin_payment(&app, &apruve, "payment_1").await;
        begin_payment(&app, &apruve, "payment_2").await;
        end_payment(&app, "payment_2").await;
        let refused = app.delete(&address).await;
        assert_eq!(refused.problem(409), "in-use");
        let told = refused.json();
        assert_eq!((names(&told["rules"]), &told["openPayments"]), (vec!["Ours"], &json!(1)));
        let refused = app.delete(&format!("{address}?detach=true")).await;
        assert_eq!(refused.problem(409), "in-use");
        let told = refused.json();
        assert_eq!((&told["rules"], &told["openPayments"]), (&json!([]), &json!(1)));
        assert_eq!(names(&app.get(&format!("{address}/rules")).await.expect(200)["items"]), ["Ours"]);
        app.post(&format!("{address}/deactivate"), &json!({})).await.expect(200);

        end_payment(&app, "payment_1").await;
        app.delete(&format!("{address}?detach=true")).await.expect(200);
    }

    async fn a_replayed_creation_of_what_is_deleted_is_not_found(database: Database) {
        let app = TestApp::start(database).await;
        let send = || {
            let request = app.request(Method::POST, "/v1/integrations").header("idempotency-key", "k");
            request.json(&payment_term("Terms")).send()
        };
        let location = send().await.header("location");
        app.delete(&location).await.expect(204);
        assert_eq!(send().await.problem(404), "not-found");
    }
}
