//! How long the reports take over 200,000 offline sales, beside a bare SELECT of the same rows; and how much memory the service
//! has while it streams a journal of as many lines.
//!
//! `cargo bench --bench receivables` runs the real service on each database. Nothing here fails; the goals stand beside the
//! figures.

#[path = "../../tests/growth/load.rs"]
#[expect(dead_code, reason = "shared with the tests, which need more of it")]
mod load;
#[path = "../checkout/service.rs"]
#[expect(dead_code, reason = "shared with a bench that needs more of it")]
mod service;
#[path = "../../tests/support/mod.rs"]
#[expect(dead_code, reason = "shared with the tests, which need more of it")]
mod support;

mod rows;

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Instant,
};

use diesel::prelude::*;
use onterms::store::{Store, StoreError, schema::invoices};
use service::Service;
use support::Database;

/// As in the service itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 3;

fn main() {
    println!("{} offline sales, half of them paid\n", load::PAYMENTS);
    println!(
        "{:<44} {:>8} {:>8} {:>7}  goal",
        "", "ms", "SELECT", "ratio"
    );
    measure("SQLite", &Database::sqlite(), &load::SQLITE);
    match Database::postgresql("bench") {
        Some(database) => measure("PostgreSQL", &database, &load::POSTGRESQL),
        None => println!("PostgreSQL is not installed here"),
    }
}

fn measure(name: &str, database: &Database, dialect: &load::Dialect) {
    let service = Service::start_on(Some(database.url().to_owned()), &[]);
    let store = Store::open(&database.options()).expect("the database opens");
    rows::fill(&store, dialect);
    let bare = median((0..ROUNDS).map(|_| bare(&store)).collect());
    let then = rows::moment_between();
    for (what, path, goal) in [
        (
            "aging by customer, now",
            "aging?by=customer".to_owned(),
            "≤ 2,000 ms",
        ),
        (
            "aging by integration, now",
            "aging".to_owned(),
            "≤ 2,000 ms",
        ),
        (
            "aging by customer, as of a month ago",
            format!("aging?by=customer&asOf={then}"),
            "",
        ),
    ] {
        let taken = median(
            (0..ROUNDS)
                .map(|_| download(&service, &path).millis)
                .collect(),
        );
        println!(
            "{:<44} {taken:>8.0} {bare:>8.0} {:>7.1}  {goal}",
            format!("{name}: {what}"),
            taken / bare
        );
    }
    let idle = service.resident_mb();
    let journal = download(&service, "journal?from=2020-01-01&format=csv");
    println!(
        "{:<44} {:>8.0} {:>8.0} {:>7.1}  flat: {idle:.0} MB before, {:.0} MB at most, {:.0} MB after ({} lines, {} MB)",
        format!("{name}: journal as CSV"),
        journal.millis,
        bare,
        journal.millis / bare,
        journal.most_mb,
        service.resident_mb(),
        journal.lines,
        journal.bytes / 1_000_000
    );
}

/// The same rows, read and thrown away.
fn bare(store: &Store) -> f64 {
    let started = Instant::now();
    let read = store.read(|conn| {
        let rows: Vec<(String, String, i64, chrono::NaiveDateTime)> = invoices::table
            .select((
                invoices::customer_id,
                invoices::currency,
                invoices::remaining,
                invoices::due_at,
            ))
            .load(conn)?;
        Ok::<_, StoreError>(rows.len())
    });
    let rows = actix_web::rt::System::new().block_on(read).expect("rows");
    assert_eq!(rows, load::PAYMENTS as usize);
    started.elapsed().as_secs_f64() * 1e3
}

struct Download {
    millis: f64,
    bytes: usize,
    lines: usize,
    most_mb: f64,
}

/// Reads a report to its end, with a look at the service's memory now and then.
fn download(service: &Service, path: &str) -> Download {
    let started = Instant::now();
    let mut stream = TcpStream::connect(("127.0.0.1", service.port)).expect("a connection");
    write!(
        stream,
        "GET /v1/reports/{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
        service.token
    )
    .expect("sent");
    let mut piece = vec![0; 256 * 1024];
    let (mut bytes, mut lines, mut looks, mut most_mb) = (0, 0, 0, 0.0_f64);
    loop {
        let read = stream.read(&mut piece).expect("an answer");
        if read == 0 {
            break;
        }
        if bytes == 0 {
            assert!(
                piece.starts_with(b"HTTP/1.1 200"),
                "{}",
                String::from_utf8_lossy(&piece[..read])
            );
        }
        bytes += read;
        lines += piece[..read].iter().filter(|byte| **byte == b'\n').count();
        if bytes / 1_000_000 > looks {
            looks = bytes / 1_000_000;
            most_mb = most_mb.max(service.resident_mb());
        }
    }
    Download {
        millis: started.elapsed().as_secs_f64() * 1e3,
        bytes,
        lines,
        most_mb: most_mb.max(service.resident_mb()),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
