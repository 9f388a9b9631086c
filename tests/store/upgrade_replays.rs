//! What the upgrade to replays in batches, and to indexes for what grows, does with the rows that are there.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Text},
};
use onterms::store::{Migrator, Store, StoreError};

use crate::{
    helpers::{execute, open},
    support::{Database, on_both_databases},
};

const BATCHES: &str = "2026-11-27-000002_replay_in_batches";
const INDEXES: &str = "2026-11-27-000001_index_what_grows";

#[derive(QueryableByName, Debug, PartialEq)]
struct Kept {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = BigInt)]
    taken_up: i64,
    #[diesel(sql_type = Bool)]
    finished: bool,
}

async fn kept(store: &Store) -> Vec<Kept> {
    let query = "SELECT id, total, taken_up, finished FROM webhook_replays ORDER BY id";
    let read = store.read(move |conn| Ok::<_, StoreError>(diesel::sql_query(query).load(conn)?));
    read.await.expect("the replays")
}

on_both_databases! {
    async fn a_replay_of_the_release_before_is_finished_and_survives_both_ways(database: Database) {
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        let store = open(&database);
        for statement in [
            "INSERT INTO integrations (id, type, name, enabled, label, short_label, settings, version, created_at, updated_at) \
             VALUES ('i', 'apruve', 'A', true, '{}', '{}', '{}', 1, '2026-03-01 12:00:00', '2026-03-01 12:00:00')",
            "INSERT INTO webhook_events (id, integration_id, dedup_key, verified, state, attempts, repeats, version, received_at, due_at, replay_id) \
             VALUES ('e', 'i', 'k', true, 'received', 0, 0, 1, '2026-03-01 12:00:00', '2026-03-01 12:00:00', 'r')",
        ] {
            execute(&store, statement).await.expect("a row");
        }
        for _ in 0..2 {
            while migrator.revert_last().expect("it undoes itself").expect("a migration") != INDEXES {}
            execute(&store, "DELETE FROM webhook_replays").await.expect("none is left");
            execute(
                &store,
                "INSERT INTO webhook_replays (id, since, total, requested_by, requested_at) \
                 VALUES ('r', '2026-03-01 12:00:00', 7, 'alice', '2026-03-01 12:00:00')",
            )
            .await
            .expect("a replay of the release before");
            let done = migrator.run().expect("the upgrade");
            assert_eq!(done[..2], [INDEXES, BATCHES]);
            let finished = Kept { id: "r".to_owned(), total: 7, taken_up: 7, finished: true };
            assert_eq!(kept(&store).await, [finished]);
        }
    }
}
