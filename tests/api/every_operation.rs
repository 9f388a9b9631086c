//! What holds for every operation in the document: who is let in, and that it is there at all.

use std::collections::BTreeSet;

use onterms::auth::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::Request,
    support::{Database, on_both_databases},
};

/// One operation of the document.
pub struct Operation {
    pub method: Method,
    /// With ids that name nothing.
    pub path: String,
    /// What a token needs: every scope of one of these sets. None for an open operation.
    ways: Vec<Vec<Scope>>,
    /// The first of them.
    pub scopes: Vec<Scope>,
    /// As in the document.
    pub template: String,
    statuses: BTreeSet<u16>,
    takes_a_body: bool,
}

impl Operation {
    fn read(method: &str, path: &str, described: &Value) -> Self {
        let ways = described["x-required-scopes"].as_array();
        let ways = ways.into_iter().flatten();
        let ways: Vec<Vec<Scope>> = ways
            .map(|way| way.as_array().expect("scopes").iter().map(scope).collect())
            .collect();
        let statuses = described["responses"].as_object().expect("responses");
        Operation {
            method: method.to_uppercase().parse().expect("a method"),
            path: filled(path),
            scopes: ways.first().cloned().unwrap_or_default(),
            ways,
            template: path.to_owned(),
            statuses: statuses
                .keys()
                .map(|status| status.parse().expect("a status"))
                .collect(),
            takes_a_body: !described["requestBody"].is_null(),
        }
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn knock(&self, app: &TestApp, body: Option<&str>) -> Request {
        let request = app.bare(self.method.clone(), &self.path);
        match body {
            Some(body) => request.raw(body.to_owned()),
            None => request,
        }
    }
}

/// Ids are well-formed and unknown.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for (place, part) in path.split(['{', '}']).enumerate() {
        filled.push_str(match part {
            text if place % 2 == 0 => text,
            "number" => "4711",
            "slug" | "token" => "nothing",
            _ if path.contains("webhook-events") => "event_01h455vb4pex5vsknk084sn02q",
            _ if path.contains("webhook-replays") => "replay_01h455vb4pex5vsknk084sn02q",
            _ if path.contains("findings") => "finding_01h455vb4pex5vsknk084sn02q",
            _ if path.contains("notification-endpoints") => "endpoint_01h455vb4pex5vsknk084sn02q",
            _ if path.contains("deliveries") => "delivery_01h455vb4pex5vsknk084sn02q",
            "txn" => "txn_01h455vb4pex5vsknk084sn02q",
            "orderId" => "SO-1",
            _ if path.starts_with("/v1/payments/") => "payment_01h455vb4pex5vsknk084sn02q",
            _ if path.contains("integrations") => "integration_01h455vb4pex5vsknk084sn02q",
            _ => "rule_01h455vb4pex5vsknk084sn02q",
        });
    }
    filled
}

fn scope(word: &Value) -> Scope {
    let found = Scope::ALL.iter().find(|scope| word == scope.as_str());
    *found.unwrap_or_else(|| panic!("{word} is not a scope"))
}

/// Every operation of the document.
pub fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(onterms::app::document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").clone();
    let mut found = Vec::new();
    for (path, item) in &paths {
        let methods = ["get", "post", "put", "patch", "delete"].into_iter();
        let described = methods.filter_map(|method| Some((method, item.get(method)?)));
        found.extend(described.map(|(method, operation)| Operation::read(method, path, operation)));
    }
    assert!(found.len() > 30, "the document is nearly empty");
    found
}

const BODIES: [Option<&str>; 3] = [None, Some("{}"), Some("{ not JSON")];

