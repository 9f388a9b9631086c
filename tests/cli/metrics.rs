//! `/metrics`: on a listener of its own, and with everything an operator is promised.

use reqwest::Method;
use serde_json::{Value, json};

use crate::process::{Place, Served};

/// A shop with a rule whose expression fails on a cart without a subtotal; returns the rule's id.
async fn furnish(service: &Served, token: &str) -> String {
    let integration = json!({
        "type": "check_money_order", "name": "By check", "label": { "default": "Check" },
        "settings": { "payTo": "Acme", "sendTo": "1 Main Street" },
    });
    let (status, made) = service.post("/v1/integrations", token, &integration).await;
    assert_eq!(status, 201, "{made}");
    let rule = json!({
        "name": "Fails", "sortOrder": 1, "currency": "USD", "expression": "subtotal.value > 10",
        "paymentMethods": [{ "id": made["paymentMethodId"] }],
    });
    let (status, made) = service.post("/v1/payment-rules", token, &rule).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().expect("an id").to_owned()
}

/// The value of the metric with this name and these labels, in any order.
fn value(metrics: &str, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let line = metrics.lines().find(|line| {
        let (metric, rest) = line.split_once('{').unwrap_or_else(|| {
            let (metric, _) = line.split_once(' ').unwrap_or((line, ""));
            (metric, "")
        });
        let has = |(label, value): &(&str, &str)| rest.contains(&format!("{label}=\"{value}\""));
        metric == name && labels.iter().all(has)
    })?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test]
async fn metrics_tell_of_requests_rules_the_rulebook_and_the_database() {
    let place = Place::new().with_keys();
    let mut service = place.serve(&[]);
    let admin = place.token("admin");
    let rule = furnish(&service, &admin).await;
    let path = "/v1/checkout/payment-methods";
    let cart = json!({ "currency": "USD" });
    for _ in 0..3 {
        let (status, answer) = service.post(path, &admin, &cart).await;
        assert_eq!(status, 200, "{answer}");
    }
    let one = format!("/v1/payment-rules/{rule}");
    let read = service.request(Method::GET, &one).bearer_auth(&admin);
    assert_eq!(read.send().await.expect("an answer").status(), 200);
    let refused = service.request(Method::GET, &one).send().await;
    assert_eq!(refused.expect("an answer").status(), 401);

    let metrics = service.metrics().await;
    let get = |name: &str, labels: &[(&str, &str)]| value(&metrics, name, labels);
    let requests = "onterms_http_requests_total";
    let checkout = [("method", "POST"), ("route", path), ("status", "200")];
    assert_eq!(get(requests, &checkout), Some(3.0), "{metrics}");
    // Ids are not labels: the route is.
    let route = "/v1/payment-rules/{id}";
    for status in ["200", "401"] {
        let labels = [("method", "GET"), ("route", route), ("status", status)];
        assert_eq!(get(requests, &labels), Some(1.0), "{metrics}");
    }
    assert!(!metrics.contains(&one), "{metrics}");
    let timed = [("method", "POST"), ("route", path)];
    let durations = "onterms_http_request_duration_seconds";
    assert_eq!(get(&format!("{durations}_count"), &timed), Some(3.0));
    assert!(get(&format!("{durations}_sum"), &timed).is_some_and(|sum| sum > 0.0));
    let errors = get("onterms_rule_errors_total", &[("rule", &rule)]);
    assert_eq!(errors, Some(3.0), "{metrics}");
    // An integration and a rule: two changes that checkout can see.
    assert_eq!(
        get("onterms_rulebook_revision", &[]),
        Some(2.0),
        "{metrics}"
    );
    assert!(get("onterms_rulebook_age_seconds", &[]).is_some_and(|age| age >= 0.0));
    assert_eq!(get("onterms_database_connections", &[]), Some(4.0));
    for name in ["busy_connections", "queued_reads", "queued_writes"] {
        assert!(
            get(&format!("onterms_database_{name}"), &[]).is_some(),
            "{name}"
        );
    }
    for line in metrics.lines().filter(|line| line.starts_with("# TYPE ")) {
        let name = line.split(' ').nth(2).expect("a name");
        assert!(
            metrics.contains(&format!("# HELP {name} ")),
            "{name} has no help"
        );
    }
}

#[tokio::test]
async fn the_public_listener_has_no_metrics_and_the_metrics_listener_nothing_else() {
    let place = Place::new().with_keys();
    let mut service = place.serve(&[]);
    let status = async |url: String| {
        let answer = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let answer = answer.get(url).send().await.expect("an answer");
        answer.status().as_u16()
    };
    assert_eq!(
        status(format!("http://{}/metrics", service.address)).await,
        404
    );
    let private = service.metrics_address();
    assert_eq!(status(format!("http://{private}/metrics")).await, 200);
    assert_eq!(
        status(format!("http://{private}/v1/payment-rules")).await,
        404
    );
}

#[tokio::test]
async fn a_spent_budget_is_counted_for_its_rule_and_warned_of_once() {
    let place = Place::new().with_keys();
    let mut service = place.serve(&[]);
    let admin = place.token("admin");
    let failing = furnish(&service, &admin).await;
    let one = format!("/v1/payment-rules/{failing}");
    let read = service.request(Method::GET, &one).bearer_auth(&admin);
    let mut rule: Value = read
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    rule["expression"] = json!("{n: 1..9999999999}.n.any(nItem < 0)");
    let (status, made) = service.post("/v1/payment-rules", &admin, &rule).await;
    assert_eq!(status, 201, "{made}");
    let spender = made["id"].as_str().expect("an id");
    for _ in 0..2 {
        let cart = json!({ "currency": "USD" });
        let (status, answer) = service
            .post("/v1/checkout/payment-methods", &admin, &cart)
            .await;
        assert_eq!(
            (status, &answer["incomplete"]),
            (200, &json!(true)),
            "{answer}"
        );
    }
    let metrics = service.metrics().await;
    let spent = value(
        &metrics,
        "onterms_rule_budget_spent_total",
        &[("rule", spender)],
    );
    assert_eq!(spent, Some(2.0), "{metrics}");
    assert_eq!(
        value(&metrics, "onterms_rule_errors_total", &[("rule", spender)]),
        None
    );
    service.terminate();
    let (_, log) = service.wait();
    let warnings: Vec<_> = log
        .lines()
        .filter(|line| line.contains("used up what one request may spend"))
        .collect();
    assert_eq!(warnings.len(), 1, "{log}");
    assert!(
        warnings[0].contains(spender) && warnings[0].contains("WARN"),
        "{warnings:?}"
    );
}
