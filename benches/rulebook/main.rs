//! What a change of rules costs among many: PATCH of one rule, import in parts, and the memory of it all.
//!
//! Goals: a PATCH among 100,000 rules answers within 50 ms, 100,000 rules are imported within 10 s and no part takes much
//! longer than the first, the service keeps to 25 MB without rules and to 90 MB with 10,000 rules under load.
//! `cargo bench --bench rulebook -- 10000` takes other numbers of rules; `DATABASE_URL` takes another database than a file,
//! and `ONTERMS_BENCH_BEFORE` another build to compare with.

#[path = "../checkout/load.rs"]
#[allow(dead_code, reason = "shared with other benches")]
mod load;
#[path = "../checkout/rules.rs"]
#[allow(dead_code, reason = "shared with other benches")]
mod rules;
#[path = "../checkout/service.rs"]
#[allow(dead_code, reason = "shared with other benches")]
mod service;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use service::{Build, Service};

const CART: &str = include_str!("../checkout/cart.json");
/// Rules in one import.
const PART: usize = 1000;
const PATCHES: usize = 30;
const GOAL_PATCH_MS: f64 = 50.0;
const GOAL_IMPORT_S: f64 = 10.0;

fn main() {
    let asked = std::env::args().skip(1).filter_map(|it| it.parse().ok());
    let mut counts: Vec<usize> = asked.collect();
    if counts.is_empty() {
        counts = vec![1_000, 10_000, 50_000, 100_000];
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load average {}", load.trim());
    for count in counts {
        if let Some(before) = Build::before() {
            println!("the other build:");
            measure(before, count);
            println!("this build:");
        }
        measure(Build::this(), count);
    }
}

fn measure(build: Build, count: usize) {
    let database = std::env::var("DATABASE_URL").ok();
    let mut service = Service::start_build(build, database, &[]);
    let (idle, at_rest) = (service.resident_mb(), service.memory());
    let mut parts = Vec::new();
    let mut ids = Vec::new();
    let all = rules_of(count);
    let started = Instant::now();
    for part in all.chunks(PART) {
        let body = service.named(part);
        let (took, answer) = timed(|| service.ask("/v1/payment-rules/import", &body));
        parts.push(took);
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let created = answer["created"].as_array().cloned().unwrap_or_default();
        ids.extend(
            created
                .iter()
                .filter_map(|it| it["id"].as_str().map(str::to_owned)),
        );
    }
    let total = started.elapsed().as_secs_f64();
    assert_eq!(ids.len(), count, "every rule was made");
    println!(
        "{count} rules: imported in {total:.1} s ({:.2} of the goal for as many), first part {:.0} ms, last part {:.0} ms",
        total / (GOAL_IMPORT_S * count as f64 / 100_000.0),
        parts[0],
        parts[parts.len() - 1],
    );
    for (what, body) in [
        ("expression", json!({ "expression": "total <= 4711.5" })),
        ("sortOrder", json!({ "sortOrder": -1 })),
    ] {
        let mut took: Vec<f64> = (0..PATCHES)
            .map(|place| {
                let id = &ids[(place * 7919) % ids.len()];
                let path = format!("/v1/payment-rules/{id}?analyze=false");
                let head = "if-match: *\r\n";
                timed(|| service.request("PATCH", &path, head, &body.to_string())).0
            })
            .collect();
        took.sort_by(f64::total_cmp);
        let median = took[took.len() / 2];
        println!(
            "{count} rules: PATCH of {what} {median:.1} ms (best {:.1}, worst {:.1}), {:.2} of the goal",
            took[0],
            took[took.len() - 1],
            median / GOAL_PATCH_MS,
        );
    }
    let filled = service.memory();
    service.stop();
    let (ready, ()) = timed(|| service.restart());
    let restarted = service.resident_mb();
    let figures = load::drive(
        service.port,
        "/v1/checkout/payment-methods",
        &service.token,
        CART,
        16,
        Duration::from_secs(3),
    );
    println!(
        "{count} rules: resident {at_rest} without rules, {filled} after the writes, {restarted:.1} MB restarted ({ready:.0} ms), {} under load ({:.0}/s); {:.2} kB a rule",
        service.memory(),
        figures.per_second,
        (restarted - idle) * 1024.0 / count as f64,
    );
}

/// Every other rule has a condition of its own, the rest share four.
fn rules_of(count: usize) -> Vec<Value> {
    let mut rules = rules::ten_of(count);
    for (place, rule) in rules.iter_mut().enumerate() {
        if place % 2 == 1 {
            rule["expression"] = format!("total <= {place} or customer.id = {place}").into();
        }
        if place % 3 == 1 {
            rule["websites"] = json!([format!("store-{}", place % 20)]);
        }
    }
    rules
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed().as_secs_f64() * 1000.0, done)
}
