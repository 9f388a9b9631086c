//! How close `POST /v1/checkout/payment-methods` comes to a server that only looks up a token, parses the cart and answers the
//! same bytes.
//!
//! `cargo bench --bench checkout` starts the real service and that floor in turn, each as a process of its own, and drives
//! both with the same 64 connections. Only the ratios mean something: the machine sets the rest. Nothing here fails; the
//! goals stand beside the figures. `benches/README.md` says how to read them.

mod borrowed_cart;
mod credit;
mod floor;
mod floor_process;
mod load;
mod provider;
mod rules;
#[allow(dead_code, reason = "shared with benches that need other parts of it")]
mod service;
mod table;

use std::time::{Duration, Instant};

use load::{drive, median};
use service::{Service, counted};

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
        "cart of {} bytes, {CONNECTIONS} connections, {ROUNDS} rounds of {} s each; load average {}\n",
        CART.len(),
        ROUND.as_secs(),
        load::average()
    );
    table::print();
    if counted::is_wanted() {
        return;
    }
    explained();
    credit::compare();
    memory_and_start();
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
        "resident, idle                               {}  goal ≤ 25",
        idle.memory()
    );
    drop(idle);
    let large = Service::start(&rules::ten_of(10_000));
    drive(large.port, ADDRESS, &large.token, CART, CONNECTIONS, ROUND);
    println!(
        "resident, 10,000 rules under load            {}  goal ≤ 90",
        large.memory()
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
