//! `/v1/rule-tests`, and what they hold against changes.

mod guarded;
mod refusals;

use onterms::auth::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::{Answer, Request},
    shop::cart,
    support::{Database, on_both_databases},
};

/// One that expects this of the usual cart.
pub fn test(name: &str, expect: Value) -> Value {
    json!({ "name": name, "cart": cart(), "expect": expect })
}

/// Puts tests in place.
pub async fn put(app: &TestApp, tests: Value) -> Answer {
    app.put("/v1/rule-tests", &json!({ "tests": tests })).await
}

/// A shop whose usual cart is offered `Method a` by the rule that is returned, and then `Method b` by another.
pub struct Shop {
    pub app: TestApp,
    /// Payment methods.
    pub a: String,
    pub b: String,
    /// Addresses.
    pub rule: String,
    pub other_rule: String,
    pub integration: String,
}

impl Shop {
    pub async fn open(database: Database) -> Self {
        let app = TestApp::start(database).await;
        let (a, b) = (app.apruve("a").await, app.check("b").await);
        let rule = app.rule("Rule A", 1, &[&a], json!({})).await;
        let other = app.rule("Rule B", 2, &[&b], json!({})).await;
        let suffix = a.rsplit('_').next().expect("a suffix").to_owned();
        Shop {
            rule: format!("/v1/payment-rules/{rule}"),
            other_rule: format!("/v1/payment-rules/{other}"),
            integration: format!("/v1/integrations/integration_{suffix}"),
            app,
            a,
            b,
        }
    }

    /// One whose order of methods is tested.
    pub async fn tested(database: Database) -> Self {
        let shop = Shop::open(database).await;
        let test = test("Both", json!({ "offered": ["Method a", "Method b"] }));
        assert_eq!(
            put(&shop.app, json!([test]))
                .await
                .expect(200)
                .get("warnings"),
            None
        );
        shop
    }

    /// A request as somebody sends who takes any version.
    pub fn request(&self, method: Method, path: &str) -> Request {
        self.app.request(method, path).header("if-match", "*")
    }
}

