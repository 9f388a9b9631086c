//! Why a method is or is not offered.

use serde_json::{Value, json};

use crate::{
    TestApp,
    shop::{cart, cart_with},
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn every_rule_that_names_a_method_gives_its_first_failure(database: Database) {
        let app = TestApp::start(database).await;
        let (check, unruled) = (app.check("c").await, app.check("d").await);
        app.rule("euro", 1, &[&check], json!({ "currency": "EUR" })).await;
        app.rule("site", 2, &[&check], json!({ "websites": ["eu-store"] })).await;
        app.rule("place", 3, &[&check], json!({ "destinations": [{ "country": "CA" }] })).await;
        app.rule("off", 4, &[&check], json!({ "enabled": false })).await;
        app.rule("later", 5, &[&check], json!({ "activeFrom": "2027-01-01T00:00:00Z" })).await;
        app.rule("false", 6, &[&check], json!({ "expression": "total > 1000" })).await;
        app.rule("error", 7, &[&check], json!({ "expression": "customerUser.email = 'x'" })).await;
        assert_eq!(
            app.reasons(&cart(), &check).await,
            [
                "euro: currency_mismatch", "site: website_mismatch", "place: destination_mismatch",
                "off: rule_disabled", "later: outside_dates", "false: expression_false", "error: expression_error",
            ]
        );
        assert_eq!(app.reasons(&cart(), &unruled).await, ["not_in_any_rule"]);
        let homeless = cart_with(json!({ "billingAddress": null }));
        assert!(app.reasons(&homeless, &check).await.contains(&"place: needs_billing_address".to_owned()));
    }

    async fn a_false_clause_is_shown_with_its_place_its_values_and_what_would_do(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("Small US orders", 1, &[&check], json!({ "expression": "currency = 'USD' and total <= 99.5" })).await;
        let answer = app.post("/v1/checkout/payment-methods?explain=summary", &cart()).await.expect(200);
        let reason = &answer["notOffered"][0]["reasons"][0];
        assert_eq!(reason["code"], "expression_false");
        assert_eq!(reason["message"], "total <= 99.5 is false: total is 100.00");
        assert_eq!(reason["span"], json!({ "start": 21, "end": 34, "line": 1, "column": 22, "endLine": 1, "endColumn": 35 }));
        assert_eq!(reason["observed"], json!({ "total": "100.00" }));
        assert_eq!(reason["wouldApplyIf"], json!({ "path": "total", "operator": "<=", "value": "99.5" }));
    }

    async fn a_deactivated_method_says_so(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({})).await;
        let integration = check.replace("check_money_order_", "integration_");
        app.post(&format!("/v1/integrations/{integration}/deactivate"), &json!({})).await.expect(200);
        assert_eq!(app.reasons(&cart(), &check).await, ["r: method_disabled"]);
        let euro = cart_with(json!({ "currency": "EUR", "subtotal": null, "lineItems": [] }));
        assert_eq!(app.reasons(&euro, &check).await, ["r: currency_mismatch", "method_disabled"]);
    }

    async fn a_full_explanation_shows_every_step_of_every_rule(database: Database) {
        let app = TestApp::start(database).await;
        let (check, apruve) = (app.check("c").await, app.apruve("a").await);
        app.rule("false", 1, &[&apruve], json!({ "expression": "total > 1000" })).await;
        app.rule("stop", 2, &[&check], json!({ "stopProcessing": true })).await;
        app.rule("behind", 3, &[&apruve], json!({})).await;
        let answer = app.post("/v1/checkout/payment-methods?explain=full", &cart()).await.expect(200);
        assert_eq!(answer["offered"][0]["rule"]["name"], "stop");
        let trace = answer["trace"]["items"].as_array().expect("a trace").clone();
        let told: Vec<_> = trace
            .iter()
            .map(|rule| {
                let steps = rule["steps"].as_array().cloned().unwrap_or_default();
                let outcomes: Vec<_> = steps.iter().map(|step| word(&step["outcome"])).collect();
                (word(&rule["rule"]["name"]), rule["applied"] == true, rule["stopped"] == true, outcomes.join(" "))
            })
            .collect();
        let passed = "passed passed passed passed passed";
        assert_eq!(
            told,
            [
                ("false".to_owned(), false, false, format!("{passed} failed not_reached")),
                ("stop".to_owned(), true, true, format!("{passed} passed passed")),
                ("behind".to_owned(), false, false, format!("{passed} passed failed")),
            ]
        );
        assert_eq!(trace[1]["methods"], json!([{ "id": check, "offered": true, "alreadyOffered": false }]));
    }

    async fn drafts_are_evaluated_at_any_moment_without_effect(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let draft = json!({
            "name": "draft", "sortOrder": 1, "currency": "USD", "activeFrom": "2027-01-01T00:00:00Z",
            "paymentMethods": [{ "id": check }],
        });
        let path = "/v1/payment-rules/evaluate";
        let offered = |answer: Value| answer["offered"].as_array().map_or(0, Vec::len);
        let now = json!({ "cart": cart(), "rules": [draft] });
        assert_eq!(offered(app.post(path, &now).await.expect(200)), 0);
        let later = json!({ "cart": cart(), "rules": [draft], "at": "2027-06-01T00:00:00Z" });
        assert_eq!(offered(app.post(path, &later).await.expect(200)), 1);
        assert_eq!(offered(app.post(path, &json!({ "cart": cart() })).await.expect(200)), 0);
        assert_eq!(app.offered(&cart()).await.len(), 0);
    }

    async fn an_evaluation_that_is_not_valid_is_rejected_with_pointers_into_its_parts(database: Database) {
        let app = TestApp::start(database).await;
        let refused = json!({
            "cart": { "currency": "usd" },
            "rules": [{ "name": "x", "sortOrder": 1, "currency": "USD", "expression": "totl > 1",
                        "paymentMethods": [{ "id": "apruve_01h455vb4pex5vsknk084sn02q" }] }],
            "att": "2027-06-01T00:00:00Z",
        });
        let mut pointers = app.post("/v1/payment-rules/evaluate", &refused).await.pointers();
        pointers.sort_unstable();
        let expected = ["/att", "/cart/currency", "/rules/0/expression", "/rules/0/paymentMethods/0/id"];
        assert_eq!(pointers, expected);
        assert_eq!(app.post("/v1/payment-rules/evaluate", &json!({})).await.pointers(), ["/cart"]);
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or("?").to_owned()
}
