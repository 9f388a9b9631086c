//! What waits: batches, bounds, and going down.

use std::sync::mpsc;

use diesel::prelude::*;
use futures_util::future::join_all;
use onterms::store::{Store, StoreError};

use crate::failures::checked_at_commit;
use crate::helpers::{insert, keys, open};
use crate::support::{Database, on_both_databases};

/// Occupies the writer until the answer is sent or dropped. Comes back once it is occupied.
async fn occupy(store: &Store) -> mpsc::Sender<()> {
    let (occupying, occupied) = tokio::sync::oneshot::channel();
    let (release, released) = mpsc::channel();
    let store = store.clone();
    actix_web::rt::spawn(async move {
        let work = move |_: &mut onterms::store::Tx<'_>| {
            let _ = occupying.send(());
            let _ = released.recv();
            Ok::<_, StoreError>(())
        };
        store.write(work).await
    });
    occupied.await.expect("the writer takes it up");
    release
}

/// Queues writes behind whatever occupies the writer; all of them are waiting when this comes back.
async fn queue(
    store: &Store,
    count: usize,
    work: fn(usize, &mut onterms::store::Tx<'_>) -> Result<(), StoreError>,
) -> Vec<actix_web::rt::task::JoinHandle<Result<(), StoreError>>> {
    let tasks = (0..count)
        .map(|number| {
            let store = store.clone();
            actix_web::rt::spawn(async move { store.write(move |tx| work(number, tx)).await })
        })
        .collect();
    while store.load().writes_waiting < count {
        tokio::task::yield_now().await;
    }
    tasks
}

#[actix_web::test]
async fn a_commit_that_fails_fails_its_whole_batch() {
    let database = Database::sqlite();
    let store = open(&database);
    checked_at_commit(&store).await;
    let release = occupy(&store).await;
    let tasks = queue(&store, 8, |number, tx| {
        insert(tx, &number.to_string(), "")?;
        if number == 5 {
            diesel::sql_query("INSERT INTO child VALUES (1, 404)").execute(tx.conn())?;
        }
        Ok(())
    })
    .await;
    drop(release);

    for answer in join_all(tasks).await {
        let answer = answer.expect("the caller lives");
        assert!(matches!(answer, Err(StoreError::Unavailable)), "{answer:?}");
    }
    assert_eq!(
        store.read(keys).await.expect("the keys read"),
        Vec::<String>::new()
    );
    store
        .write(|tx| insert(tx, "next", ""))
        .await
        .expect("the next batch commits");
}

#[actix_web::test]
async fn a_unit_that_ends_the_transaction_itself_lets_nothing_slip_out_of_the_batch() {
    let database = Database::sqlite();
    let store = open(&database);
    let release = occupy(&store).await;
    let tasks = queue(&store, 4, |number, tx| {
        insert(tx, &number.to_string(), "")?;
        if number == 1 {
            // What SQLite does of its own accord when the disk is full.
            diesel::sql_query("ROLLBACK").execute(tx.conn())?;
        }
        Ok(())
    })
    .await;
    drop(release);

    for answer in join_all(tasks).await {
        assert!(answer.expect("the caller lives").is_err());
    }
    assert_eq!(
        store.read(keys).await.expect("the keys read"),
        Vec::<String>::new()
    );
    store
        .write(|tx| insert(tx, "next", ""))
        .await
        .expect("the next batch commits");
}

#[actix_web::test]
async fn a_full_queue_refuses_as_busy() {
    let database = Database::sqlite();
    let mut options = database.options();
    options.write_queue = 2;
    let store = Store::open(&options).expect("the database opens");
    let release = occupy(&store).await;
    let tasks = queue(&store, 2, |number, tx| insert(tx, &number.to_string(), "")).await;

    let refused = store.write(|tx| insert(tx, "too much", "")).await;
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");

    drop(release);
    for answer in join_all(tasks).await {
        answer
            .expect("the caller lives")
            .expect("what was queued is written");
    }
    assert_eq!(store.read(keys).await.expect("the keys read"), ["0", "1"]);
}

#[actix_web::test]
async fn a_reading_connection_does_not_write() {
    let database = Database::sqlite();
    let store = open(&database);
    let refused: Result<usize, StoreError> = store
        .read(|conn| Ok(diesel::sql_query("INSERT INTO settings VALUES ('a', 'b')").execute(conn)?))
        .await;
    assert!(matches!(refused, Err(StoreError::Broken(_))), "{refused:?}");
}

on_both_databases! {
    async fn closing_finishes_what_is_queued_and_refuses_the_rest(database: Database) {
        let store = open(&database);
        let tasks: Vec<_> = (0..32)
            .map(|number: u32| {
                let store = store.clone();
                actix_web::rt::spawn(async move {
                    store.write(move |tx| insert(tx, &format!("{number:02}"), "")).await
                })
            })
            .collect();
        // The tasks queue their writes when they are first polled, before this one goes on.
        tokio::task::yield_now().await;
        store.close().await;

        for answer in join_all(tasks).await {
            answer.expect("the caller lives").expect("what was queued is written");
        }
        let refused = store.write(|tx| insert(tx, "late", "")).await;
        assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
        assert_eq!(open(&database).read(keys).await.expect("the keys read").len(), 32);
    }
}
