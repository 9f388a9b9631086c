//! Events get their places in the order in which they are committed, and survive upgrades.

use std::{
    cell::Cell,
    sync::{Arc, Barrier, mpsc},
};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};
use onterms::{
    events::{
        self, EventDraft, RulesEventData,
        store::{FeedQuery, FeedRead, number, read_page},
    },
    store::{Loss, Migrator, Store, StoreError, Undone},
};

use crate::{
    helpers::{execute, insert, open},
    support::{Database, on_both_databases},
};

const CREATE_EVENTS: &str = "2026-11-27-000011_create_events";
const LEASE: i32 = 60;

/// An event that the clock of its replica dates so many seconds after the start.
fn draft(version: i64, seconds: i64) -> EventDraft {
    let at: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::seconds(1_800_000_000 + seconds);
    let data = RulesEventData {
        version,
        action: "update".to_owned(),
        changed_at: at,
    };
    EventDraft::of_rules(at, &data)
}

async fn append(store: &Store, drafts: Vec<EventDraft>) {
    let write = store.write(move |tx| events::append(tx, &drafts));
    write.await.expect("events");
}

/// How many got their places; `None` where another replica gives them.
async fn numbered(store: &Store, me: &'static str) -> Option<usize> {
    let write = store.write(move |tx| number(tx, me, LEASE));
    write.await.expect("a turn").map(|turn| turn.numbered)
}

/// The versions in the feed behind a cursor, and the next cursor.
async fn read(store: &Store, after: Option<i64>) -> (Vec<i64>, i64) {
    let query = FeedQuery {
        after,
        types: None,
        subject: None,
        website: None,
        websites: onterms::auth::Websites::All,
        limit: 100,
    };
    let read = store.snapshot(move |conn| read_page(conn, &query));
    let FeedRead::Page(page) = read.await.expect("a page") else {
        panic!("the cursor is expired");
    };
    let version = |payload: &str| {
        let data: serde_json::Value = serde_json::from_str(payload).expect("JSON");
        data["version"].as_i64().expect("a version")
    };
    let versions = page.rows.iter().map(|(row, _)| version(&row.payload));
    (versions.collect(), page.next)
}

/// An event that is appended in a transaction which stays open until it is let go.
async fn hold_open(store: &Store, version: i64) -> (mpsc::Sender<()>, impl Future<Output = ()>) {
    let (appended, is_appended) = tokio::sync::oneshot::channel();
    let (release, released) = mpsc::channel();
    let store = store.clone();
    let task = actix_web::rt::spawn(async move {
        let work = move |tx: &mut onterms::store::Tx<'_>| {
            events::append(tx, &[draft(version, 0)])?;
            let _ = appended.send(());
            let _ = released.recv();
            Ok::<_, StoreError>(())
        };
        store.write(work).await
    });
    is_appended.await.expect("it is appended");
    let end = async { task.await.expect("no panic").expect("a commit") };
    (release, end)
}

async fn what_commits_later_comes_later(database: Database) {
    let store = open(&database);
    let (release, end) = hold_open(&store, 1).await;
    append(&store, vec![draft(2, 0)]).await;
    assert_eq!(numbered(&store, "a").await, Some(1));
    let (versions, cursor) = read(&store, None).await;
    assert_eq!(versions, [2]);
    release.send(()).expect("it waits");
    end.await;
    assert_eq!(
        read(&store, Some(cursor)).await.0,
        Vec::<i64>::new(),
        "it has no place yet"
    );
    assert_eq!(numbered(&store, "a").await, Some(1));
    assert_eq!(
        read(&store, Some(cursor)).await.0,
        [1],
        "it comes behind the cursor that was handed out"
    );
    assert_eq!(read(&store, None).await.0, [2, 1]);
}

async fn one_replica_at_a_time(database: Database) {
    let store = open(&database);
    append(&store, vec![draft(1, 0)]).await;
    assert_eq!(numbered(&store, "a").await, Some(1));
    // Written one after the other, by replicas whose clocks differ.
    append(&store, vec![draft(2, 0)]).await;
    append(&store, vec![draft(3, -500)]).await;
    append(&store, vec![draft(4, 500), draft(5, -900)]).await;
    assert_eq!(numbered(&store, "b").await, None, "`a` holds the lease");
    assert_eq!(read(&store, None).await.0, [1]);
    let expired =
        "UPDATE event_sequence SET leased_until = now() AT TIME ZONE 'utc' - interval '1 second'";
    execute(&store, expired).await.expect("the lease runs out");
    let turn = store
        .write(|tx| number(tx, "b", LEASE))
        .await
        .expect("a turn");
    let turn = turn.expect("the lease");
    assert!(turn.took_over && turn.numbered == 4, "{turn:?}");
    assert_eq!(numbered(&store, "a").await, None, "`a` has lost it");
    assert_eq!(read(&store, None).await.0, [1, 2, 3, 4, 5]);
}

