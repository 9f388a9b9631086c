//! What the feed tells of findings, integrations and rules.

use onterms::findings::FindingCode;
use serde_json::json;

use super::{reported, text, types};
use crate::{
    TestApp,
    findings::{PAYMENT, a_payment, notice},
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn a_finding_is_reported_when_it_is_opened(database: Database) {
        let app = TestApp::start(database).await;
        let about = a_payment(&app).await;
        let noticed = [(FindingCode::SecondOrder, "o2")];
        let found = notice(&app, about, &noticed, true).await.remove(0);
        notice(&app, about, &noticed, true).await;
        let events = reported(&app, "type=finding.*").await;
        assert_eq!(events.len(), 1, "seen again, it is not told again");
        assert_eq!(events[0]["subject"], found.id.to_string());
        assert_eq!(events[0]["data"], json!({
            "id": found.id.to_string(), "version": 1, "code": "second_order", "state": "open", "paymentId": PAYMENT,
            "integrationId": about.1.to_string(), "providerReference": "o2", "openedAt": "2026-03-01T12:00:00Z",
        }));
        notice(&app, about, &[], true).await;
        notice(&app, about, &noticed, true).await;
        assert_eq!(reported(&app, "type=finding.opened").await.len(), 2, "opened anew");
    }

    async fn switching_an_integration_off_is_reported(database: Database) {
        let app = TestApp::start(database).await;
        let method = app.check("By check").await;
        let id = method.replace("check_money_order_", "integration_");
        for action in ["deactivate", "deactivate", "activate"] {
            app.post(&format!("/v1/integrations/{id}/{action}"), &json!({})).await.expect(200);
        }
        let events = reported(&app, "").await;
        assert_eq!(types(&events), ["integration.deactivated"]);
        assert_eq!(events[0]["data"], json!({
            "id": id, "version": 2, "type": "check_money_order", "name": "Method By check", "enabled": false,
            "paymentMethodId": method, "updatedAt": "2026-03-01T12:00:00Z",
        }));
    }

    async fn each_revision_of_the_rules_is_reported(database: Database) {
        let app = TestApp::start(database).await;
        let method = app.check("By check").await;
        app.rule("One", 1, &[&method], json!({})).await;
        let rule = app.get("/v1/payment-rules").await.expect(200)["items"][0].clone();
        let path = format!("/v1/payment-rules/{}", text(&rule, "id"));
        app.patch(&path, &json!({ "name": "Another" })).await.expect(200);
        app.patch(&path, &json!({})).await.expect(200);
        app.delete(&path).await.expect(204);
        let events = reported(&app, "type=rules.changed").await;
        let revisions = app.get("/v1/rule-revisions?sort=number").await.expect(200)["items"].clone();
        let reported: Vec<_> = events.iter().map(|it| (it["data"]["version"].clone(), it["data"]["action"].clone())).collect();
        let made = revisions.as_array().expect("a list").iter().map(|it| (it["number"].clone(), it["action"].clone()));
        let mut made: Vec<_> = made.collect();
        made.sort_by_key(|(number, _)| number.as_i64());
        assert_eq!(reported, made);
        assert_eq!(reported.len(), 3);
        assert!(events.iter().all(|it| it["subject"] == "payment-rules"));
    }
}
