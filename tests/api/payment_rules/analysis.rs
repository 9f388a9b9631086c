//! The analysis of rules over HTTP: alone, and in the answers of saves.

use reqwest::Method;
use serde_json::{Value, json};

use super::{least, make, path, with};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

const ANALYSIS: &str = "/v1/payment-rules/analysis";

/// The codes of findings or warnings, each with the names of its rules.
fn reported(findings: &Value) -> Vec<(String, Vec<String>)> {
    let findings = findings.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let names = |finding: &Value| {
        let rules = finding["rules"].as_array().cloned().unwrap_or_default();
        rules.iter().map(|rule| text(&rule["name"])).collect()
    };
    findings
        .iter()
        .map(|it| (text(&it["code"]), names(it)))
        .collect()
}

fn expected(codes: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let owned = |(code, names): &(&str, &[&str])| {
        let names = names.iter().map(|name| (*name).to_owned());
        ((*code).to_owned(), names.collect())
    };
    codes.iter().map(owned).collect()
}

/// What `evaluate` traces of a rule with the cart of a finding.
async fn traced(app: &TestApp, finding: &Value, rule: &Value) -> Value {
    let witness = &finding["witness"];
    let body = json!({ "cart": witness["cart"], "at": witness["at"] });
    let answer = app
        .post("/v1/payment-rules/evaluate", &body)
        .await
        .expect(200);
    let rules = answer["trace"]["items"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut rules = rules.into_iter();
    let found = rules.find(|it| it["rule"]["id"] == rule["id"]);
    found.unwrap_or_else(|| panic!("{answer}"))
}

on_both_databases! {
    async fn every_kind_of_finding_is_shown_with_a_cart_that_evaluate_confirms(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = |name: &str, order: i32, more: Value| {
            with(with(least(name, &check), json!({ "sortOrder": order })), more)
        };
        let stop = make(&app, &rule("Stop", 1, json!({ "stopProcessing": true, "expression": "total >= 100" }))).await;
        let behind = make(&app, &rule("Behind", 2, json!({ "expression": "total > 200", "destinations": [{ "country": "US" }] }))).await;
        let never = make(&app, &rule("Never", 3, json!({ "expression": "total > 50 and total < 50.01" }))).await;
        let always = make(&app, &rule("Always", 4, json!({ "expression": "total > 0", "websites": ["eu"] }))).await;
        let fails = make(&app, &rule("Fails", 5, json!({ "expression": "customer.name = 'A'" }))).await;
        let twin = make(&app, &rule("Twin", 6, json!({ "expression": "'A' = customer.name" }))).await;
        make(&app, &rule("Undecided", 7, json!({ "expression": "total != null and total * 2 > 7 and total < 90" }))).await;
        let answer = app.get(ANALYSIS).await.expect(200);
        assert_eq!((&answer["rules"], &answer["incomplete"]), (&json!(7), &json!(false)), "{answer}");
        assert_eq!(reported(&answer["findings"]), expected(&[
            ("shadowed", &["Behind", "Stop"]),
            ("never_true", &["Never"]),
            ("always_true", &["Always"]),
            ("may_fail", &["Fails"]),
            ("duplicate", &["Twin", "Fails"]),
            ("may_fail", &["Twin"]),
        ]), "{answer:#}");
        let unknown = reported(&answer["unknown"]);
        assert!(unknown.iter().all(|(code, rules)| rules == &["Undecided"] && code != "shadowed"), "{unknown:?}");
        let findings = answer["findings"].as_array().expect("findings");

        let shadowed = &findings[0];
        assert_eq!(shadowed["spans"][0]["rule"], behind["id"]);
        let (there, ends) = (traced(&app, shadowed, &behind).await, traced(&app, shadowed, &stop).await);
        assert_eq!((&ends["stopped"], &there["applied"]), (&json!(true), &json!(false)), "{there}");
        assert_eq!(there["steps"][5]["outcome"], "passed", "it would apply: {there}");
        assert_eq!(there["steps"][6]["outcome"], "failed", "{there}");

        let span = &findings[1]["spans"][0];
        assert_eq!((&span["rule"], &span["start"], &span["end"], &span["endColumn"]), (&never["id"], &json!(0), &json!(28), &json!(29)));
        assert_eq!(findings[1].get("witness"), None);
        assert_eq!(traced(&app, &findings[2], &always).await["steps"][5]["outcome"], "passed");
        let failed = traced(&app, &findings[3], &fails).await;
        assert_eq!(failed["steps"][5]["reason"]["code"], "expression_error", "{failed}");
        for rule in [&twin, &fails] {
            assert_eq!(traced(&app, &findings[4], rule).await["applied"], true);
        }
    }

    async fn dates_patterns_and_methods_are_looked_at_too(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        make(&app, &least("Rule", &check)).await;
        assert_eq!(app.get(ANALYSIS).await.expect(200)["findings"], json!([]));
        let listed = app.get("/v1/integrations").await.expect(200)["items"][0].clone();
        let id = listed["id"].as_str().expect("an id");
        app.post(&format!("/v1/integrations/{id}/deactivate"), &json!({})).await.expect(200);
        let answer = app.get(ANALYSIS).await.expect(200);
        assert_eq!(reported(&answer["findings"]), expected(&[("no_usable_method", &["Rule"])]));
        assert_eq!(answer["findings"][0]["pointer"], "/paymentMethods");
    }

    async fn a_save_reports_what_is_new_about_the_rule(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let stop = with(least("Stop", &check), json!({ "sortOrder": 1, "stopProcessing": true }));
        let made = app.post("/v1/payment-rules", &stop).await.expect(201);
        assert_eq!((made.get("warnings"), made.get("incomplete")), (None, None));
        let behind = with(least("Behind", &check), json!({ "sortOrder": 2, "expression": "total > 5" }));
        let made = app.post("/v1/payment-rules", &behind).await.expect(201);
        assert_eq!(reported(&made["warnings"]), expected(&[("shadowed", &["Behind", "Stop"])]));
        assert!(made["warnings"][0]["witness"]["cart"]["total"].is_string(), "{made}");
        let quiet = app.post("/v1/payment-rules?analyze=false", &behind).await.expect(201);
        assert_eq!(quiet.get("warnings"), None);
        // A copy is off, so only what it says by itself counts; it is told once it is turned on, alone or with others.
        let behind_it = app.get("/v1/payment-rules?name=Behind").await.expect(200)["items"][0].clone();
        let copy = app.post(&format!("{}/duplicate", path(&behind_it)), &json!({})).await.expect(201);
        assert_eq!(copy.get("warnings"), None);
        let switched = async |way: &str| app.post(&format!("{}/{way}", path(&copy)), &json!({})).await.expect(200);
        let kinds = |warnings: &Value| reported(warnings).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        assert!(kinds(&switched("enable").await["warnings"]).contains(&"shadowed".to_owned()));
        switched("disable").await;
        assert_eq!(switched("enable?analyze=false").await.get("warnings"), None);
        switched("disable").await;
        let bulk = |query: &str| (format!("/v1/payment-rules/bulk{query}"), json!({ "action": "enable", "ids": [copy["id"]] }));
        let (address, body) = bulk("?analyze=false");
        assert_eq!(app.post(&address, &body).await.expect(200).get("warnings"), None);
        switched("disable").await;
        let (address, body) = bulk("");
        let many = app.post(&address, &body).await.expect(200);
        assert_eq!((&many["changed"], &many["warnings"][0]["rule"]["id"]), (&json!(1), &copy["id"]), "{many}");
        assert!(kinds(&many["warnings"]).contains(&"shadowed".to_owned()), "{many}");
        app.delete(&path(&copy)).await.expect(204);
        // The one that stops is told of those that it keeps off.
        let stop = path(&app.get("/v1/payment-rules?name=Stop").await.expect(200)["items"][0]);
        let changed = app.patch(&stop, &json!({ "name": "Stop all" })).await.expect(200);
        let codes = reported(&changed["warnings"]);
        assert_eq!(codes, expected(&[("shadowed", &["Behind", "Stop all"]), ("shadowed", &["Behind", "Stop all"])]));
        let changed = app.patch(&format!("{stop}?analyze=false"), &json!({ "stopProcessing": false })).await.expect(200);
        assert_eq!(changed.get("warnings"), None);
        // What a save answered can be put back.
        let put = app.put(&path(&made), &with(made.clone(), json!({ "expression": "total > 5 and total < 5" }))).await.expect(200);
        assert_eq!(reported(&put["warnings"])[0], ("never_true".to_owned(), vec!["Behind".to_owned()]), "{put}");
        for wrong in ["analyze=no", "analyze", "analyse=true"] {
            let refused = app.request(Method::POST, &format!("/v1/payment-rules?{wrong}")).json(&behind).send().await;
            assert_eq!(refused.status, 422, "{wrong}");
        }
    }

    async fn a_token_of_a_website_sees_what_is_about_its_rules(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let stop = json!({ "sortOrder": 1, "stopProcessing": true, "websites": ["us", "eu"] });
        make(&app, &with(least("Stop", &check), stop)).await;
        make(&app, &with(least("Of us", &check), json!({ "sortOrder": 2, "websites": ["us"], "expression": "total < 0 and total > 0" }))).await;
        make(&app, &with(least("Of eu", &check), json!({ "sortOrder": 3, "websites": ["eu"], "expression": "total < 0 and total > 0" }))).await;
        let seen = async |websites: &[&str]| {
            let request = app.bare(Method::GET, ANALYSIS).bearer(&app.token_of(websites));
            let answer = request.send().await.expect(200);
            (answer["rules"].clone(), reported(&answer["findings"]))
        };
        let (rules, findings) = seen(&["us"]).await;
        assert_eq!(rules, 2);
        assert_eq!(findings.iter().filter(|(code, _)| code == "never_true").count(), 1);
        assert!(findings.iter().all(|(_, names)| !names.contains(&"Of eu".to_owned())), "{findings:?}");
        let (rules, findings) = seen(&["us", "eu"]).await;
        assert_eq!((rules, findings.iter().filter(|(code, _)| code == "never_true").count()), (json!(3), 2));
    }
}
