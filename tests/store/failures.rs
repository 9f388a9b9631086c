//! What fails, fails alone, and says what kind of failure it was.

use diesel::prelude::*;
use onterms::store::StoreError;

use crate::helpers::{execute, insert, keys, open, writes};
use crate::support::{Database, on_both_databases};

on_both_databases! {
    async fn units_that_fail_leave_their_neighbours_unharmed(database: Database) {
        let store = open(&database);
        let answers = writes(&store, 64, |number, tx| {
            insert(tx, &format!("{number:02}"), "first")?;
            // Every second fails on its second statement, which must undo its first.
            if number % 2 == 1 { insert(tx, &format!("{number:02}"), "again") } else { Ok(()) }
        })
        .await;

        for (number, answer) in answers.iter().enumerate() {
            match answer {
                Ok(()) => assert_eq!(number % 2, 0),
                Err(StoreError::Conflict { .. }) => assert_eq!(number % 2, 1),
                Err(other) => panic!("{number}: {other:?}"),
            }
        }
        let kept = store.read(keys).await.expect("the keys read");
        let even: Vec<_> = (0..64).step_by(2).map(|number| format!("{number:02}")).collect();
        assert_eq!(kept, even);
    }

    async fn a_unit_that_panics_costs_only_itself(database: Database) {
        let store = open(&database);
        let answers = writes(&store, 20, |number, tx| {
            insert(tx, &format!("{number:02}"), "")?;
            assert!(number % 5 != 4, "every fifth panics on purpose");
            Ok(())
        })
        .await;

        for (number, answer) in answers.iter().enumerate() {
            assert_eq!(matches!(answer, Err(StoreError::Broken(_))), number % 5 == 4, "{answer:?}");
        }
        assert_eq!(store.read(keys).await.expect("the keys read").len(), 16);
    }

    async fn a_panic_inside_a_nested_transaction_undoes_all_of_its_unit(database: Database) {
        let store = open(&database);
        let panicked: Result<(), StoreError> = store
            .write(|tx| {
                insert(tx, "outer", "")?;
                tx.conn().transaction(|_| -> Result<(), StoreError> { panic!("on purpose") })
            })
            .await;
        assert!(matches!(panicked, Err(StoreError::Broken(_))), "{panicked:?}");

        store.write(|tx| insert(tx, "next", "")).await.expect("the next write works");
        assert_eq!(store.read(keys).await.expect("the keys read"), ["next"]);
    }

    async fn a_read_that_panics_costs_only_itself(database: Database) {
        let mut options = database.options();
        options.readers = 1;
        let store = onterms::store::Store::open(&options).expect("the database opens");
        let panicked: Result<(), StoreError> = store.read(|_| panic!("on purpose")).await;
        assert!(matches!(panicked, Err(StoreError::Broken(_))), "{panicked:?}");
        assert_eq!(store.read(keys).await.expect("the only thread lives"), Vec::<String>::new());
    }

    async fn a_write_whose_commit_fails_is_refused_and_leaves_nothing(database: Database) {
        let store = open(&database);
        checked_at_commit(&store).await;
        let refused = store
            .write(|tx| {
                insert(tx, "beside", "")?;
                diesel::sql_query("INSERT INTO child VALUES (1, 404)").execute(tx.conn())?;
                Ok::<_, StoreError>(())
            })
            .await;
        assert!(refused.is_err());
        assert_eq!(store.read(keys).await.expect("the keys read"), Vec::<String>::new());
        store.write(|tx| insert(tx, "next", "")).await.expect("the next write works");
    }

    async fn conflicts_bear_the_same_names_on_both(database: Database) {
        let store = open(&database);
        execute(&store, "CREATE TABLE t (a TEXT, b TEXT, c TEXT, UNIQUE (a, b))").await.expect("t");
        execute(&store, "CREATE UNIQUE INDEX t_lower_c_key ON t (lower(c))").await.expect("an index");
        execute(&store, "INSERT INTO t VALUES ('1', '2', 'x')").await.expect("a row");

        let columns = execute(&store, "INSERT INTO t VALUES ('1', '2', 'y')").await;
        assert!(columns.is_err_and(|error| error.is_conflict_on("t_a_b_key")));
        let expression = execute(&store, "INSERT INTO t VALUES ('1', '3', 'X')").await;
        assert!(expression.is_err_and(|error| error.is_conflict_on("t_lower_c_key")));
    }

    async fn a_missing_row_and_a_missing_reference_have_names(database: Database) {
        let store = open(&database);
        execute(&store, "CREATE TABLE parent (id INTEGER PRIMARY KEY)").await.expect("parent");
        execute(&store, "CREATE TABLE child (parent INTEGER REFERENCES parent)").await.expect("child");

        let orphan = execute(&store, "INSERT INTO child VALUES (404)").await;
        assert!(matches!(orphan, Err(StoreError::Reference)), "{orphan:?}");
        let missing = store.read(onterms_missing).await;
        assert!(matches!(missing, Err(StoreError::NotFound)), "{missing:?}");
    }

    async fn waiting_too_long_for_another_writer_is_busy(database: Database) {
        let store = open(&database);
        store.write(|tx| insert(tx, "row", "")).await.expect("a row");
        let mut options = database.options();
        options.lock_timeout = std::time::Duration::from_millis(50);
        let second = onterms::store::Store::open(&options).expect("the database opens twice");

        let (holding, held) = tokio::sync::oneshot::channel();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let first = actix_web::rt::spawn(async move {
            store
                .write(move |tx| {
                    diesel::sql_query("UPDATE settings SET value = 'first'").execute(tx.conn())?;
                    holding.send(()).expect("the test waits");
                    released.recv().expect("the test releases");
                    Ok::<_, StoreError>(())
                })
                .await
        });
        held.await.expect("the first writer holds the row");
        let waited = execute(&second, "UPDATE settings SET value = 'second'").await;
        release.send(()).expect("the first writer waits");

        assert!(matches!(waited, Err(StoreError::Busy)), "{waited:?}");
        first.await.expect("the first writer ends").expect("the first writer commits");
    }
}

fn onterms_missing(conn: &mut onterms::store::Conn) -> Result<String, StoreError> {
    use onterms::store::schema::settings;
    Ok(settings::table
        .find("missing")
        .select(settings::value)
        .first(conn)?)
}

/// Two tables whose reference is checked only when the transaction commits.
pub async fn checked_at_commit(store: &onterms::store::Store) {
    execute(store, "CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        .await
        .expect("parent");
    let child = "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL
                 REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)";
    execute(store, child).await.expect("child");
}