#[test]
fn an_event_that_is_committed_later_comes_later() {
    if let Some(database) = Database::postgresql("an_event_that_is_committed_later") {
        actix_web::rt::System::new().block_on(what_commits_later_comes_later(database));
    }
}

#[test]
fn one_replica_gives_places_until_its_lease_runs_out() {
    if let Some(database) = Database::postgresql("one_replica_gives_places") {
        actix_web::rt::System::new().block_on(one_replica_at_a_time(database));
    }
}

#[derive(QueryableByName, Debug, PartialEq)]
struct Kept {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    version: i64,
}

thread_local! {
    /// The statements that this thread of the database has run.
    static STATEMENTS: Cell<usize> = const { Cell::new(0) };
}

fn count_statement(_: &str) {
    STATEMENTS.set(STATEMENTS.get() + 1);
}

/// A write that notes an event and touches two rows, the second only when the other writer has touched its first.
async fn cross(
    store: &Store,
    version: i64,
    rows: [&'static str; 2],
    met: Option<Arc<Barrier>>,
) -> Result<(), StoreError> {
    let write = store.write(move |tx| {
        events::append(tx, &[draft(version, 0)])?;
        for (place, row) in rows.into_iter().enumerate() {
            if let Some(met) = met.as_ref().filter(|_| place == 1) {
                met.wait();
            }
            let touch = format!("UPDATE settings SET value = value WHERE key = '{row}'");
            diesel::sql_query(touch).execute(tx.conn())?;
        }
        Ok(())
    });
    write.await
}

/// Two writers who lock each other out; one is rolled back, and does it again.
async fn deadlocked(database: Database) {
    let options = database.options();
    let stores =
        [Store::open(&options), Store::open(&options)].map(|it| it.expect("the database opens"));
    for row in ["a", "b"] {
        let done = stores[0].write(move |tx| insert(tx, row, "x"));
        done.await.expect("a row");
    }
    let met = Arc::new(Barrier::new(2));
    let (one, other) = futures_util::future::join(
        cross(&stores[0], 1, ["a", "b"], Some(Arc::clone(&met))),
        cross(&stores[1], 2, ["b", "a"], Some(met)),
    )
    .await;
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let lost = if one.is_ok() { 2 } else { 1 };
    let failure = one.err().or(other.err());
    assert!(matches!(failure, Some(StoreError::Busy)), "{failure:?}");
    assert_eq!(
        numbered(&stores[0], "a").await,
        Some(1),
        "what was rolled back left no event"
    );
    cross(&stores[0], lost, ["a", "b"], None)
        .await
        .expect("nobody is in its way now");
    assert_eq!(numbered(&stores[0], "a").await, Some(1));
    let (mut versions, next) = read(&stores[0], None).await;
    versions.sort_unstable();
    assert_eq!((versions, next), (vec![1, 2], 2));
}

#[test]
fn a_write_that_is_rolled_back_by_a_deadlock_and_done_again_writes_its_event_once() {
    if let Some(database) = Database::postgresql("a_write_that_is_rolled_back_by_a_deadlock") {
        actix_web::rt::System::new().block_on(deadlocked(database));
    }
}

#[derive(QueryableByName, Debug)]
struct Placed {
    #[diesel(sql_type = Nullable<BigInt>)]
    sequence: Option<i64>,
}

async fn kept(store: &Store) -> Vec<Kept> {
    let query = "SELECT id, version FROM payments ORDER BY id";
    let read = store.read(move |conn| Ok::<_, StoreError>(diesel::sql_query(query).load(conn)?));
    read.await.expect("the payments")
}

on_both_databases! {
    async fn sqlite_gives_places_at_once_and_postgresql_after_the_commit(database: Database) {
        let store = open(&database);
        append(&store, vec![draft(1, 0), draft(2, -5)]).await;
        append(&store, Vec::new()).await;
        append(&store, vec![draft(3, 0)]).await;
        let query = "SELECT sequence FROM events ORDER BY ordinal";
        let read_places = store.read(move |conn| Ok::<_, StoreError>(diesel::sql_query(query).load::<Placed>(conn)?));
        let places = read_places.await.expect("rows").into_iter().map(|it| it.sequence);
        match store.backend() {
            onterms::store::Backend::Sqlite => assert!(places.eq([Some(1), Some(2), Some(3)])),
            onterms::store::Backend::PostgreSql => {
                assert!(places.eq([None, None, None]));
                assert_eq!(numbered(&store, "a").await, Some(3));
            }
        }
        assert_eq!(read(&store, None).await, (vec![1, 2, 3], 3));
        // What is rolled back takes no place.
        let failed = store.write(|tx| {
            events::append(tx, &[draft(4, 0)])?;
            Err::<(), _>(StoreError::NotFound)
        });
        assert!(failed.await.is_err());
        append(&store, vec![draft(5, 0)]).await;
        if store.backend() == onterms::store::Backend::PostgreSql {
            assert_eq!(numbered(&store, "a").await, Some(1));
        }
        assert_eq!(read(&store, Some(3)).await, (vec![5], 4));
    }

    async fn however_many_events_a_write_has_they_cost_it_one_statement(database: Database) {
        let store = open(&database);
        assert!(store.observe_statements(count_statement), "nobody else counts");
        for count in [1, 2, 30] {
            let drafts: Vec<EventDraft> = (0..count).map(|version| draft(version, 0)).collect();
            let write = store.write(move |tx| {
                let before = STATEMENTS.get();
                events::append(tx, &drafts)?;
                Ok::<_, StoreError>(STATEMENTS.get() - before)
            });
            assert_eq!(write.await.expect("events"), 1, "{count} events");
        }
        if store.backend() == onterms::store::Backend::PostgreSql {
            assert_eq!(numbered(&store, "a").await, Some(33));
        }
        let all: Vec<i64> = [1, 2, 30].into_iter().flat_map(|count| 0..count).collect();
        assert_eq!(read(&store, None).await, (all, 33), "in the order in which they were given");
    }

    async fn payments_of_the_release_before_get_a_feed_that_begins_with_what_happens_next(database: Database) {
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        while migrator.revert_last().expect("it undoes itself").expect("a migration") != CREATE_EVENTS {}
        let store = open(&database);
        for statement in [
            "INSERT INTO integrations (id, type, name, enabled, label, short_label, settings, version, created_at, updated_at) \
             VALUES ('i', 'apruve', 'A', true, '{}', '{}', '{}', 1, '2026-03-01 12:00:00', '2026-03-01 12:00:00')",
            "INSERT INTO payments (id, integration_id, method_type, method_label, order_id, currency, amount, version, created_at, \
             updated_at, status, live, active, unsettled, authorized, invoiced, captured, returned, refunded, canceled) \
             VALUES ('p', 'i', 'apruve', 'A', 'SO-1', 'USD', 100, 7, '2026-03-01 12:00:00', '2026-03-01 12:00:00', 'pending', true, \
             true, false, 0, 0, 0, 0, 0, 0)",
        ] {
            execute(&store, statement).await.expect("a row");
        }
        let payment = Kept { id: "p".to_owned(), version: 7 };
        for _ in 0..2 {
            assert_eq!(migrator.run().expect("the upgrade")[0], CREATE_EVENTS);
            assert_eq!(kept(&store).await, std::slice::from_ref(&payment));
            assert_eq!(read(&store, None).await, (vec![], 0));
            append(&store, vec![draft(1, 0), draft(2, 0)]).await;
            let loss = Loss { table: "events".to_owned(), column: None, count: 2 };
            let undone = loop {
                match migrator.undo_last(false).expect("an answer") {
                    // Later migrations keep more of the payment.
                    Undone::WouldLose(losses) if losses.iter().all(|it| it.table != "events") => {
                        migrator.undo_last(true).expect("an answer");
                    }
                    Undone::Migration(_) => {}
                    undone => break undone,
                }
            };
            assert_eq!(undone, Undone::WouldLose(vec![loss]));
            while migrator.revert_last().expect("it undoes itself").expect("a migration") != CREATE_EVENTS {}
            assert_eq!(kept(&store).await, std::slice::from_ref(&payment));
        }
    }
}
