//! Replicas that start together migrate together.

use diesel::{RunQueryDsl, sql_types};
use onterms::store::{Migrator, Store, StoreError};

use crate::helpers::{keys, open};
use crate::support::{Database, on_both_databases};

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    name_folded: Option<String>,
}

async fn folded(store: &Store, table: &'static str) -> Vec<Name> {
    let read = store.read(move |conn| {
        let query = diesel::sql_query(format!("SELECT name, name_folded FROM {table}"));
        Ok::<_, StoreError>(query.load(conn)?)
    });
    read.await.expect("the names")
}

async fn execute(store: &Store, statements: [String; 2]) {
    let done = store.write(move |tx| {
        for statement in statements {
            diesel::sql_query(statement).execute(tx.conn())?;
        }
        Ok::<_, StoreError>(())
    });
    done.await.expect("two statements");
}

on_both_databases! {
    async fn names_are_folded_for_rows_that_were_there_before(database: Database) {
        let options = database.options();
        let mut migrator = Migrator::open(&options).expect("the database opens");
        let undo = |migrator: &mut Migrator| loop {
            let undone = migrator.revert_last().expect("a migration undoes itself").expect("a migration");
            if undone.ends_with("fold_names") {
                return;
            }
        };
        undo(&mut migrator);
        let names = ["ÖSTERREICH", "o\u{308}sterreich", "", " ", "100 %_\\", "İ", "a'b"];
        let store = open(&database);
        for (place, name) in names.iter().enumerate() {
            let name = name.replace('\'', "''");
            let statements = [
                format!("INSERT INTO integrations (id, type, name, enabled, label, short_label, settings, version, created_at, updated_at)
                    VALUES ('i{place}', 'payment_term', '{name}', TRUE, 'no JSON', '', '{{', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')"),
                format!("INSERT INTO payment_rules (id, name, enabled, sort_order, currency, stop_processing, destinations, websites, version, created_at, updated_at)
                    VALUES ('r{place}', '{name}', TRUE, 1, 'XXX', FALSE, 'no JSON', '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')"),
            ];
            execute(&store, statements).await;
        }
        for _ in 0..2 {
            migrator.run().expect("the upgrade never fails on rows");
            for table in ["integrations", "payment_rules"] {
                let rows = folded(&store, table).await;
                assert_eq!(rows.len(), names.len());
                for row in rows {
                    assert_eq!(row.name_folded, Some(onterms::caseless::fold(&row.name)), "{table}");
                }
            }
            undo(&mut migrator);
        }
        migrator.run().expect("the upgrade");
    }

    async fn steps_under_one_lock_are_kept_together_or_not_at_all(database: Database) {
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        let undone = migrator.revert_last().expect("a migration undoes itself");
        let undone = vec![undone.expect("a migration")];
        for fails in [true, false] {
            let done = migrator.exclusively(|migrator| {
                assert_eq!(migrator.pending()?, undone);
                assert_eq!(migrator.run()?, undone);
                assert!(migrator.pending()?.is_empty() && migrator.unknown()?.is_empty());
                if fails { Err(StoreError::NotFound) } else { Ok(()) }
            });
            assert_eq!(done.is_err(), fails, "{done:?}");
            let left = migrator.pending().expect("what is pending");
            assert_eq!(left.is_empty(), !fails, "{left:?}");
        }
    }

    async fn of_six_replicas_that_start_together_one_migrates(database: Database) {
        let options = database.options();
        let mut migrator = Migrator::open(&options).expect("the database opens");
        while migrator.revert_last().expect("each migration undoes itself").is_some() {}
        let pending = migrator.pending().expect("what is pending");
        assert!(!pending.is_empty());

        let start = std::sync::Barrier::new(6);
        let ran: Vec<Vec<String>> = std::thread::scope(|scope| {
            let replicas: Vec<_> = (0..6)
                .map(|_| {
                    scope.spawn(|| {
                        let mut migrator = Migrator::open(&options).expect("the database opens");
                        start.wait();
                        migrator.run().expect("a replica that starts beside others")
                    })
                })
                .collect();
            replicas.into_iter().map(|replica| replica.join().expect("no panic")).collect()
        });

        assert_eq!(ran.concat(), pending);
        assert!(migrator.pending().expect("what is pending").is_empty());
        assert!(open(&database).read(keys).await.expect("the tables are there").is_empty());
    }
}
