//! PostgreSQL goes away and comes back.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use futures_util::future::join_all;
use onterms::store::{DatabaseUrl, Store, StoreError, StoreOptions};
use secrecy::ExposeSecret;

use crate::helpers::{insert, keys, open};
use crate::support::Database;

/// The same server seen from another of its databases, to act on ours from behind.
struct Administrator {
    store: Store,
    database: String,
}

impl Administrator {
    fn of(database: &Database) -> Self {
        let DatabaseUrl::PostgreSql(address) = database.options().url else {
            panic!("not on PostgreSQL");
        };
        let (address, options) = address
            .expose_secret()
            .split_once('?')
            .expect("our own address has options");
        let (server, database) = address
            .rsplit_once('/')
            .expect("our own address has a name");
        let url = format!("{server}/postgres?{options}")
            .parse()
            .expect("an address like ours");
        let store = Store::open(&StoreOptions {
            readers: 1,
            ..StoreOptions::new(url)
        });
        Self {
            store: store.expect("the database opens"),
            database: database.to_owned(),
        }
    }

    /// Ends every connection of the store under test.
    async fn end_connections(&self) {
        let ended = self.execute(format!(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{}'",
            self.database
        ));
        assert!(ended.await > 0);
    }

    async fn allow_connections(&self, allowed: bool) {
        let name = &self.database;
        self.execute(format!(
            "ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS {allowed}"
        ))
        .await;
    }

    async fn execute(&self, statement: String) -> usize {
        let done = self.store.write_one(move |tx| {
            Ok::<_, StoreError>(diesel::sql_query(statement).execute(tx.conn())?)
        });
        done.await.expect("an administrator may")
    }
}

/// Keeps the threads busy, so that they have connections to lose.
async fn connect_threads(store: &Store) {
    let reads = join_all((0..64).map(|_| store.read(keys))).await;
    assert!(reads.iter().all(Result::is_ok), "{reads:?}");
}

#[actix_web::test]
async fn after_connections_are_lost_nobody_notices() {
    let Some(database) = Database::postgresql("after_connections_are_lost_nobody_notices") else {
        return;
    };
    let store = open(&database);
    let administrator = Administrator::of(&database);

    connect_threads(&store).await;
    administrator.end_connections().await;
    for _ in 0..8 {
        store
            .read(keys)
            .await
            .expect("a read is tried again on a new connection");
    }
    connect_threads(&store).await;
    administrator.end_connections().await;
    for number in 0..8 {
        let written = store
            .write(move |tx| insert(tx, &number.to_string(), ""))
            .await;
        written.expect("a write begins again on a new connection");
    }
    connect_threads(&store).await;
    administrator.end_connections().await;
    for number in 8..16 {
        let written = store
            .write_one(move |tx| insert(tx, &number.to_string(), ""))
            .await;
        written.expect("a single statement is sent on a new connection");
    }
    assert_eq!(store.read(keys).await.expect("the keys read").len(), 16);
    assert_eq!(store.outage(), None);
}

#[actix_web::test]
async fn a_connection_lost_in_the_middle_of_a_write_undoes_it() {
    let Some(database) =
        Database::postgresql("a_connection_lost_in_the_middle_of_a_write_undoes_it")
    else {
        return;
    };
    let store = open(&database);
    let lost = store
        .write(|tx| {
            insert(tx, "half", "")?;
            diesel::sql_query("SELECT pg_terminate_backend(pg_backend_pid())")
                .execute(tx.conn())?;
            Ok::<_, StoreError>(())
        })
        .await;
    assert!(matches!(lost, Err(StoreError::Unavailable)), "{lost:?}");
    assert_eq!(
        store.read(keys).await.expect("the next connection"),
        Vec::<String>::new()
    );
}

#[actix_web::test]
async fn a_database_that_is_away_is_said_so_at_once_and_found_again() {
    let Some(database) =
        Database::postgresql("a_database_that_is_away_is_said_so_at_once_and_found_again")
    else {
        return;
    };
    let store = open(&database);
    let administrator = Administrator::of(&database);
    assert!(store.is_healthy().await);

    connect_threads(&store).await;
    administrator.allow_connections(false).await;
    administrator.end_connections().await;
    let read = store.read(keys).await;
    assert!(matches!(read, Err(StoreError::Unavailable)), "{read:?}");
    let written = store.write(|tx| insert(tx, "lost", "")).await;
    assert!(
        matches!(written, Err(StoreError::Unavailable)),
        "{written:?}"
    );
    assert!(!store.is_healthy().await);

    administrator.allow_connections(true).await;
    let patience = Instant::now() + Duration::from_secs(30);
    while !store.is_healthy().await {
        assert!(
            Instant::now() < patience,
            "the store does not find its database again"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    store
        .write(|tx| insert(tx, "found", ""))
        .await
        .expect("writes work again");
}