on_both_databases! {
    async fn no_operation_behind_a_token_answers_a_caller_without_one(database: Database) {
        let app = TestApp::start(database).await;
        let everything = app.token("somebody", Scope::ALL);
        let forged = format!("{everything}x");
        for operation in operations().iter().filter(|operation| !operation.ways.is_empty()) {
            for body in BODIES {
                for token in [None, Some(&forged), Some(&"rubbish".to_owned())] {
                    let request = operation.knock(&app, body);
                    let request = match token {
                        Some(token) => request.bearer(token),
                        None => request,
                    };
                    let answer = request.send().await;
                    assert_eq!(answer.problem(401), "unauthorized", "{}", operation.name());
                    let challenge = answer.header("www-authenticate");
                    assert!(challenge.starts_with("Bearer realm="), "{}: {challenge}", operation.name());
                }
            }
        }
    }

    async fn no_operation_answers_a_token_with_every_scope_but_its_own(database: Database) {
        let app = TestApp::start(database).await;
        for operation in operations() {
            if operation.ways.iter().all(Vec::is_empty) {
                continue;
            }
            // What takes the place of the scope of a way has to go, too.
            let stands_for = |scope: Scope| operation.ways.iter().flatten().any(|it| *it == scope || scope == Scope::PaymentsSettle && it.as_str().starts_with("payments:"));
            let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| !stands_for(*scope)).collect();
            let token = app.token("somebody", &others);
            let needed: Vec<&str> = operation.scopes.iter().map(|it| it.as_str()).collect();
            for body in BODIES {
                let answer = operation.knock(&app, body).bearer(&token).send().await;
                assert_eq!(answer.problem(403), "missing-scope", "{}", operation.name());
                let challenge = answer.header("www-authenticate");
                let named = format!("error=\"insufficient_scope\", scope=\"{}\"", needed.join(" "));
                assert!(challenge.ends_with(&named), "{}: {challenge}", operation.name());
            }
        }
    }

    async fn each_way_into_an_operation_is_enough_and_a_part_of_it_is_not(database: Database) {
        let app = TestApp::start(database).await;
        for operation in operations() {
            for way in &operation.ways {
                let answer = operation.knock(&app, None).bearer(&app.token("somebody", way)).send().await;
                assert!(!answer.text.contains("missing-scope"), "{} {way:?}", operation.name());
                for part in way.iter().filter(|_| way.len() > 1) {
                    let answer = operation.knock(&app, None).bearer(&app.token("somebody", &[*part])).send().await;
                    assert_eq!(answer.problem(403), "missing-scope", "{} {part:?}", operation.name());
                }
            }
        }
    }

    async fn every_operation_is_there_and_answers_as_documented(database: Database) {
        let app = TestApp::start(database).await;
        for operation in operations() {
            let token = app.token("somebody", &operation.scopes);
            for body in BODIES.into_iter().filter(|body| body.is_none() || operation.takes_a_body) {
                let answer = operation.knock(&app, body).bearer(&token).send().await;
                let status = answer.status.as_u16();
                assert!(operation.statuses.contains(&status), "{}: {status} {}", operation.name(), answer.text);
                assert!(status < 500, "{}: {}", operation.name(), answer.text);
                // The router's own 404 says where to look.
                assert!(!answer.text.contains("/openapi.json lists"), "{} is not there", operation.name());
            }
        }
    }

    async fn every_operation_refuses_a_body_that_is_not_understood_alike_by_all(database: Database) {
        let app = TestApp::start(database).await;
        let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
        let bodies = [
            (r#"{"planted":1,"planted":1}"#.to_owned(), "duplicate_name"),
            (r#"{"planted":1,"pl\u0061nted":1}"#.to_owned(), "duplicate_name"),
            (r#"{"planted":[{"a":{"b":1,"b":1}}]}"#.to_owned(), "duplicate_name"),
            (r#"{"planted":"\ud83d"}"#.to_owned(), "lone_surrogate"),
            (r#"{"planted":1e999}"#.to_owned(), "number_out_of_range"),
            (format!(r#"{{"planted":{deep}}}"#), "too_deep"),
            (format!(r#"{{"cart":{{"planted":{deep}}}}}"#), "too_deep"),
        ];
        let taking = operations().into_iter().filter(|it| it.method != Method::GET && it.path.starts_with("/v1/"));
        let mut seen = 0;
        for operation in taking {
            seen += 1;
            for (body, code) in &bodies {
                let request = operation.knock(&app, Some(body))
                    .bearer(&app.token("somebody", &operation.scopes))
                    .header("if-match", "\"1\"")
                    .header("idempotency-key", code);
                let answer = request.send().await;
                assert_eq!(answer.problem(400), "malformed-json", "{} {body}", operation.name());
                assert_eq!(answer.json()["errors"][0]["code"], *code, "{} {body}", operation.name());
            }
        }
        assert!(seen > 20, "the document has few bodies");
    }

    async fn an_operation_that_takes_no_body_refuses_one_that_says_something(database: Database) {
        let app = TestApp::start(database).await;
        let mut seen = 0;
        for operation in operations().iter().filter(|it| it.method != Method::GET && !it.takes_a_body) {
            let knock = |body: Option<&str>, media_type: &str| {
                let token = app.token("somebody", &operation.scopes);
                let request = operation.knock(&app, None).bearer(&token).header("if-match", "\"1\"");
                match body {
                    Some(body) => request.typed(media_type, body.to_owned()),
                    None => request,
                }
            };
            let name = operation.name();
            seen += 1;
            for body in [None, Some(""), Some(" \r\n"), Some("{}"), Some(" { } "), Some("null")] {
                let answer = knock(body, "application/json").send().await;
                assert!(![400, 413, 415, 422].contains(&answer.status.as_u16()), "{name} {body:?}: {}", answer.text);
            }
            let is_deletion = operation.method == Method::DELETE;
            for (body, status, code) in [
                ("{\"enabled\":true}", 422, "unknown_field"), ("[]", 422, "wrong_type"), ("\"x\"", 422, "wrong_type"), ("7", 422, "wrong_type"),
            ] {
                let answer = knock(Some(body), "application/json").send().await;
                if is_deletion {
                    assert_eq!(answer.problem(404), "not-found", "{name} {body}");
                    continue;
                }
                assert_eq!(answer.problem(status), "invalid", "{name} {body}");
                assert_eq!(answer.json()["errors"][0]["code"], code, "{name} {body}");
            }
            for body in ["{", "{} {}", "{'a':1}", "nul"] {
                assert_eq!(knock(Some(body), "application/json").send().await.problem(400), "malformed-json", "{name} {body}");
            }
            let typed = if is_deletion { 404 } else { 415 };
            assert_eq!(knock(Some("{}"), "text/plain").send().await.status, typed, "{name}");
            let long = format!("{{\"a\":\"{}\"}}", "x".repeat(256 * 1024));
            assert_eq!(knock(Some(&long), "application/json").send().await.problem(413), "too-large", "{name}");
        }
        assert!(seen > 10, "every operation takes a body");
    }

    async fn every_operation_refuses_an_unknown_query_parameter(database: Database) {
        let app = TestApp::start(database).await;
        for mut operation in operations() {
            if operation.ways.is_empty() {
                continue;
            }
            operation.path.push_str("?planted=1");
            let answer = operation.knock(&app, Some("{}"))
                .bearer(&app.token("somebody", &operation.scopes))
                .header("if-match", "\"1\"")
                .send()
                .await;
            let found = answer.pointers();
            assert!(found.contains(&"planted".to_owned()), "{}: {}", operation.name(), answer.text);
        }
    }
}

#[test]
fn only_the_root_health_the_explanations_of_problems_and_the_webhooks_address_are_open() {
    let open: Vec<String> = operations()
        .iter()
        .filter(|operation| operation.ways.is_empty())
        .map(Operation::name)
        .collect();
    assert_eq!(
        json!(open),
        json!([
            "GET /",
            "GET /health/live",
            "GET /health/ready",
            "GET /problems",
            "GET /problems/nothing",
            "POST /webhooks/apruve/nothing"
        ])
    );
}
