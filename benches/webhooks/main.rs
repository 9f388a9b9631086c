//! How close `POST /webhooks/apruve/{token}` comes to a server that only parses, verifies and inserts; and what a flood of
//! bad signatures does to checkout. Beside it, how close `POST /v1/payments` comes to a server that only parses and inserts.
//!
//! `cargo bench --bench webhooks` runs the real service and that floor in turn, on each database, with the same 64
//! connections and genuine RSA-4096 signatures. Only the ratios mean something. Nothing here fails; the goals stand beside
//! the figures.

#[path = "../checkout/load.rs"]
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

mod floor;
mod payments;
mod webhook_fixtures;

use std::time::Duration;

use floor::Floor;
use load::{Figures, drive, drive_each};
use service::Service;
use support::Database;
use webhook_fixtures::Letters;

/// As in the service itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(3);
const TAKEN: &[&str] = &["HTTP/1.1 200"];
const BEGUN: &[&str] = &["HTTP/1.1 201"];
const REFUSED: &[&str] = &["HTTP/1.1 401", "HTTP/1.1 503"];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, url, key] = arguments.as_slice()
        && word == "floor"
    {
        return floor::serve(url, key);
    }
    let webhook_fixtures = Letters::sign();
    println!(
        "webhooks of {} bytes, RSA-4096, {CONNECTIONS} connections, {ROUNDS} rounds of {} s each\n",
        webhook_fixtures.bytes(),
        ROUND.as_secs()
    );
    println!(
        "{:<28} {:>9} {:>9} {:>7} {:>9}  goal",
        "", "req/s", "floor", "ratio", "p99"
    );
    accepted(
        "SQLite",
        &Database::sqlite(),
        &Database::sqlite(),
        &webhook_fixtures,
    );
    match (Database::postgresql("bench"), Database::postgresql("floor")) {
        (Some(ours), Some(theirs)) => accepted("PostgreSQL", &ours, &theirs, &webhook_fixtures),
        _ => println!("PostgreSQL is not installed here"),
    }
    println!("\npayments begun, 10 candidate rules of 100");
    begun(
        "SQLite",
        &Database::sqlite(),
        &Database::sqlite(),
        &webhook_fixtures,
    );
    if let (Some(ours), Some(theirs)) =
        (Database::postgresql("bench"), Database::postgresql("floor"))
    {
        begun("PostgreSQL", &ours, &theirs, &webhook_fixtures);
    }
    flooded(&webhook_fixtures);
}

/// Fresh, genuine webhooks, to the service and to the floor in turn.
fn accepted(name: &str, ours: &Database, theirs: &Database, webhook_fixtures: &Letters) {
    let service = Service::start_on(Some(ours.url().to_owned()), &[]);
    let floor = Floor::start(theirs.url(), webhook_fixtures.public_pem());
    let (mut served, mut floored) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let paths = webhook_fixtures::accounts(&service, webhook_fixtures.public_pem());
        let next = webhook_fixtures.genuine(paths.clone());
        served.push(drive_each(service.port, &next, TAKEN, CONNECTIONS, ROUND));
        let next = webhook_fixtures.genuine(paths);
        floored.push(drive_each(floor.port, &next, TAKEN, CONNECTIONS, ROUND));
    }
    let ratios = served.iter().zip(&floored);
    let ratio = median(ratios.map(|(o, t)| o.per_second / t.per_second).collect());
    let p99 = median(served.iter().map(|it| it.p99.as_secs_f64() * 1e3).collect());
    println!(
        "{name:<28} {:>9.0} {:>9.0} {ratio:>7.2} {p99:>6.1} ms  ≥ 0.7, p99 ≤ 20 ms",
        rate(&served),
        rate(&floored)
    );
}

/// Payments of a usual cart, each for another order, at the service and at the floor in turn.
fn begun(name: &str, ours: &Database, theirs: &Database, webhook_fixtures: &Letters) {
    let service = Service::start_on(Some(ours.url().to_owned()), &rules::ten_of(100));
    let floor = Floor::start(theirs.url(), webhook_fixtures.public_pem());
    let method = payments::method(&service);
    let next = payments::fresh(&method, &service.token);
    let (mut served, mut floored) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        served.push(drive_each(service.port, &next, BEGUN, CONNECTIONS, ROUND));
        floored.push(drive_each(floor.port, &next, BEGUN, CONNECTIONS, ROUND));
    }
    let ratios = served.iter().zip(&floored);
    let ratio = median(ratios.map(|(o, t)| o.per_second / t.per_second).collect());
    let p99 = median(served.iter().map(|it| it.p99.as_secs_f64() * 1e3).collect());
    println!(
        "{name:<28} {:>9.0} {:>9.0} {ratio:>7.2} {p99:>6.1} ms",
        rate(&served),
        rate(&floored)
    );
}

/// Checkout alone, and while somebody posts bad signatures as fast as 64 connections go.
fn flooded(webhook_fixtures: &Letters) {
    let service = Service::start(&rules::ten_of(100));
    let path = webhook_fixtures::account(&service, webhook_fixtures.public_pem(), "flooded");
    let checkout = || {
        drive(
            service.port,
            "/v1/checkout/payment-methods",
            &service.token,
            include_str!("../checkout/cart.json"),
            2,
            ROUND,
        )
    };
    let alone = checkout();
    let (flood, beside) = std::thread::scope(|scope| {
        let flood = scope.spawn(|| {
            let bad = || Some(webhook_fixtures.forged(&path));
            drive_each(service.port, &bad, REFUSED, CONNECTIONS, ROUND)
        });
        let beside = checkout();
        (flood.join().expect("a flood"), beside)
    });
    println!(
        "\ncheckout, 2 connections alone          {:>9.0} req/s, p99 {:.2} ms",
        alone.per_second,
        alone.p99.as_secs_f64() * 1e3
    );
    println!(
        "  … beside {:>6.0} bad signatures/s     {:>9.0} req/s, p99 {:.2} ms",
        flood.per_second,
        beside.per_second,
        beside.p99.as_secs_f64() * 1e3
    );
}

fn rate(figures: &[Figures]) -> f64 {
    median(figures.iter().map(|figures| figures.per_second).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
