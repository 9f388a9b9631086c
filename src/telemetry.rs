//! Log lines on standard error, and Prometheus metrics.
//!
//! Neither contains a path, query, body, token or person; requests appear by their route pattern.

mod described;
#[cfg(feature = "otlp")]
mod otlp;
#[cfg(not(feature = "otlp"))]
#[path = "telemetry/no_otlp.rs"]
mod otlp;

use std::{cell::RefCell, collections::HashMap, sync::OnceLock, time::Duration};

use actix_web::{HttpRequest, http::Method};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LogSettings, WrongSettings};

/// The bounds of histograms in seconds, from a warm checkout response to the time limit of a request.
const BUCKETS: &[f64] = &[
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0,
    30.0,
];

/// The log target of actix's HTTP parser.
const HTTP_PARSER: &str = "actix_http";

/// Starts logging to standard error. Further calls have no effect, because tests start many services in one process.
pub fn start_logging(log: &LogSettings) {
    // The settings have checked the filter; an invalid directive would be ignored.
    let mut filter = EnvFilter::new(&log.filter);
    // actix logs an error for each client that sends something other than HTTP, without its address: many useless
    // lines. A filter that names the target enables them.
    if !log.filter.contains(HTTP_PARSER)
        && let Ok(quiet) = format!("{HTTP_PARSER}=off").parse()
    {
        filter = filter.add_directive(quiet);
    }
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(has_colours())
        .with_writer(std::io::stderr);
    let _ = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
        LogFormat::Text => lines.try_init(),
    };
}

/// Whether to use colours: only on a terminal, and not if the user disables them (<https://no-color.org>).
fn has_colours() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}

/// Exports further traces to `endpoint`, or none if it is empty. Needs a running runtime.
pub fn start_tracing(endpoint: &str) -> Result<(), WrongSettings> {
    if endpoint.is_empty() {
        return Ok(());
    }
    otlp::exporter(endpoint).map(otlp::start)
}

/// What [`start_tracing`] refuses, without exporting anything.
pub fn check_tracing(endpoint: &str) -> Result<(), WrongSettings> {
    if endpoint.is_empty() {
        return Ok(());
    }
    otlp::exporter(endpoint).map(drop)
}

/// The metrics of the process; installed at the first call.
pub fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        // The only possible error is an empty list of buckets.
        let builder = builder
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // Fails only if another recorder is installed, which does not happen.
        let _ = metrics::set_global_recorder(recorder);
        described::describe();
        handle
    })
}

/// The counter of responses by the first digit of their status.
fn responses(class: u16) -> Counter {
    metrics::counter!("onterms_http_responses_total", "class" => format!("{class}xx"))
}

/// Creates the series whose labels are a closed list.
pub fn register() {
    (2..=5).for_each(|class| responses(class).increment(0));
}

/// The metrics of one method and status of a route.
struct Handles {
    method: &'static str,
    status: u16,
    requests: Counter,
    class: Counter,
    seconds: Histogram,
}

thread_local! {
    /// The metrics by route. Looking up a metric by its labels costs more than counting, so each worker caches the
    /// handles.
    static SEEN: RefCell<HashMap<String, Vec<Handles>>> = RefCell::default();
}

/// Counts and times one answered request.
///
/// `method` is the one that the caller sent: a HEAD request is routed as GET.
pub fn count_request(request: &HttpRequest, method: &Method, status: u16, took: Duration) {
    let method = known_method(method.as_str());
    let route = || {
        let pattern = request.match_pattern();
        pattern.unwrap_or_else(|| "unmatched".to_owned())
    };
    SEEN.with_borrow_mut(|seen| {
        // A path without ids equals its route, and determining the route of another path costs a microsecond. Only
        // routes are keys, so invented paths cannot fill the map.
        let handles = match seen.get_mut(request.path()) {
            Some(handles) => handles,
            None => seen.entry(route()).or_default(),
        };
        let fits = |known: &Handles| known.status == status && known.method == method;
        let place = handles.iter().position(fits).unwrap_or_else(|| {
            handles.push(Handles::of(method, &route(), status));
            handles.len() - 1
        });
        handles[place].count(took);
    });
}

/// Counts a request whose handler panicked; its route is unknown.
pub fn count_lost_request(method: &Method, status: u16, took: Duration) {
    Handles::of(known_method(method.as_str()), "lost", status).count(took);
}

/// A method is free text, but a label must have few values.
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
            class: responses(status / 100),
            seconds: metrics::histogram!("onterms_http_request_duration_seconds", "method" => method, "route" => route),
        }
    }

    fn count(&self, took: Duration) {
        self.requests.increment(1);
        self.class.increment(1);
        self.seconds.record(took.as_secs_f64());
    }
}
