//! What operators see: log lines on standard error and Prometheus metrics.
//!
//! Neither ever carries a path, query, body, token or person; the route pattern says enough.

use std::{cell::RefCell, collections::HashMap, sync::OnceLock, time::Duration};

use actix_web::{HttpRequest, http::Method};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Seconds, from a warm checkout answer to the time limit of a request.
const BUCKETS: &[f64] = &[
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0,
    30.0,
];

/// Starts logging to standard error. A second call changes nothing: tests start many services in one process.
pub fn start_logging(log: &Log) {
    // The settings have checked it; a directive that is none would be left out.
    let filter = EnvFilter::new(&log.filter);
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let _ = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
        LogFormat::Text => lines.try_init(),
    };
}

/// The process's metrics; installed at the first call.
pub fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        // The only error is an empty list of buckets, and ours is a constant.
        let builder = builder
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // Fails only when another recorder is installed, and nobody else installs one.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        handle
    })
}

fn describe() {
    metrics::describe_counter!(
        "onterms_http_requests_total",
        "Requests by method, route and status."
    );
    metrics::describe_histogram!(
        "onterms_http_request_duration_seconds",
        "Time to answer, by method and route."
    );
    metrics::describe_counter!(
        "onterms_rule_errors_total",
        "Rules whose expression failed on a cart, by rule id."
    );
    metrics::describe_counter!(
        "onterms_rule_budget_spent_total",
        "Checkouts and payments that ended at a rule because the budget for expressions was spent, by rule id."
    );
    metrics::describe_gauge!(
        "onterms_rulebook_revision",
        "The revision checkout answers from."
    );
    metrics::describe_gauge!(
        "onterms_rulebook_age_seconds",
        "Time since the rulebook was last known to be current."
    );
    metrics::describe_counter!(
        "onterms_webhooks_total",
        "Webhooks by what became of them at the door."
    );
    metrics::describe_counter!(
        "onterms_webhook_attempts_total",
        "Attempts to apply a webhook event, by the state it is in afterwards."
    );
    metrics::describe_gauge!(
        "onterms_findings_open",
        "Findings that are not resolved, by code"
    );
    metrics::describe_gauge!(
        "onterms_webhook_backlog",
        "Webhook events that wait to be applied."
    );
    metrics::describe_gauge!(
        "onterms_database_busy_connections",
        "Database connections at work."
    );
    metrics::describe_gauge!(
        "onterms_database_connections",
        "Database connections in all."
    );
    metrics::describe_gauge!(
        "onterms_database_queued_reads",
        "Reads that wait for a connection."
    );
    metrics::describe_gauge!(
        "onterms_database_queued_writes",
        "Writes that wait for SQLite's writer."
    );
}

/// What is counted for one method and status of a route.
struct Handles {
    method: &'static str,
    status: u16,
    requests: Counter,
    seconds: Histogram,
}

thread_local! {
    /// By route. Looking a metric up by its labels costs more than counting it, so each worker keeps what it found.
    static SEEN: RefCell<HashMap<String, Vec<Handles>>> = RefCell::default();
}

/// Counts and times one answered request.
///
/// `method` is the one that the caller sent: a HEAD request is routed as GET.
pub fn count_request(request: &HttpRequest, method: &Method, status: u16, took: Duration) {
    SEEN.with_borrow_mut(|seen| {
        let method = known_method(method.as_str());
        // A path without ids is its own route, and finding the route of another costs a microsecond. Only routes are ever
        // kept, so rubbish paths cannot fill the map.
        let handles = match seen.get_mut(request.path()) {
            Some(handles) => handles,
            None => {
                let route = request
                    .match_pattern()
                    .unwrap_or_else(|| "unmatched".to_owned());
                seen.entry(route).or_default()
            }
        };
        let fits = |known: &Handles| known.status == status && known.method == method;
        let place = handles.iter().position(fits).unwrap_or_else(|| {
            let route = request
                .match_pattern()
                .unwrap_or_else(|| "unmatched".to_owned());
            handles.push(Handles::of(method, &route, status));
            handles.len() - 1
        });
        handles[place].count(took);
    });
}

/// Counts one request whose handler never came back: its route is not known any more.
pub fn count_lost_request(method: &Method, status: u16, took: Duration) {
    Handles::of(known_method(method.as_str()), "lost", status).count(took);
}

/// A method is free text on the wire; a label must not be.
fn known_method(method: &str) -> &'static str {
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("OTHER")
}

impl Handles {
    fn of(method: &'static str, route: &str, status: u16) -> Self {
        let route = route.to_owned();
        Handles {
            method,
            status,
            requests: metrics::counter!("onterms_http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string()),
            seconds: metrics::histogram!("onterms_http_request_duration_seconds", "method" => method, "route" => route),
        }
    }

    fn count(&self, took: Duration) {
        self.requests.increment(1);
        self.seconds.record(took.as_secs_f64());
    }
}
