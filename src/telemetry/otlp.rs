//! Exports traces as OTLP over HTTP. One task sends spans in batches; if the collector is slow or away, spans are
//! dropped and no request is delayed.

use std::time::Duration;

use opentelemetry::{
    InstrumentationScope, KeyValue,
    trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState},
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{SpanData, SpanEvents, SpanExporter as _, SpanLinks},
};
use tokio::{sync::mpsc, time::timeout};

use crate::{
    config::WrongSettings,
    error_chain,
    trace::{self, FinishedSpan},
};

/// The maximum number of waiting spans; further spans are dropped.
const WAITING: usize = 4096;
/// The maximum number of spans that are received at once.
const BATCH: usize = 512;
/// The time that the first span of a batch waits for others.
const GATHER: Duration = Duration::from_millis(500);
/// The maximum time of a request to the collector.
const PATIENCE: Duration = Duration::from_secs(10);

/// What sends spans to a collector's `…/v1/traces`.
pub fn exporter(endpoint: &str) -> Result<SpanExporter, WrongSettings> {
    let wrong = |error: &(dyn std::error::Error + 'static)| {
        let cause = error_chain::chain(error);
        WrongSettings(format!("telemetry.otlp_endpoint does not fit: {cause}."))
    };
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .map_err(|error| wrong(&error))?;
    let mut exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_endpoint(endpoint)
        .with_timeout(PATIENCE)
        .build()
        .map_err(|error| wrong(&error))?;
    let resource = Resource::builder_empty()
        .with_service_name(env!("CARGO_PKG_NAME"))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    exporter.set_resource(&resource);
    Ok(exporter)
}

/// Exports every finished span from now on. Needs a running runtime.
pub fn start(exporter: SpanExporter) {
    let (sender, spans) = mpsc::channel(WAITING);
    trace::export_to(move |span| {
        // A span is dropped if the queue is full.
        let _ = sender.try_send(span);
    });
    actix_web::rt::spawn(send(exporter, spans));
}

async fn send(exporter: SpanExporter, mut spans: mpsc::Receiver<FinishedSpan>) {
    let mut well = true;
    let mut batch = Vec::with_capacity(BATCH);
    while spans.recv_many(&mut batch, BATCH).await > 0 {
        let gathering =
            async { while batch.len() < BATCH && spans.recv_many(&mut batch, BATCH).await > 0 {} };
        // After the time-out, the spans received so far are sent.
        let _ = timeout(GATHER, gathering).await;
        let sent = exporter
            .export(batch.drain(..).map(exported).collect())
            .await;
        match (&sent, well) {
            (Err(error), true) => {
                let error = error_chain::chain(error);
                tracing::warn!(error, "traces cannot be sent to telemetry.otlp_endpoint");
            }
            (Ok(()), false) => tracing::info!("traces can be sent again"),
            _ => {}
        }
        well = sent.is_ok();
    }
}

fn exported(span: FinishedSpan) -> SpanData {
    let (trace, own) = span.context.ids();
    let flags = TraceFlags::default().with_sampled(span.context.is_sampled());
    let is_server = span.kind == trace::SpanKind::Server;
    let target = if is_server {
        "http.route"
    } else {
        "server.address"
    };
    let mut attributes = vec![
        KeyValue::new("http.request.method", span.method.clone()),
        KeyValue::new(target, span.target.clone()),
    ];
    if let Some(status) = span.status {
        attributes.push(KeyValue::new(
            "http.response.status_code",
            i64::from(status),
        ));
    }
    // A client error is no failure of this service; a call without an answer is a failure.
    let failed = span.status.is_none_or(|status| status >= 500);
    SpanData {
        span_context: SpanContext::new(
            TraceId::from_bytes(trace.to_be_bytes()),
            SpanId::from_bytes(own.to_be_bytes()),
            flags,
            false,
            TraceState::default(),
        ),
        parent_span_id: span.parent.map_or(SpanId::INVALID, |it| {
            SpanId::from_bytes(it.ids().1.to_be_bytes())
        }),
        parent_span_is_remote: is_server && span.parent.is_some(),
        span_kind: if is_server {
            SpanKind::Server
        } else {
            SpanKind::Client
        },
        name: format!("{} {}", span.method, span.target).into(),
        start_time: span.started,
        end_time: span.started + span.took,
        attributes,
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: if failed {
            Status::error("")
        } else {
            Status::Unset
        },
        instrumentation_scope: InstrumentationScope::builder(env!("CARGO_PKG_NAME")).build(),
    }
}
