//! The id of this installation, which identifies the origin of exports.

use diesel::prelude::*;

use crate::{
    clock::Clock,
    ids::{self, InstallationId},
    store::{Conn, Store, StoreError, Tx, on_each, schema::settings},
};

const KEY: &str = "installation";

/// The id; `None` if it was never requested.
pub fn find(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let row = settings::table.find(KEY).select(settings::value);
    Ok(row.first(conn).optional()?)
}

/// The id; the first call creates it.
pub async fn id(store: &Store, clock: &Clock) -> Result<String, StoreError> {
    if let Some(id) = store.read(find).await? {
        return Ok(id);
    }
    let fresh: InstallationId = ids::fresh(clock.now());
    store.write(move |tx| keep(tx, &fresh.to_string())).await
}

/// Stores the id unless another writer was first, and returns the stored one.
fn keep(tx: &mut Tx<'_>, fresh: &str) -> Result<String, StoreError> {
    let row = (settings::key.eq(KEY), settings::value.eq(fresh));
    on_each!(tx.conn(), conn => diesel::insert_into(settings::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    let row = settings::table.find(KEY).select(settings::value);
    Ok(row.first(tx.conn())?)
}
