//! `/metrics`: on a listener of its own, and with everything an operator is promised.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::process::{Served, Workspace};

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
    let place = Workspace::new().with_keys();
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
    // The record of the first start, an integration and a rule.
    assert_eq!(
        get("onterms_rulebook_revision", &[]),
        Some(3.0),
        "{metrics}"
    );
    assert!(get("onterms_rulebook_age_seconds", &[]).is_some_and(|age| age >= 0.0));
    assert_eq!(get("onterms_database_connections", &[]), Some(9.0));
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
    let place = Workspace::new().with_keys();
    let mut service = place.serve(&[]);
    let status = async |url: String| {
        let answer = crate::support::client()
            .get(url)
            .send()
            .await
            .expect("an answer");
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
    let place = Workspace::new().with_keys();
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

#[tokio::test]
async fn every_series_without_a_free_label_is_there_from_the_start() {
    let place = Workspace::new().with_keys();
    let metrics = place.serve(&[]).metrics().await;
    let mut wrong = Vec::new();
    for (name, label, values) in [
        (
            "onterms_payments",
            "status",
            "pending authorized partially_authorized invoiced partially_invoiced paid partially_paid refunded partially_refunded canceled declined expired",
        ),
        (
            "onterms_unsettled_transactions",
            "older_than",
            "0 300 3600 86400",
        ),
        (
            "onterms_findings_open",
            "code",
            "order_not_ours second_order paid_too_much two_live_payments",
        ),
        ("onterms_providers", "state", "ok degraded down"),
        (
            "onterms_provider_calls_total",
            "outcome",
            "answered key_refused too_many_calls server_error no_answer not_sent held_back",
        ),
        (
            "onterms_deliveries_total",
            "outcome",
            "delivered retried failed",
        ),
        ("onterms_webhook_events", "state", "received parked failed"),
        (
            "onterms_webhooks_total",
            "outcome",
            "accepted accepted_unverified duplicate unknown_token bad_signature rate_limited busy",
        ),
        (
            "onterms_webhook_attempts_total",
            "state",
            "received applied ignored parked failed",
        ),
        (
            "onterms_job_lag_seconds",
            "worker",
            "payments reconciliation webhooks events notifications",
        ),
        (
            "onterms_payment_looks_total",
            "outcome",
            "changed unchanged failed",
        ),
        (
            "onterms_reconciled_payments_total",
            "outcome",
            "as_expected healed unexplained failed",
        ),
        ("onterms_http_responses_total", "class", "2xx 3xx 4xx 5xx"),
        ("onterms_build_info", "database", "sqlite"),
    ] {
        for word in values.split(' ') {
            if value(&metrics, name, &[(label, word)]).is_none() {
                wrong.push(format!("{name}{{{label}=\"{word}\"}}"));
            }
        }
    }
    for name in [
        "onterms_unsettled_oldest_seconds",
        "onterms_funding_overdue",
        "onterms_events_sequence",
        "onterms_events_numbered_total",
        "onterms_event_sequencer_takeovers_total",
        "onterms_webhook_backlog",
        "onterms_webhook_oldest_pending_seconds",
        "onterms_database_up",
        "onterms_database_connections",
        "onterms_database_busy_connections",
        "onterms_database_queued_reads",
        "onterms_database_queued_writes",
        "onterms_metrics_refreshed_timestamp_seconds",
        "onterms_rulebook_age_seconds",
        "onterms_rulebook_revision",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_max_fds",
        "process_start_time_seconds",
        "process_cpu_seconds_total",
    ] {
        if value(&metrics, name, &[]).is_none() {
            wrong.push(name.to_owned());
        }
    }
    assert!(wrong.is_empty(), "missing: {wrong:#?}\n{metrics}");
    let memory = value(&metrics, "process_resident_memory_bytes", &[]);
    assert!(memory.is_some_and(|bytes| bytes > 1e6), "{memory:?}");
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(value(&metrics, "onterms_build_info", &version), Some(1.0));
    assert_eq!(value(&metrics, "onterms_database_up", &[]), Some(1.0));
}

/// A payment by check that waits for its money.
async fn sell(service: &Served, admin: &str) {
    let integration = json!({
        "type": "check_money_order", "name": "By check", "label": { "default": "Check" },
        "settings": { "payTo": "Acme", "sendTo": "1 Main Street" },
    });
    let (status, made) = service.post("/v1/integrations", admin, &integration).await;
    assert_eq!(status, 201, "{made}");
    let rule = json!({
        "name": "All", "sortOrder": 1, "currency": "USD",
        "paymentMethods": [{ "id": made["paymentMethodId"] }],
    });
    let (status, answer) = service.post("/v1/payment-rules", admin, &rule).await;
    assert_eq!(status, 201, "{answer}");
    let payment = json!({
        "paymentMethodId": made["paymentMethodId"], "orderId": "SO-1",
        "cart": { "currency": "USD", "total": "10.00", "lineItems": [{ "productSku": "A", "quantity": 1, "price": { "value": "10.00", "currency": "USD" } }] },
    });
    let request = service
        .request(Method::POST, "/v1/payments")
        .bearer_auth(admin);
    let request = request.header("idempotency-key", "one").json(&payment);
    let answer = request.send().await.expect("an answer");
    assert_eq!(
        answer.status(),
        201,
        "{}",
        answer.text().await.expect("a text")
    );
}

fn pending(metrics: &str) -> Option<f64> {
    value(metrics, "onterms_payments", &[("status", "pending")])
}

/// Scrapes until the metrics are so; only a test that fails waits for the end of its patience.
async fn scraped(service: &mut Served, is_so: impl Fn(&str) -> bool) -> String {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let metrics = service.metrics().await;
        if is_so(&metrics) {
            return metrics;
        }
        assert!(Instant::now() < patience, "it never became so:\n{metrics}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_needs_the_database_is_read_in_the_background_and_never_by_a_scrape() {
    let place = Workspace::new().with_keys();
    let place = place.with("ONTERMS__METRICS__REFRESH", "1h");
    let mut service = place.serve(&[]);
    let refreshed = "onterms_metrics_refreshed_timestamp_seconds";
    let once = |metrics: &str| value(metrics, refreshed, &[]).is_some_and(|at| at > 0.0);
    scraped(&mut service, once).await;
    sell(&service, &place.token("admin")).await;
    // Many, in case one of them only began to read.
    for _ in 0..50 {
        let shown = pending(&service.metrics().await);
        assert_eq!(shown, Some(0.0), "a scrape read the database");
    }
    service.terminate();
    service.wait();

    let place = place.with("ONTERMS__METRICS__REFRESH", "20ms");
    let mut service = place.serve(&[]);
    let metrics = scraped(&mut service, |metrics| pending(metrics) == Some(1.0)).await;
    assert_eq!(
        value(&metrics, "onterms_payments", &[("status", "paid")]),
        Some(0.0)
    );
}
