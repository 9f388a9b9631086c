//! `onterms migrate`, and a service that may not migrate.

use crate::{
    process::{Ended, Workspace},
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn migrate_lists_undoes_and_does_again(database: Database) {
        let place = Workspace::new().with("DATABASE_URL", database.url());
        let run = |arguments: &[&str]| {
            let ended = place.run(arguments);
            assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{ended:?}");
            ended.out
        };
        assert_eq!(run(&["migrate", "--pending"]), "nothing to do\n");
        let undone = run(&["migrate", "--undo"]);
        let name = undone.strip_prefix("undone: ").expect("a migration");
        assert_eq!(run(&["migrate", "--pending"]), format!("pending: {name}"));
        assert_eq!(run(&["migrate"]), format!("done: {name}"));
        assert_eq!(run(&["migrate"]), "nothing to do\n");
    }

    async fn no_migrate_refuses_a_database_that_lacks_migrations(database: Database) {
        let place = Workspace::new()
            .with_keys()
            .with("DATABASE_URL", database.url())
            .with("ONTERMS__LOG__FILTER", "off");
        let undone: Ended = place.run(&["migrate", "--undo"]);
        assert_eq!(undone.code, Some(0), "{undone:?}");
        let ended = place.run(&["serve", "--no-migrate"]);
        let sentence = ended.refusal();
        assert!(sentence.contains("lacks migrations (1);"), "{sentence}");
        assert!(sentence.contains("onterms migrate"), "{sentence}");
        let migrated = place.run(&["migrate"]);
        assert_eq!(migrated.code, Some(0), "{migrated:?}");
        drop(place.with("ONTERMS__LOG__FILTER", "info").serve(&["--no-migrate"]));
    }
}

#[test]
fn no_migrate_refuses_an_empty_database_and_leaves_it_empty() {
    let place = Workspace::new()
        .with_keys()
        .with("ONTERMS__LOG__FILTER", "off");
    for _ in 0..2 {
        let ended = place.run(&["serve", "--no-migrate"]);
        assert!(ended.refusal().contains("onterms migrate"), "{ended:?}");
    }
}
