//! What placing events in the statement that writes them does with the events that are there.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};
use onterms::store::{Migrator, Store};

use crate::{
    helpers::{execute, open},
    support::{Database, on_both_databases},
    upgrade::{load, revert_through},
};

const PLACING: &str = "2026-11-27-000019_index_funding_and_place_events";

#[derive(Debug, PartialEq, QueryableByName)]
struct Placed {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    sequence: Option<i64>,
}

async fn placed(store: &Store) -> Vec<(String, Option<i64>)> {
    let rows = load::<Placed>(store, "SELECT id, sequence FROM events ORDER BY id").await;
    rows.into_iter().map(|row| (row.id, row.sequence)).collect()
}

/// Writes an event as the release before does: on SQLite with its place, on PostgreSQL without.
async fn write_as_before(store: &Store, id: &str, place: i64, is_sqlite: bool) {
    let sequence = if is_sqlite {
        place.to_string()
    } else {
        "NULL".to_owned()
    };
    if is_sqlite {
        let next = "UPDATE event_sequence SET last = last + 1";
        execute(store, next).await.expect("a place");
    }
    insert(store, id, place, &sequence).await;
}

async fn insert(store: &Store, id: &str, ordinal: i64, sequence: &str) {
    let statement = format!(
        "INSERT INTO events (id, type, subject, occurred_at, payload, ordinal, sequence) VALUES \
         ('{id}', 'payment.created', 'payment_01h455vb4pex5vsknk084sn02q', '2026-03-01 12:00:00', '{{}}', {ordinal}, {sequence})"
    );
    execute(store, &statement).await.expect("an event");
}

on_both_databases! {
    async fn events_keep_their_places_up_and_down(database: Database) {
        let is_sqlite = database.url().starts_with("sqlite");
        let place = |place: i64| is_sqlite.then_some(place);
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        let store = open(&database);
        revert_through(&mut migrator, PLACING);
        write_as_before(&store, "a", 1, is_sqlite).await;
        write_as_before(&store, "b", 2, is_sqlite).await;

        migrator.run().expect("the upgrade");
        insert(&store, "c", 0, "NULL").await;
        // A replica of the release before goes on for a while.
        write_as_before(&store, "d", 4, is_sqlite).await;
        let all = |last: Option<i64>| {
            let known = ["a", "b", "c", "d"].into_iter().zip(1..).map(|(id, at)| (id.to_owned(), place(at)));
            known.chain(last.map(|at| ("e".to_owned(), Some(at)))).collect::<Vec<_>>()
        };
        assert_eq!(placed(&store).await, all(None));

        revert_through(&mut migrator, PLACING);
        assert_eq!(placed(&store).await, all(None));
        if is_sqlite {
            write_as_before(&store, "e", 5, is_sqlite).await;
            assert_eq!(placed(&store).await, all(Some(5)));
        }
        migrator.run().expect("the upgrade again");
    }
}
