//! How long other rules take on recorded carts, and what recording costs checkout.
//!
//! The first part reads 100,000 sealed carts from a file of SQLite, some at a time as the service does, and judges each by two
//! sets of 100 rules, on all cores but one; half the carts and half the rules beside it. The second drives the service with
//! `recording.sample = 1` and with 0 in turn.

#[path = "../checkout/load.rs"]
#[expect(dead_code, reason = "shared with benches that need more of it")]
mod load;
#[path = "../checkout/rules.rs"]
#[expect(dead_code, reason = "shared with a bench that needs more of it")]
mod rules;
#[path = "../checkout/service.rs"]
#[expect(dead_code, reason = "shared with a bench that needs more of it")]
mod service;
mod trials;

use std::time::Duration;

use load::drive;
use service::Service;

/// As in the service itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(3);
const CART: &str = include_str!("../checkout/cart.json");
const ADDRESS: &str = "/v1/checkout/payment-methods";

fn main() {
    trials::measure();
    recording();
}

fn recording() {
    let [with, without] = ["1", "0"].map(|sample| {
        let environment = vec![("ONTERMS__RECORDING__SAMPLE", sample)];
        Service::start_in(environment, &rules::ten_of(100))
    });
    let rate = |service: &Service| {
        drive(
            service.port,
            ADDRESS,
            &service.token,
            CART,
            CONNECTIONS,
            ROUND,
        )
        .per_second
    };
    let mut rounds: Vec<(f64, f64)> = (0..ROUNDS).map(|_| (rate(&with), rate(&without))).collect();
    rounds.sort_by(|one, other| f64::total_cmp(&(one.0 / one.1), &(other.0 / other.1)));
    let (ours, theirs) = rounds[ROUNDS / 2];
    println!(
        "\ncheckout with recording.sample = 1: {ours:.0} req/s, with 0: {theirs:.0} req/s, ratio {:.2}; goal ≥ 0.9",
        ours / theirs
    );
}