on_both_databases! {
    async fn tests_are_read_back_as_they_were_put_with_all_digits(database: Database) {
        let shop = Shop::open(database).await;
        let app = &shop.app;
        let none = app.get("/v1/rule-tests").await;
        assert_eq!(none.expect(200), json!({ "tests": [] }));
        let body = r#"{"tests":[{"name":"Exact","cart":{"currency":"USD","total":90.10,"lineItems":[],"custom":1234567890.12345678901234567},"expect":{"contains":["Method a"]}},
            {"name":"Then","at":"2026-01-01T00:00:00+01:00","cart":{"currency":"EUR"},"expect":{"offered":[]}}]}"#;
        let put = shop.request(Method::PUT, "/v1/rule-tests").raw(body).send().await;
        let saved = put.expect(200);
        assert_eq!(saved.get("warnings"), None, "{saved}");
        assert!(put.text.contains("1234567890.12345678901234567"), "{}", put.text);
        let read = app.get("/v1/rule-tests").await;
        assert_eq!((&read.text, read.etag()), (&put.text, put.etag()));
        assert_ne!(read.etag(), none.etag());
        assert_eq!(read.json()["tests"][1]["at"], "2025-12-31T23:00:00Z");
        // What GET gave, PUT takes, and nothing has changed.
        let again = shop.request(Method::PUT, "/v1/rule-tests").raw(read.text.clone()).send().await;
        assert_eq!((again.expect(200), again.etag()), (saved, read.etag()));
        let same = app.request(Method::GET, "/v1/rule-tests").header("if-none-match", &read.etag()).send().await;
        assert_eq!(same.status, 304);
        let log = app.get("/v1/audit-log?resourceType=rule_tests").await.expect(200);
        assert_eq!(log["items"].as_array().map(Vec::len), Some(1));
        assert!(!log.to_string().contains("1234567890"), "carts are not in the audit log");
    }

    async fn failing_tests_may_be_saved_and_are_reported(database: Database) {
        let shop = Shop::open(database).await;
        let told = put(&shop.app, json!([
            test("Order", json!({ "offered": ["Method b", "Method a"] })),
            test("Less", json!({ "offered": ["Method a"] })),
            test("More", json!({ "contains": ["Method a", "Nobody"] })),
            test("Never", json!({ "excludes": ["Method b"] })),
            test("Unknown", json!({ "excludes": ["Nobody"] })),
            test("Well", json!({ "offered": ["Method a", "Method b"] })),
        ])).await.expect(200);
        let warnings = told["warnings"].as_array().expect("warnings");
        let column = |name: &str| -> Vec<&Value> { warnings.iter().map(|it| &it[name]).collect() };
        assert_eq!(column("test"), ["Order", "Less", "More", "Never", "Unknown"]);
        assert_eq!(column("pointer"), ["/tests/0", "/tests/1", "/tests/2", "/tests/3", "/tests/4"]);
        assert!(warnings.iter().all(|it| it["code"] == "rule_test_failed"));
        assert!(warnings[2]["message"].as_str().expect("text").contains("There is no integration “Nobody”"), "{told}");
    }

    async fn the_scopes_of_rules_read_and_write_tests_and_force_has_its_own(database: Database) {
        let shop = Shop::tested(database).await;
        let app = &shop.app;
        let (reads, writes) = (app.token("r", &[Scope::RulesRead]), app.token("w", &[Scope::RulesWrite]));
        app.bare(Method::GET, "/v1/rule-tests").bearer(&reads).send().await.expect(200);
        let bare = |token: &str| app.bare(Method::PUT, "/v1/rule-tests").bearer(token).header("if-match", "*").json(&json!({ "tests": [] })).send();
        assert_eq!(bare(&reads).await.problem(403), "missing-scope");
        let force = |token: &str| app.bare(Method::PATCH, &format!("{}?force=true", shop.rule)).bearer(token).header("if-match", "*").json(&json!({ "currency": "EUR" })).send();
        let refused = force(&writes).await;
        assert_eq!(refused.problem(403), "missing-scope");
        assert!(refused.header("www-authenticate").contains("rules:force"));
        let forces = app.token("f", &[Scope::RulesWrite, Scope::RulesForce]);
        let forced = force(&forces).await.expect(200);
        assert_eq!((&forced["currency"], &forced["warnings"][0]["test"]), (&json!("EUR"), &json!("Both")));
        let log = app.get("/v1/audit-log?resourceType=rule_tests").await.expect(200);
        let entries = log["items"].as_array().expect("a list");
        let force = entries.iter().find(|it| it["action"] == "force").expect("an entry");
        assert_eq!((&force["actor"], &force["changes"]["failing"]["to"]), (&json!("f"), &json!(["Both"])));
        bare(&writes).await.expect(200);
    }

    async fn a_stale_or_missing_etag_replaces_nothing(database: Database) {
        let shop = Shop::tested(database).await;
        let app = &shop.app;
        let stale = app.get("/v1/rule-tests").await.etag();
        put(app, json!([])).await.expect(200);
        let body = json!({ "tests": [test("Late", json!({ "offered": [] }))] });
        let late = app.request(Method::PUT, "/v1/rule-tests").header("if-match", &stale).json(&body).send().await;
        assert_eq!(late.problem(412), "stale");
        assert_eq!(app.request(Method::PUT, "/v1/rule-tests").json(&body).send().await.problem(428), "precondition-required");
        assert_eq!(app.get("/v1/rule-tests").await.expect(200)["tests"], json!([]));
    }

    async fn tests_travel_with_an_export_and_come_back_with_an_import(database: Database) {
        let shop = Shop::tested(database).await;
        let app = &shop.app;
        let file = app.get("/v1/payment-rules/export").await.expect(200);
        assert_eq!(file["tests"][0]["name"], "Both");
        assert_eq!(file["paymentMethods"][0]["name"], "Method a");
        assert_eq!(file["paymentMethods"][0]["currencies"], json!(["USD", "EUR"]));
        put(app, json!([test("Mine", json!({ "offered": ["Method b"] }))])).await.expect(200);
        let import = async |query: &str, file: &Value| app.post(&format!("/v1/payment-rules/import?{query}"), file).await;
        let names = async || {
            let read = app.get("/v1/rule-tests").await.expect(200);
            let tests = read["tests"].as_array().expect("a list").clone();
            tests.iter().map(|it| it["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
        };
        let dry = import("dryRun=true", &file).await.expect(200);
        assert_eq!(names().await, ["Mine"]);
        let merged = import("", &file).await.expect(200);
        assert_eq!(names().await, ["Mine", "Both"]);
        assert_eq!(merged["warnings"][0]["test"], "Mine", "{merged}");
        assert_eq!(dry["warnings"], merged["warnings"], "the dry run told the same");
        import("mode=replace", &file).await.expect(200);
        assert_eq!(names().await, ["Both"]);
        let mut silent = file.clone();
        silent.as_object_mut().expect("an object").remove("tests");
        import("mode=replace", &silent).await.expect(200);
        assert_eq!(names().await, ["Both"], "a file that says nothing of tests leaves them alone");
        let mut broken = file.clone();
        broken["tests"] = json!([{ "name": "", "cart": 5, "expect": {} }, 7]);
        let mut pointers = import("", &broken).await.pointers();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/tests/0/cart", "/tests/0/expect", "/tests/0/name", "/tests/1"]);
    }
}
