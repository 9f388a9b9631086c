//! Two sets of rules on recorded carts.

use std::{sync::Arc, time::Instant};

use chrono::{DateTime, Utc};
use onterms::{
    cart,
    config::SecretSettings,
    payment_rules::{read_offline, rulebook::Rulebook},
    privacy::EmailKey,
    recording::{self, KeptPaths, RecordedRow, RecordingWindow},
    seal::Sealer,
    secret::SecretText,
    store::{Migrator, Store, StoreOptions},
    what_if::{ComparedRulebooks, Tally, compare_all},
};
use serde_json::{Value, json};

const CARTS: usize = 100_000;
const RULES: usize = 100;
const GOAL_SECONDS: f64 = 10.0;
/// As the worker of the service.
const CARTS_AT_ONCE: i64 = 500;

pub fn measure() {
    let system = actix_web::rt::System::new();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.saturating_sub(1).max(1);
    let sealer = Sealer::new(&SecretSettings {
        master_key: SecretText::from_key_bytes(&[1; 32]),
        retired_master_keys: Vec::new(),
    });
    let sealer = sealer.expect("a key");
    let folder = tempfile::tempdir().expect("a folder");
    println!("{threads} of {cores} cores; carts × rules");
    let mut whole = 0.0;
    for (carts, rules) in [(CARTS, RULES), (CARTS / 2, RULES), (CARTS, RULES / 2)] {
        let rulebooks = rulebooks(rules);
        let url = format!("sqlite://{}/{carts}-{rules}.db", folder.path().display());
        let options = StoreOptions::new(url.parse().expect("an address"));
        let mut migrator = Migrator::open(&options).expect("a file");
        migrator.run().expect("it migrates");
        let store = Store::open(&options).expect("it opens");
        let seconds = system.block_on(async {
            fill(&store, carts, &rulebooks.live, &sealer).await;
            let start = Instant::now();
            let tally = try_all(&store, &rulebooks, &sealer, threads).await;
            let seconds = start.elapsed().as_secs_f64();
            assert_eq!((tally.carts, tally.undecidable), (carts as u64, 0));
            assert!(tally.changed > 0, "the rules differ");
            seconds
        });
        if whole == 0.0 {
            whole = seconds;
            println!("{carts} × {rules}: {seconds:.2} s; goal ≤ {GOAL_SECONDS} s");
        } else {
            println!(
                "{carts} × {rules}: {seconds:.2} s, {:.2} of the whole",
                seconds / whole
            );
        }
    }
}

async fn try_all(
    store: &Store,
    rulebooks: &ComparedRulebooks,
    sealer: &Sealer,
    threads: usize,
) -> Tally {
    let (mut tally, mut after) = (Tally::default(), String::new());
    loop {
        let from = after.clone();
        let rows = store.read(move |conn| {
            recording::list_after(conn, RecordingWindow::default(), &from, CARTS_AT_ONCE)
        });
        let rows = rows.await.expect("carts");
        let Some(last) = rows.last() else {
            return tally;
        };
        after = last.id.to_string();
        tally.append(compare_all(
            &rows,
            rulebooks,
            sealer,
            DateTime::UNIX_EPOCH,
            threads,
        ));
    }
}

async fn fill(store: &Store, carts: usize, book: &Rulebook, sealer: &Sealer) {
    let (kept, key) = (KeptPaths::of(book), EmailKey::of_bytes(&[2; 32]));
    let at: DateTime<Utc> = DateTime::UNIX_EPOCH;
    for first in (0..carts).step_by(1000) {
        let rows: Vec<RecordedRow> = (first..first + 1000)
            .map(|place| {
                let text = cart_of(place).to_string();
                let cart = cart::read(&text).expect("a cart");
                RecordedRow::of(&cart, at, &kept, sealer, &key).expect("it is kept")
            })
            .collect();
        let written = store.write(move |tx| recording::insert(tx, &rows));
        written.await.expect("they are kept");
    }
}

fn cart_of(place: usize) -> Value {
    let total = format!("{}.00", 100 + place % 1000);
    // The first line costs all of it: no method is offered for a cart whose sums differ.
    let lines: Vec<Value> = (0..5)
        .map(|line| {
            let cost = if line == 0 { total.as_str() } else { "0.00" };
            json!({ "productSku": format!("SKU-{line}"), "quantity": 1 + place % 7, "title": "Clog", "total": cost })
        })
        .collect();
    json!({
        "currency": "USD", "website": "us-store", "total": total, "lineItems": lines,
        "billingAddress": { "countryIso2": "US", "regionCode": "CA", "postalCode": "90210", "city": "Beverly Hills", "street": "1 Main Street" },
        "customer": { "id": place, "name": "Acme", "group": { "id": 3 }, "paymentTerm": { "id": 1 } },
        "customerUser": { "id": place, "email": format!("buyer{place}@acme.example") },
    })
}

/// All rules could match every cart; hardly any does, so that each cart is judged by all of them.
fn rulebooks(rules: usize) -> ComparedRulebooks {
    let rules: Vec<Value> = (0..rules)
        .map(|place| {
            json!({
                "name": format!("Rule {place}"), "sortOrder": place, "currency": "USD",
                "expression": format!("total > {} and customer.group.id = 3 and lineItems.any(lineItem.quantity > 2)", 900 + place),
                "destinations": [{ "country": "US", "region": "US-CA" }],
                "paymentMethods": [{ "type": "check_money_order", "name": format!("Method {}", place % 3) }],
            })
        })
        .collect();
    let at: DateTime<Utc> = DateTime::UNIX_EPOCH;
    let file = json!({ "version": 1, "exportedAt": at, "rules": rules }).to_string();
    let (live, _) = read_offline(file.as_bytes(), at).expect("a file");
    let tried = live.rules().iter().map(|rule| {
        let mut rule = rule.compiled.rule.clone();
        rule.expression = rule
            .expression
            .map(|text| text.replace("total > ", "total > 50 + "));
        rule
    });
    let tried = live.with_rules(tried.collect());
    ComparedRulebooks {
        live: Arc::new(live),
        tried: Arc::new(tried),
    }
}
