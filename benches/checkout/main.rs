//! How close `POST /v1/checkout/payment-methods` comes to a server that only parses the cart and answers the same bytes.
//!
//! `cargo bench --bench checkout` starts the real service and that floor in turn, each as a process of its own, and drives
//! both with the same 64 connections. Only the ratios mean something: the machine sets the rest. Nothing here fails; the
//! goals stand beside the figures.

mod credit;
mod floor;
mod load;
mod rules;
mod service;

use std::time::{Duration, Instant};

use load::{Figures, drive};
use service::Service;

/// As in the service itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(3);
const CART: &str = include_str!("cart.json");
const ADDRESS: &str = "/v1/checkout/payment-methods";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, path] = arguments.as_slice()
        && word == "floor"
    {
        return floor::serve(path);
    }
    println!(
        "cart of {} bytes, {CONNECTIONS} connections, {ROUNDS} rounds of {} s each\n",
        CART.len(),
        ROUND.as_secs()
    );
    println!(
        "{:<44} {:>9} {:>9} {:>7} {:>9}  goal",
        "", "req/s", "floor", "ratio", "p99/p99"
    );
    let ten = compare(
        "100 rules, 10 candidates",
        rules::ten_of(100),
        ADDRESS,
        "≥ 0.85, p99 ≤ 2×",
    );
    compare(
        "100 rules, all evaluated",
        rules::all(100),
        ADDRESS,
        "≥ 0.65",
    );
    let large = compare(
        "10,000 rules, 10 candidates",
        rules::ten_of(10_000),
        ADDRESS,
        "≥ 0.9 of the first line",
    );
    println!("{:<44} {:>37.2}", "  … of the first line", large / ten);
    explained();
    credit::compare();
    memory_and_start();
}

/// The service with these rules against the floor that answers the same bytes; returns the ratio.
fn compare(name: &str, rules: Vec<serde_json::Value>, path: &str, goal: &str) -> f64 {
    let service = Service::start(&rules);
    let answer = service.ask(path, CART);
    let floor = floor::Floor::start(&answer);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(drive(
            service.port,
            path,
            &service.token,
            CART,
            CONNECTIONS,
            ROUND,
        ));
        theirs.push(drive(
            floor.port,
            path,
            &service.token,
            CART,
            CONNECTIONS,
            ROUND,
        ));
    }
    let ratios = ours
        .iter()
        .zip(&theirs)
        .map(|(o, t)| o.per_second / t.per_second)
        .collect();
    let tails = ours
        .iter()
        .zip(&theirs)
        .map(|(o, t)| o.p99.as_secs_f64() / t.p99.as_secs_f64())
        .collect();
    let (ratio, tail) = (median(ratios), median(tails));
    println!(
        "{name:<44} {:>9.0} {:>9.0} {ratio:>7.2} {tail:>9.2}  {goal}",
        rate(&ours),
        rate(&theirs)
    );
    ratio
}

/// What an explanation costs beside an answer without one.
fn explained() {
    let service = Service::start(&rules::explained());
    let bytes = |path: &str| service.ask(path, CART).len();
    let per_second = |path: &str| {
        let rounds = (0..3).map(|_| {
            drive(service.port, path, &service.token, CART, CONNECTIONS, ROUND).per_second
        });
        median(rounds.collect())
    };
    let plain = per_second(ADDRESS);
    println!("\n{:<44} {:>9} {:>9} {:>7}", "", "req/s", "bytes", "cost");
    for (explain, goal) in [
        ("none", ""),
        ("summary", "≤ 1.5×"),
        ("full", "reported per byte"),
    ] {
        let path = format!("{ADDRESS}?explain={explain}");
        let (rate, size) = (per_second(&path), bytes(&path));
        let nanos = 2e9 / rate / size as f64;
        println!(
            "explain={explain:<36} {rate:>9.0} {size:>9} {:>6.2}×  {goal} ({nanos:.1} ns of two cores a byte)",
            plain / rate
        );
    }
}

fn memory_and_start() {
    println!();
    let idle = Service::start(&[]);
    println!(
        "resident, idle                               {:>6.1} MB  goal ≤ 30",
        idle.resident_mb()
    );
    drop(idle);
    let large = Service::start(&rules::ten_of(10_000));
    drive(large.port, ADDRESS, &large.token, CART, CONNECTIONS, ROUND);
    println!(
        "resident, 10,000 rules under load            {:>6.1} MB  goal ≤ 120",
        large.resident_mb()
    );
    drop(large);
    let mut thousand = Service::start(&rules::ten_of(1000));
    thousand.stop();
    let started = Instant::now();
    thousand.restart();
    println!(
        "start to ready, 1,000 rules                  {:>6} ms  goal ≤ 300",
        started.elapsed().as_millis()
    );
}

fn rate(figures: &[Figures]) -> f64 {
    median(figures.iter().map(|figures| figures.per_second).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
