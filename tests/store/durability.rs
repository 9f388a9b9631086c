//! A process killed under load loses nothing that was acknowledged.
//!
//! The process is this test binary again, running the one ignored test below. It prints a line for each write that was
//! answered, and is killed in the middle of it.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use onterms::store::{DatabaseUrl, Store, StoreOptions};
use secrecy::ExposeSecret;

use crate::helpers::{insert, keys, open};
use crate::support::{Database, on_both_databases};

const URL: &str = "ONTERMS_TEST_WRITE_UNTIL_KILLED";
const ROUNDS: usize = 3;
const ACKNOWLEDGED_PER_ROUND: usize = 400;

on_both_databases! {
    async fn a_process_killed_under_load_loses_no_answered_write(database: Database) {
        let mut answered = Vec::new();
        for _ in 0..ROUNDS {
            answered.extend(write_until_killed(&address(&database)));
        }
        let kept = open(&database).read(keys).await.expect("the keys read");
        let kept: HashSet<String> = kept.into_iter().collect();
        let lost: Vec<_> = answered.iter().filter(|key| !kept.contains(*key)).collect();
        assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), answered.len());
    }
}

fn address(database: &Database) -> String {
    match database.options().url {
        DatabaseUrl::Sqlite(path) => path.display().to_string(),
        DatabaseUrl::PostgreSql(address) => address.expose_secret().to_owned(),
    }
}

/// Starts the child, kills it once enough writes were answered, and gives the keys of all that were.
fn write_until_killed(address: &str) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().expect("this test binary"))
        .args([
            "--exact",
            "durability::writes_until_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(URL, address)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test binary starts again");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut answered = Vec::new();
    let mut take = |count: usize| {
        let keys = lines.by_ref().map_while(Result::ok);
        answered.extend(
            keys.filter_map(|line| Some(line.strip_prefix("kept ")?.to_owned()))
                .take(count),
        );
    };
    take(ACKNOWLEDGED_PER_ROUND);
    child.kill().expect("the child is killed");
    // What it said before it died counts too.
    take(usize::MAX);
    let status = child.wait().expect("the child is gone");
    assert!(!status.success(), "the child ended before it was killed");
    assert!(answered.len() >= ACKNOWLEDGED_PER_ROUND);
    answered
}

#[test]
#[ignore = "the child of a_process_killed_under_load_loses_no_answered_write"]
fn writes_until_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    let options = StoreOptions::new(url.parse().expect("the parent's address"));
    let store = Store::open(&options).expect("the parent's database opens");
    let pid = std::process::id();
    actix_web::rt::System::new().block_on(async {
        let write = |number: u64| {
            let key = format!("{pid}-{number}");
            let row = key.clone();
            let written = store.write(move |tx| insert(tx, &row, ""));
            async move { written.await.map(|()| key) }
        };
        let mut running: FuturesUnordered<_> = (0..64).map(write).collect();
        for number in 64.. {
            let Some(Ok(key)) = running.next().await else {
                panic!("a write failed")
            };
            println!("kept {key}");
            running.push(write(number));
        }
    });
}
