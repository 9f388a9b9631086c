//! Rows of many callers that one statement writes.

use diesel::prelude::*;
use futures_util::{FutureExt, future::join_all};
use onterms::store::schema::settings;
use onterms::store::{Grouped, Store, StoreError, Tx, on_each};

use crate::helpers::{execute, keys, open};
use crate::support::{Database, on_both_databases};

/// Adds keys, and returns each one's length. A key of the text `panic` panics.
fn add(tx: &mut Tx<'_>, rows: &[String]) -> Result<Vec<usize>, StoreError> {
    assert!(!rows.iter().any(|key| key == "panic"), "asked to panic");
    let values: Vec<_> = rows
        .iter()
        .map(|key| (settings::key.eq(key), settings::value.eq("1")))
        .collect();
    on_each!(tx, conn => diesel::insert_into(settings::table).values(values).execute(conn))?;
    Ok(rows.iter().map(String::len).collect())
}

async fn write_all(
    store: &Store,
    keys: impl Iterator<Item = String>,
) -> Vec<Result<usize, StoreError>> {
    let grouped = Grouped::new(store.clone(), add);
    join_all(keys.map(|key| grouped.write(key))).await
}

on_both_databases! {
    async fn each_of_many_rows_gets_its_own_result_once_it_is_kept(database: Database) {
        let store = open(&database);
        let wanted: Vec<String> = (0..300).map(|number| format!("{:0>1$}", number, 3 + number % 5)).collect();
        let results = write_all(&store, wanted.iter().cloned()).await;

        for (key, result) in wanted.iter().zip(results) {
            assert_eq!(result.expect("kept"), key.len(), "{key}");
        }
        let mut wanted = wanted;
        wanted.sort();
        assert_eq!(store.read(keys).await.expect("the keys read"), wanted);
    }

    async fn a_row_that_cannot_be_kept_harms_no_other(database: Database) {
        let store = open(&database);
        execute(&store, "INSERT INTO settings VALUES ('key-13', '0')").await.expect("a new key");
        let results = write_all(&store, (0..64).map(|number| format!("key-{number}"))).await;

        for (number, result) in results.into_iter().enumerate() {
            match number {
                13 => assert!(matches!(result, Err(StoreError::Conflict { .. })), "{result:?}"),
                _ => assert!(result.is_ok(), "{number}: {result:?}"),
            }
        }
        assert_eq!(store.read(keys).await.expect("the keys read").len(), 64);
    }

    async fn rows_are_written_after_a_panic_and_after_callers_left(database: Database) {
        let store = open(&database);
        let grouped = Grouped::new(store.clone(), add);
        for _ in 0..5 {
            let panicked = grouped.write("panic".to_owned()).await;
            assert!(matches!(panicked, Err(StoreError::Broken(_))), "{panicked:?}");
        }
        for number in 0..100 {
            // Polled once, and dropped. A quick writer may have kept the row by then.
            let left = grouped.write(format!("left-{number}")).now_or_never();
            assert!(matches!(left, None | Some(Ok(_))), "{left:?}");
        }
        assert_eq!(grouped.write("stays".to_owned()).await.expect("kept"), 5);
        assert!(store.read(keys).await.expect("the keys read").contains(&"stays".to_owned()));
    }

    async fn nothing_is_written_once_the_store_is_closed(database: Database) {
        let store = open(&database);
        let grouped = Grouped::new(store.clone(), add);
        store.close().await;
        let refused = grouped.write("late".to_owned()).await;
        assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
    }
}
