//! Reads the figures for the metrics from the database, in the background.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Measured, now_in_seconds};
use crate::{
    error_chain, events,
    findings::{self, FindingCode},
    notifications,
    payments::{self, Status},
    store::{Conn, StoreError},
    webhooks::{self, WebhookEventState},
};

/// The minimum pause between two refreshes, as a multiple of the time of one, so that refreshing stays a small part of
/// the load of one connection for any number of rows.
const REST: u32 = 50;
/// Unsettled transactions are counted by their age in seconds; an older one also counts under the lower ages.
const AGES: [(&str, i64); 4] = [("0", 0), ("300", 300), ("3600", 3600), ("86400", 86400)];
/// The states of webhooks that need an operator or that wait; the numbers in other states are unbounded.
const WATCHED: [WebhookEventState; 3] = [
    WebhookEventState::Received,
    WebhookEventState::Parked,
    WebhookEventState::Failed,
];
/// The workers whose lag is shown.
const WORKERS: [&str; 5] = [
    "payments",
    "reconciliation",
    "webhooks",
    "events",
    "notifications",
];

/// The states of a notification endpoint: on, switched off by a caller, or switched off by the service for one of two
/// reasons.
const ENDPOINTS: [&str; 4] = ["on", "off", "gone", "failing"];

/// The figures that one refresh read.
#[derive(Default)]
struct RefreshedFigures {
    by_status: HashMap<String, i64>,
    unsettled: [i64; AGES.len()],
    oldest_unsettled: Option<DateTime<Utc>>,
    overdue: i64,
    findings: HashMap<String, i64>,
    events: [i64; WATCHED.len()],
    oldest_pending: Option<DateTime<Utc>>,
    due: [Option<DateTime<Utc>>; WORKERS.len()],
    last_event: i64,
    endpoints: [i64; ENDPOINTS.len()],
}

/// Refreshes until the store is closed or the task is dropped.
pub async fn keep_fresh(measured: Measured, every: Duration) {
    loop {
        let (from, now) = (Instant::now(), measured.clock.now());
        match measured
            .store
            .read(move |conn| read_figures(conn, now))
            .await
        {
            Ok(seen) => {
                show(&seen, now);
                ::metrics::gauge!("onterms_database_up").set(1.0);
                ::metrics::gauge!("onterms_metrics_refreshed_timestamp_seconds")
                    .set(now_in_seconds());
            }
            Err(StoreError::Closed) => return,
            Err(error) => {
                let up = measured.store.is_healthy().await;
                ::metrics::gauge!("onterms_database_up").set(f64::from(u8::from(up)));
                let error = error_chain::chain(&error);
                tracing::warn!(
                    error,
                    "the metrics that need the database stay as they were"
                );
            }
        }
        tokio::time::sleep(every.max(from.elapsed() * REST)).await;
    }
}

fn read_figures(conn: &mut Conn, now: DateTime<Utc>) -> Result<RefreshedFigures, StoreError> {
    let mut unsettled = [0; AGES.len()];
    for ((_, seconds), count) in AGES.iter().zip(&mut unsettled) {
        let began_by = now - TimeDelta::seconds(*seconds);
        *count = payments::store::count_unsettled_since(conn, began_by)?;
    }
    let mut events = [0; WATCHED.len()];
    for (state, count) in WATCHED.iter().zip(&mut events) {
        *count = webhooks::count_events_in(conn, *state)?;
    }
    Ok(RefreshedFigures {
        by_status: payments::store::count_by_status(conn)?,
        unsettled,
        oldest_unsettled: payments::store::oldest_unsettled(conn)?,
        overdue: payments::count_overdue(conn, now)?,
        findings: findings::store::count_unresolved(conn)?,
        events,
        oldest_pending: webhooks::oldest_pending_event(conn)?,
        due: [
            payments::store::oldest_due(conn, now)?,
            payments::store::oldest_comparable(conn, now)?,
            webhooks::oldest_due_event(conn, now)?,
            events::store::oldest_unnumbered(conn)?,
            notifications::oldest_due(conn, now)?,
        ],
        last_event: events::store::last_sequence(conn)?,
        endpoints: count_endpoints(conn)?,
    })
}

fn count_endpoints(conn: &mut Conn) -> Result<[i64; ENDPOINTS.len()], StoreError> {
    let mut counts = [0; ENDPOINTS.len()];
    for (state, count) in notifications::count_endpoints(conn)? {
        let place = ENDPOINTS.iter().position(|word| *word == state);
        if let Some(counted) = place.and_then(|place| counts.get_mut(place)) {
            *counted += count;
        }
    }
    Ok(counts)
}

fn show(seen: &RefreshedFigures, now: DateTime<Utc>) {
    let age = |since: Option<DateTime<Utc>>| {
        let age = since.map_or(TimeDelta::zero(), |since| now - since);
        (age.num_milliseconds().max(0) as f64) / 1000.0
    };
    let of = |counts: &HashMap<String, i64>, word: &str| counts.get(word).copied().unwrap_or(0);
    for status in Status::ALL {
        let count = of(&seen.by_status, status.as_str());
        ::metrics::gauge!("onterms_payments", "status" => status.as_str()).set(count as f64);
    }
    for ((label, _), count) in AGES.iter().zip(seen.unsettled) {
        ::metrics::gauge!("onterms_unsettled_transactions", "older_than" => *label)
            .set(count as f64);
    }
    ::metrics::gauge!("onterms_unsettled_oldest_seconds").set(age(seen.oldest_unsettled));
    ::metrics::gauge!("onterms_funding_overdue").set(seen.overdue as f64);
    for code in FindingCode::ALL {
        let count = of(&seen.findings, code.as_str());
        ::metrics::gauge!("onterms_findings_open", "code" => code.as_str()).set(count as f64);
    }
    for (state, count) in WATCHED.iter().zip(seen.events) {
        ::metrics::gauge!("onterms_webhook_events", "state" => state.as_str()).set(count as f64);
    }
    ::metrics::gauge!("onterms_webhook_backlog").set(seen.events[0] as f64);
    ::metrics::gauge!("onterms_webhook_oldest_pending_seconds").set(age(seen.oldest_pending));
    for (worker, since) in WORKERS.iter().zip(seen.due) {
        ::metrics::gauge!("onterms_job_lag_seconds", "worker" => *worker).set(age(since));
    }
    ::metrics::gauge!("onterms_events_sequence").set(seen.last_event as f64);
    for (state, count) in ENDPOINTS.iter().zip(seen.endpoints) {
        ::metrics::gauge!("onterms_notification_endpoints", "state" => *state).set(count as f64);
    }
}

/// Shows an empty database that is up, until the first refresh.
pub fn register() {
    show(&RefreshedFigures::default(), DateTime::UNIX_EPOCH);
    // The service does not start without its database.
    ::metrics::gauge!("onterms_database_up").set(1.0);
    ::metrics::gauge!("onterms_metrics_refreshed_timestamp_seconds").set(0.0);
}
