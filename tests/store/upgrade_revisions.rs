//! What the upgrade to complete revisions does with a history that is there, forth and back.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool},
};
use onterms::{
    payment_rules::{complete_history, store as rules},
    store::{Migrator, Store, StoreError},
};

use crate::{
    helpers::{execute, open},
    support::{Database, on_both_databases},
};

const REVISIONS: &str = "2026-11-27-000016_keep_full_revisions_and_rule_tests";

#[derive(QueryableByName, Debug, PartialEq)]
struct Kept {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Bool)]
    complete: bool,
    #[diesel(sql_type = BigInt)]
    methods: i64,
    #[diesel(sql_type = BigInt)]
    settings: i64,
}

async fn kept(store: &Store) -> Vec<(i64, bool, i64, i64)> {
    let query = "SELECT number, complete, \
                 (SELECT count(*) FROM integration_versions WHERE revision = number) AS methods, \
                 (SELECT count(*) FROM settings_versions WHERE revision = number) AS settings \
                 FROM revisions ORDER BY number";
    let read = store.read(move |conn| {
        let rows: Vec<Kept> = diesel::sql_query(query).load(conn)?;
        Ok::<_, StoreError>(rows)
    });
    let rows = read.await.expect("the revisions").into_iter();
    rows.map(|it| (it.number, it.complete, it.methods, it.settings))
        .collect()
}

const RULE_NAMES: &str = "2026-11-27-000018_index_rule_names";

on_both_databases! {
    async fn rules_keep_their_names_when_these_are_indexed_and_when_that_is_undone(database: Database) {
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        let store = open(&database);
        while migrator.revert_last().expect("it undoes itself").expect("a migration") != RULE_NAMES {}
        execute(&store, "INSERT INTO payment_rules (id, name, enabled, sort_order, currency, stop_processing, destinations, websites, version, created_at, updated_at) VALUES \
            ('rule_01h455vb4pex5vsknk084sn01q', 'Net 30', true, 1, 'USD', false, '[]', '[]', 1, '2026-03-01 12:00:00', '2026-03-01 12:00:00'), \
            ('rule_01h455vb4pex5vsknk084sn02q', 'Net 30', true, 1, 'USD', false, '[]', '[]', 1, '2026-03-01 12:00:00', '2026-03-01 12:00:00'), \
            ('rule_01h455vb4pex5vsknk084sn03q', 'Ü', true, 1, 'USD', false, '[]', '[]', 1, '2026-03-01 12:00:00', '2026-03-01 12:00:00')"
        ).await.expect("rules of the release before");
        for _ in 0..2 {
            assert_eq!(migrator.run().expect("the upgrade")[0], RULE_NAMES);
            let found = store.read(|conn| rules::ids_named(conn, &["Net 30", "Net 60"])).await.expect("the rules");
            let mut found: Vec<String> = found.iter().map(ToString::to_string).collect();
            found.sort();
            assert_eq!(found, ["rule_01h455vb4pex5vsknk084sn01q", "rule_01h455vb4pex5vsknk084sn02q"]);
            while migrator.revert_last().expect("it undoes itself").expect("a migration") != RULE_NAMES {}
        }
        migrator.run().expect("the upgrade");
    }

    async fn a_history_of_rules_alone_is_carried_over_and_recorded_in_full_once(database: Database) {
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        let store = open(&database);
        while migrator.revert_last().expect("it undoes itself").expect("a migration") != REVISIONS {}
        for statement in [
            "INSERT INTO integrations (id, type, name, enabled, label, short_label, settings, version, created_at, updated_at) \
             VALUES ('integration_01h455vb4pex5vsknk084sn02q', 'payment_term', 'Terms', true, '{\"default\":\"T\"}', '{\"default\":\"T\"}', \
             '{\"instructions\":\"Net 30\"}', 3, '2026-03-01 12:00:00', '2026-03-01 12:00:00')",
            "INSERT INTO settings (key, value) VALUES ('merchantCountry', 'US')",
            "UPDATE revision_counter SET number = 2",
            "INSERT INTO revisions (number, changed_at, actor, subject, action, summary) VALUES \
             (1, '2026-03-01 12:00:00', 'alice', 'integrations', 'create', 'x'), (2, '2026-03-01 12:00:00', 'alice', 'rules', 'create', 'y')",
            "INSERT INTO payment_rule_versions (rule_id, version, revision, deleted, body) VALUES ('rule_01h455vb4pex5vsknk084sn02q', 1, 2, false, '{}')",
        ] {
            execute(&store, statement).await.expect("a row of the release before");
        }
        let now = chrono::DateTime::UNIX_EPOCH;
        for _ in 0..2 {
            assert_eq!(migrator.run().expect("the upgrade")[0], REVISIONS);
            assert_eq!(kept(&store).await, [(1, false, 0, 0), (2, false, 0, 0)]);
            for _ in 0..2 {
                complete_history(&store, now).await.expect("it records everything");
                assert_eq!(kept(&store).await, [(1, false, 0, 0), (2, false, 0, 0), (3, true, 1, 1)]);
            }
            while migrator.revert_last().expect("it undoes itself").expect("a migration") != REVISIONS {}
            let left = execute(&store, "DELETE FROM revisions WHERE number = 3 AND action = 'record'").await;
            assert_eq!(left.expect("a row"), 1, "the numbers stay");
            execute(&store, "UPDATE revision_counter SET number = 2").await.expect("the counter");
        }
        migrator.run().expect("the upgrade");
    }
}
