//! Keys that the service makes for itself, sealed under the master key.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::reseal::{SealedColumn, SealedRow};
use crate::{
    seal::SealedField,
    store::{Conn, StoreError, Tx, on_each, schema::sealed_keys, timestamp},
};

/// Where the key of a name lies.
pub fn place(name: &str) -> SealedField<'_> {
    SealedField {
        table: "sealed_keys",
        id: name,
        field: "sealed",
    }
}

/// The sealed key with this name.
pub fn find(conn: &mut Conn, name: &str) -> Result<Option<String>, StoreError> {
    Ok(sealed_keys::table
        .find(name)
        .select(sealed_keys::sealed)
        .first(conn)
        .optional()?)
}

/// Stores a key unless there is one, and returns the stored one.
pub fn insert_once(
    tx: &mut Tx<'_>,
    name: &str,
    sealed: &str,
    now: DateTime<Utc>,
) -> Result<String, StoreError> {
    on_each!(tx.conn(), conn => diesel::insert_into(sealed_keys::table)
        .values((
            sealed_keys::name.eq(name),
            sealed_keys::sealed.eq(sealed),
            sealed_keys::created_at.eq(timestamp::to_stored(now)),
        ))
        .on_conflict_do_nothing()
        .execute(conn))?;
    find(tx.conn(), name)?.ok_or_else(|| StoreError::unreadable("a key that was just kept"))
}

/// All of them, for sealing them again under another master key.
pub const KEYS: SealedColumn = SealedColumn {
    place,
    list,
    replace,
    batch: 100,
};

fn list(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<SealedRow>, StoreError> {
    Ok(sealed_keys::table
        .filter(sealed_keys::name.gt(after))
        .order(sealed_keys::name)
        .select((sealed_keys::name, sealed_keys::sealed))
        .limit(limit)
        .load(conn)?)
}

fn replace(tx: &mut Tx<'_>, name: &str, old: &str, new: &str) -> Result<bool, StoreError> {
    let rows = diesel::update(sealed_keys::table.find(name))
        .filter(sealed_keys::sealed.eq(old))
        .set(sealed_keys::sealed.eq(new))
        .execute(tx.conn())?;
    Ok(rows == 1)
}
