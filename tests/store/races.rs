//! Many at once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use futures_util::future::join_all;
use onterms::store::revisions::{self, RevisionSubject};
use onterms::store::schema::{revisions as revision_rows, settings};
use onterms::store::{StoreError, first_locked, on_each, timestamp};

use crate::helpers::{execute, insert, keys, open, writes};
use crate::support::{Database, on_both_databases};

on_both_databases! {
    async fn sixty_four_concurrent_read_modify_writes_add_up(database: Database) {
        let store = open(&database);
        store.write(|tx| insert(tx, "counter", "0")).await.expect("the counter is new");

        let answers = writes(&store, 64, |_, tx| {
            let counter = settings::table.find("counter");
            let value: String = first_locked!(&mut *tx, counter.select(settings::value))?;
            let next = value.parse::<i32>().map_err(|error| StoreError::Broken(error.into()))? + 1;
            diesel::update(counter).set(settings::value.eq(next.to_string())).execute(tx.conn())?;
            Ok(())
        })
        .await;

        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let value: Result<String, StoreError> = store
            .read(|conn| Ok(settings::table.select(settings::value).first(conn)?))
            .await;
        assert_eq!(value.expect("the counter reads"), "64");
    }

    async fn of_sixty_four_concurrent_inserts_of_one_key_one_wins(database: Database) {
        let store = open(&database);
        let answers = join_all((0..64).map(|number| {
            store.write_one(move |tx| {
                let row = (settings::key.eq("once"), settings::value.eq(number.to_string()));
                Ok::<_, StoreError>(on_each!(tx, c => diesel::insert_into(settings::table)
                    .values(row)
                    .on_conflict_do_nothing()
                    .execute(c))?)
            })
        }))
        .await;

        let inserted: usize = answers.into_iter().map(|rows| rows.expect("none fails")).sum();
        assert_eq!(inserted, 1);
    }

    async fn concurrent_changes_number_their_revisions_without_gaps(database: Database) {
        let store = open(&database);
        assert_eq!(store.read(revisions::current).await.expect("a new counter"), 0);

        let answers = writes(&store, 32, |number, tx| {
            let at = DateTime::<Utc>::UNIX_EPOCH;
            revisions::next(tx, at, "admin", RevisionSubject::Rules, "create", "A rule")?;
            // Every fourth changes its mind, which must leave no gap.
            if number % 4 == 3 { Err(StoreError::Reference) } else { Ok(()) }
        })
        .await;

        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 24);
        let numbers: Result<Vec<i64>, StoreError> = store
            .read(|conn| {
                let rows = revision_rows::table.order(revision_rows::number);
                Ok(rows.select(revision_rows::number).load(conn)?)
            })
            .await;
        assert_eq!(numbers.expect("the revisions read"), (1..=24).collect::<Vec<_>>());
        assert_eq!(store.read(revisions::current).await.expect("the counter reads"), 24);
    }

    async fn a_snapshot_is_of_one_moment(database: Database) {
        let store = open(&database);
        execute(&store, "INSERT INTO settings VALUES ('a', '1')").await.expect("a new key");

        let writer = store.clone();
        let runtime = tokio::runtime::Handle::current();
        let (asked, asking) = std::sync::mpsc::channel();
        let (told, telling) = std::sync::mpsc::channel();
        let between = std::sync::Mutex::new((asked, telling));
        let reading = store.snapshot(move |conn| {
            let before = keys(conn)?;
            let between = between.lock().expect("no panic holds it");
            between.0.send(()).expect("the writer waits");
            between.1.recv().expect("the writer answers");
            Ok::<_, StoreError>((before, keys(conn)?))
        });
        let writing = tokio::task::spawn_blocking(move || {
            asking.recv().expect("the reader asks");
            let written = runtime.block_on(execute(&writer, "INSERT INTO settings VALUES ('b', '2')"));
            told.send(()).expect("the reader waits");
            written
        });

        let (read, written) = futures_util::future::join(reading, writing).await;
        let (before, after) = read.expect("the snapshot reads");
        assert_eq!(written.expect("the writer ends").expect("a new key"), 1);
        assert_eq!(before, after);
        assert_eq!(store.read(keys).await.expect("the keys read"), ["a", "b"]);
    }

    async fn a_moment_reads_back_as_it_was_written(database: Database) {
        let store = open(&database);
        let at: DateTime<Utc> = "2026-11-22T10:20:30.123456789Z".parse().expect("a moment");
        let written = store
            .write(move |tx| revisions::next(tx, at, "admin", RevisionSubject::Settings, "update", "…"))
            .await;
        assert_eq!(written.expect("a revision"), 1);

        let read: Result<_, StoreError> = store
            .read(|conn| {
                Ok(revision_rows::table.select(revision_rows::changed_at).first(conn)?)
            })
            .await;
        let read = timestamp::from_stored(read.expect("the revision reads"));
        assert_eq!(read.to_rfc3339(), "2026-11-22T10:20:30.123456+00:00");
    }
}
