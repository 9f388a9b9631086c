//! The id of this installation: what it exports says where it is from.

use diesel::prelude::*;

use crate::{
    clock::Clock,
    ids::{self, InstallationId},
    store::{Conn, Store, StoreError, Tx, on_each, schema::settings},
};

const KEY: &str = "installation";

/// The id, unless nothing has asked for it yet.
pub fn find(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let row = settings::table.find(KEY).select(settings::value);
    Ok(row.first(conn).optional()?)
}

/// The id, made when it is asked for the first time.
pub async fn id(store: &Store, clock: &Clock) -> Result<String, StoreError> {
    if let Some(id) = store.read(find).await? {
        return Ok(id);
    }
    let fresh: InstallationId = ids::fresh(clock.now());
    store.write(move |tx| keep(tx, &fresh.to_string())).await
}

/// The first writer decides.
fn keep(tx: &mut Tx<'_>, fresh: &str) -> Result<String, StoreError> {
    let row = (settings::key.eq(KEY), settings::value.eq(fresh));
    on_each!(tx.conn(), conn => diesel::insert_into(settings::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    let row = settings::table.find(KEY).select(settings::value);
    Ok(row.first(tx.conn())?)
}
