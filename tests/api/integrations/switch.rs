//! `POST /v1/integrations/{id}/activate` and `…/deactivate`.

use reqwest::Method;
use serde_json::json;

use super::{audited, create, create_rule, names, payment_term};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn switching_off_shows_which_rules_lose_the_method_and_which_have_none_left(database: Database) {
        let app = TestApp::start(database).await;
        let (address, integration) = create(&app, &payment_term("Terms")).await;
        let (_, other) = create(&app, &payment_term("Other")).await;
        create_rule(&app, "Alone", &[&integration]).await;
        create_rule(&app, "Together", &[&integration, &other]).await;
        let before = app.get(&address).await.etag();

        let off = app.post(&format!("{address}/deactivate"), &json!({})).await;
        let body = off.expect(200);
        assert_eq!(body["enabled"], false);
        assert_eq!(names(&body["rulesAffected"]), ["Alone", "Together"]);
        assert_eq!(names(&body["rulesWithoutMethods"]), ["Alone"]);
        assert_ne!(off.etag(), before);
        assert_eq!(app.get(&address).await.etag(), off.etag());

        let on = app.post(&format!("{address}/activate"), &json!({})).await.expect(200);
        assert_eq!(on["enabled"], true);
        assert_eq!(names(&on["rulesAffected"]), ["Alone", "Together"]);
        assert_eq!(on["rulesWithoutMethods"], json!([]));
    }

    async fn switching_twice_changes_nothing_the_second_time(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &payment_term("Terms")).await;
        let switch = || app.request(Method::POST, &format!("{address}/deactivate")).send();
        let (once, twice) = (switch().await, switch().await);
        assert_eq!(once.expect(200), twice.expect(200));
        assert_eq!(once.etag(), twice.etag());
        let log = audited(&app, &address).await;
        assert_eq!(log.len(), 2);
        assert_eq!(log[1], ("deactivate".to_owned(), json!({ "enabled": { "from": true, "to": false } })));
    }

    async fn a_replayed_switch_shows_the_present_state(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &payment_term("Terms")).await;
        let off = || {
            let request = app.request(Method::POST, &format!("{address}/deactivate"));
            request.header("idempotency-key", "k").send()
        };
        off().await.expect(200);
        app.post(&format!("{address}/activate"), &json!({})).await.expect(200);
        let replayed = off().await;
        assert_eq!(replayed.header("idempotent-replayed"), "true");
        assert_eq!(replayed.expect(200)["enabled"], true);
    }

    async fn what_does_not_exist_cannot_be_switched(database: Database) {
        let app = TestApp::start(database).await;
        for path in ["integration_01h455vb4pex5vsknk084sn02q/activate", "x/deactivate"] {
            let answer = app.post(&format!("/v1/integrations/{path}"), &json!({})).await;
            assert_eq!(answer.problem(404), "not-found");
        }
    }
}
