//! Each migration undoes itself, both folders hold the same ones, and `src/store/schema` is what they add up to.

mod live;
mod written;

use onterms::store::{Migrator, Store, StoreError};

use crate::support::{Database, on_both_databases};

on_both_databases! {
    async fn the_schema_is_what_the_migrations_add_up_to(database: Database) {
        let store = Store::open(&database.options()).expect("the database opens");
        let live = store.read(live::tables).await.expect("the catalogue reads");
        let written = written::tables();
        for (name, table) in &live {
            assert_eq!(Some(table), written.get(name), "the table {name}");
        }
        assert!(live.keys().eq(written.keys()), "the schema has {:?}", written.keys());
    }

    async fn each_migration_undoes_itself(database: Database) {
        let store = Store::open(&database.options()).expect("the database opens");
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        let whole = everything(&store).await;
        assert!(!whole.is_empty());

        for depth in 1.. {
            for _ in 0..depth {
                if migrator.revert_last().expect("a migration undoes itself").is_none() {
                    assert_eq!(everything(&store).await, Vec::<String>::new(), "left behind");
                    return;
                }
            }
            migrator.run().expect("a migration runs again");
            let again = everything(&store).await;
            let differs = again.iter().zip(&whole).find(|(again, before)| again != before);
            assert!(again == whole, "the last {depth} made something else again: {differs:?}");
        }
    }
}

async fn everything(store: &Store) -> Vec<String> {
    let read: Result<_, StoreError> = store.read(live::everything).await;
    read.expect("the catalogue reads")
}

#[test]
fn every_table_may_appear_beside_every_other() {
    let tables: Vec<_> = written::tables().into_keys().collect();
    assert_eq!(written::appearing_together(), tables);
}

#[test]
fn both_databases_have_the_same_migrations_each_with_a_way_back() {
    let names = |folder: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(folder);
        let mut names: Vec<_> = std::fs::read_dir(path)
            .expect("the folder of migrations")
            .map(|entry| entry.expect("an entry").path())
            .inspect(|path| {
                assert!(path.join("up.sql").exists(), "{path:?} goes nowhere");
                assert!(path.join("down.sql").exists(), "{path:?} has no way back");
            })
            .map(|path| path.file_name().expect("a name").to_owned())
            .collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names("sqlite"), names("postgresql"));
}
