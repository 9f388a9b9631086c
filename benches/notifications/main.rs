//! How fast notifications are delivered, and what that leaves to checkout.
//!
//! `cargo bench --bench notifications` runs the real service on each database. Events are delivered again to 50 endpoints of
//! a receiver in this process, first alone and then beside checkout. How much checkout keeps is counted per core that the
//! deliveries leave: the service's own processor time less what the same deliveries took alone. Nothing here fails; the
//! goals stand beside the figures. `ONTERMS_BENCH_DELIVERIES` takes another number of deliveries than 10,000.

#[path = "../checkout/load.rs"]
#[expect(dead_code, reason = "shared with benches that need more of it")]
mod load;
#[path = "../checkout/rules.rs"]
#[expect(dead_code, reason = "shared with a bench that needs more of it")]
mod rules;
#[path = "../checkout/service.rs"]
#[expect(dead_code, reason = "shared with a bench that needs more of it")]
mod service;
#[path = "../../tests/support/mod.rs"]
#[expect(dead_code, reason = "shared with the tests, which need more of it")]
mod support;

mod receiver;

use std::time::{Duration, Instant};

use load::drive;
use receiver::Receiver;
use serde_json::{Value, json};
use service::Service;
use support::Database;

/// As in the service itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ENDPOINTS: usize = 50;
const DELIVERIES: usize = 10_000;
const ROUND: Duration = Duration::from_secs(3);
const CART: &str = include_str!("../checkout/cart.json");
/// The service has long given up by then.
const PATIENCE: Duration = Duration::from_secs(300);

fn main() {
    let wanted = std::env::var("ONTERMS_BENCH_DELIVERIES").ok();
    let wanted = wanted.and_then(|it| it.parse().ok()).unwrap_or(DELIVERIES);
    let events = (wanted / ENDPOINTS).max(1);
    println!("{events} events to {ENDPOINTS} endpoints\n");
    println!(
        "{:<12} {:>13} {:>11} {:>13} {:>15} {:>7}",
        "", "deliveries/s", "ms of CPU", "checkout/s", "beside them", "kept"
    );
    println!(
        "{:<12} {:>13} {:>11} {:>13} {:>15} {:>7}",
        "goal", "≥ 1000", "", "", "", "≥ 0.9"
    );
    run("SQLite", &Database::sqlite(), events);
    match Database::postgresql("notifications") {
        Some(database) => run("PostgreSQL", &database, events),
        None => println!("PostgreSQL is not installed here"),
    }
}

fn run(name: &str, database: &Database, events: usize) {
    let receiver = Receiver::start();
    let service = Service::start_on(Some(database.url().to_owned()), &rules::ten_of(100));
    let endpoints: Vec<String> = (0..ENDPOINTS)
        .map(|nth| subscribe(&service, &format!("{}/{nth}", receiver.origin)))
        .collect();
    // Each is told at once, which is also a warm-up.
    for nth in 0..events {
        let rule = json!({ "name": format!("Rule {nth}"), "currency": "EUR", "sortOrder": 1, "enabled": false, "paymentMethods": [] });
        service.ask("/v1/payment-rules", &rule.to_string());
    }
    let total = events * ENDPOINTS;
    receiver.wait_for(total, PATIENCE);

    let (from, before) = (Instant::now(), service.cpu_seconds());
    replay(&service, &endpoints);
    receiver.wait_for(2 * total, PATIENCE);
    let rate = total as f64 / from.elapsed().as_secs_f64();
    let each = (service.cpu_seconds() - before) / total as f64;

    let checkout = || {
        let before = service.cpu_seconds();
        let path = "/v1/checkout/payment-methods";
        let figures = drive(service.port, path, &service.token, CART, 16, ROUND);
        (figures.per_second, service.cpu_seconds() - before)
    };
    let (alone, alone_cpu) = checkout();
    let delivered = receiver.count();
    replay(&service, &endpoints);
    let (beside, beside_cpu) = checkout();
    let delivered = receiver.count() - delivered;
    let left = beside_cpu - each * delivered as f64;
    let kept = (beside / left) / (alone / alone_cpu);
    println!(
        "{name:<12} {rate:>13.0} {:>11.3} {alone:>13.0} {beside:>15.0} {kept:>7.2}  ({delivered} deliveries meanwhile)",
        each * 1e3
    );
}

fn subscribe(service: &Service, url: &str) -> String {
    let body = json!({ "url": url, "types": ["rules.changed"] }).to_string();
    let made: Value =
        serde_json::from_str(&service.ask("/v1/notification-endpoints", &body)).expect("JSON");
    made["id"].as_str().expect("an id").to_owned()
}

/// Queues every event once more for every endpoint.
fn replay(service: &Service, endpoints: &[String]) {
    for id in endpoints {
        let path = format!("/v1/notification-endpoints/{id}/replay");
        let since = json!({ "since": "2020-01-01T00:00:00Z" });
        service.ask(&path, &since.to_string());
    }
}
