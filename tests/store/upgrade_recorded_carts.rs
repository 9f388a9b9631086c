//! What undoing recorded carts, and making them anew, does with the rows that are there.

use diesel::{prelude::*, sql_types::BigInt};
use onterms::store::{Migrator, Store, StoreError};

use crate::{
    helpers::{execute, open},
    support::{Database, on_both_databases},
};

const RECORDING: &str = "2026-11-27-000017_record_carts";

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    carts: i64,
    #[diesel(sql_type = BigInt)]
    trials: i64,
}

async fn counted(store: &Store) -> (i64, i64) {
    let query = "SELECT (SELECT count(*) FROM recorded_carts) AS carts, (SELECT count(*) FROM what_ifs) AS trials";
    let read = store.read(move |conn| {
        Ok::<_, StoreError>(diesel::sql_query(query).get_result::<Counted>(conn)?)
    });
    let counted = read.await.expect("both tables");
    (counted.carts, counted.trials)
}

async fn fill(store: &Store) {
    for statement in [
        "INSERT INTO recorded_carts (id, recorded_at, email_hash, sealed) VALUES \
         ('cart_01h455vb4pex5vsknk084sn02q', '2026-03-01 12:00:00', NULL, 'x'), \
         ('cart_01h455vb4pex5vsknk084sn02r', '2026-03-01 12:00:01', 'hash', 'y')",
        "INSERT INTO what_ifs (id, status, requested_by, created_at, read_until, live_revision, total, evaluated, tally, position, attempts) \
         VALUES ('whatif_01h455vb4pex5vsknk084sn02q', 'running', 'alice', '2026-03-01 12:00:00', '2026-03-01 12:00:00', 1, 2, 0, '{}', '', 0)",
    ] {
        execute(store, statement).await.expect("a row");
    }
}

on_both_databases! {
    async fn recorded_carts_and_trials_go_with_their_tables_and_can_be_made_again(database: Database) {
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        let store = open(&database);
        for _ in 0..2 {
            fill(&store).await;
            assert_eq!(counted(&store).await, (2, 1));
            let unknown = "INSERT INTO what_ifs (id, status, requested_by, created_at, read_until, live_revision, total, evaluated, tally, position, attempts) \
                VALUES ('w', 'begun', 'alice', '2026-03-01 12:00:00', '2026-03-01 12:00:00', 1, 0, 0, '{}', '', 0)";
            assert!(execute(&store, unknown).await.is_err(), "a status that there is not");
            while migrator.revert_last().expect("it undoes itself").expect("a migration") != RECORDING {}
            let done = migrator.run().expect("the upgrade");
            assert_eq!(done[0], RECORDING);
            assert_eq!(counted(&store).await, (0, 0));
        }
    }
}
