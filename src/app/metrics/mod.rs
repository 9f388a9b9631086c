//! The metrics at `/metrics` that are not counted where they occur.
//!
//! A scrape reads memory and `/proc` only. [`refresh`] reads figures from the database in the background, so that many
//! scrapes cost no statement and an unreachable database does not delay a scrape.

mod listener;
mod refresh;

use std::{sync::Arc, time::SystemTime};

use crate::{
    clock::Clock,
    config::Settings,
    events,
    integrations::health::HealthBoard,
    notifications,
    payment_rules::rulebook::RulebookCache,
    payments,
    providers::{Breakers, ProviderState, apruve},
    reconciliation, recording,
    store::{Backend, Store},
    telemetry, webhooks,
};

pub use listener::serve;
pub use refresh::keep_fresh;

/// The parts that are measured.
#[derive(Clone)]
pub struct Measured {
    pub store: Store,
    pub clock: Clock,
    pub rulebooks: RulebookCache,
    pub breakers: Arc<Breakers>,
    pub health: HealthBoard,
}

/// Sets the gauges that are computed when metrics are read.
fn measure(measured: &Measured) {
    let load = measured.store.load();
    ::metrics::gauge!("onterms_database_connections").set(load.readers as f64);
    ::metrics::gauge!("onterms_database_busy_connections").set(load.readers_busy as f64);
    ::metrics::gauge!("onterms_database_queued_reads").set(load.reads_waiting as f64);
    ::metrics::gauge!("onterms_database_queued_writes").set(load.writes_waiting as f64);
    ::metrics::gauge!("onterms_rulebook_age_seconds").set(measured.rulebooks.age().as_secs_f64());
    if let Ok(current) = measured.rulebooks.current() {
        ::metrics::gauge!("onterms_rulebook_revision").set(current.book().revision() as f64);
    }
    for (state, count) in measured.breakers.count_by_state() {
        ::metrics::gauge!("onterms_providers", "state" => state.as_str()).set(count as f64);
    }
    measured.health.measure();
    process().collect();
}

fn process() -> metrics_process::Collector {
    metrics_process::Collector::default()
}

/// Creates every series whose labels are a closed list, so that no alert refers to a missing series.
fn register(store: &Store, settings: &Settings) {
    process().describe();
    telemetry::register();
    webhooks::register_metrics();
    payments::register_metrics();
    reconciliation::register_metrics();
    recording::register_metrics();
    events::register_metrics();
    notifications::register_metrics();
    apruve::register_metrics();
    for state in ProviderState::ALL {
        ::metrics::gauge!("onterms_providers", "state" => state.as_str()).set(0.0);
    }
    HealthBoard::default().measure();
    refresh::register();
    let database = match store.backend() {
        Backend::Sqlite => "sqlite",
        Backend::PostgreSql => "postgresql",
    };
    let version = env!("CARGO_PKG_VERSION");
    ::metrics::gauge!("onterms_build_info", "version" => version, "database" => database).set(1.0);
    ::metrics::gauge!("onterms_database_write_queue_limit").set(match store.backend() {
        Backend::Sqlite => settings.database.write_queue as f64,
        Backend::PostgreSql => 0.0,
    });
}

/// Seconds since 1970, for gauges that are moments.
fn now_in_seconds() -> f64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}
