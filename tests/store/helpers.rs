//! Small statements the tests speak with.

use diesel::prelude::*;
use futures_util::future::join_all;
use onterms::store::schema::settings;
use onterms::store::{Conn, Store, StoreError, Tx};

use crate::support::Database;

pub fn open(database: &Database) -> Store {
    Store::open(&database.options()).expect("the database opens")
}

pub fn insert(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<(), StoreError> {
    let row = (settings::key.eq(key), settings::value.eq(value));
    diesel::insert_into(settings::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

pub fn keys(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    Ok(settings::table
        .select(settings::key)
        .order(settings::key)
        .load(conn)?)
}

/// Runs one statement in a write of its own.
pub async fn execute(store: &Store, statement: &str) -> Result<usize, StoreError> {
    let statement = statement.to_owned();
    store
        .write(move |tx| Ok(diesel::sql_query(statement).execute(tx.conn())?))
        .await
}

/// Runs `count` writes at once and gives their answers in order.
pub async fn writes<F>(store: &Store, count: usize, work: F) -> Vec<Result<(), StoreError>>
where
    F: Fn(usize, &mut Tx<'_>) -> Result<(), StoreError> + Clone + Send + 'static,
{
    join_all((0..count).map(|number| {
        let work = work.clone();
        store.write(move |tx| work(number, tx))
    }))
    .await
}
