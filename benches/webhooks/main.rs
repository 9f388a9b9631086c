//! How close `POST /webhooks/apruve/{token}` comes to a server that only parses, verifies and inserts; what a flood of bad
//! signatures, or all other work, does to checkout. Beside it, how close `POST /v1/payments` comes to a server that only parses,
//! seals and inserts.
//!
//! `cargo bench --bench webhooks` runs the real service and that floor in turn, on each database, with the same 64
//! connections and genuine RSA-4096 signatures. Only the ratios mean something. Nothing here fails; the goals stand beside
//! the figures. `benches/README.md` says how to read them.

#[path = "../checkout/borrowed_cart.rs"]
mod borrowed_cart;
#[path = "../checkout/floor_process.rs"]
mod floor_process;
#[path = "../checkout/load.rs"]
mod load;
#[path = "../checkout/provider.rs"]
mod provider;
#[path = "../checkout/rules.rs"]
#[expect(dead_code, reason = "shared with a bench that needs more of it")]
mod rules;
#[path = "../checkout/service.rs"]
#[expect(dead_code, reason = "shared with a bench that needs more of it")]
mod service;
#[path = "../../tests/support/mod.rs"]
#[expect(dead_code, reason = "shared with the tests, which need more of it")]
mod support;

mod beside;
mod floor;
mod inbox_row;
mod payment_floor;
mod payments;
mod table;
mod webhook_fixtures;

use std::time::Duration;

use service::counted;
use support::Database;
use webhook_fixtures::SignedWebhooks;

/// As in the service itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(3);
const TAKEN: &[&str] = &["HTTP/1.1 200"];
const BEGUN: &[&str] = &["HTTP/1.1 201"];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, folder] = arguments.as_slice()
        && word == "floor"
    {
        return floor::serve(folder);
    }
    let webhooks = SignedWebhooks::sign();
    println!(
        "webhooks of {} bytes, RSA-4096, {CONNECTIONS} connections, {ROUNDS} rounds of {} s each; load average {}\n",
        webhooks.bytes(),
        ROUND.as_secs(),
        load::average()
    );
    table::head();
    table::accepted("webhook accepted, SQLite", &Database::sqlite, &webhooks);
    let postgresql = || Database::postgresql("bench").expect("PostgreSQL");
    let has_postgresql = Database::postgresql("bench").is_some();
    if has_postgresql {
        table::accepted("webhook accepted, PostgreSQL", &postgresql, &webhooks);
    }
    table::begun("payment begun, SQLite", &Database::sqlite, &webhooks);
    if has_postgresql {
        table::begun("payment begun, PostgreSQL", &postgresql, &webhooks);
    } else {
        println!("PostgreSQL is not installed here");
    }
    if !counted::is_wanted() {
        beside::flooded(&webhooks);
        beside::busy(&webhooks);
    }
}
