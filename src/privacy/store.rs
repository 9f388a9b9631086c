//! Keys that the service generates, sealed with the master key.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::sealed_rows::SealedColumn;
use crate::{
    seal::SealedField,
    sealed_column,
    store::{Conn, StoreError, Tx, on_each, schema::sealed_keys, timestamp},
};

/// The place of the key with this name.
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

/// The column of these keys, for resealing.
pub const KEYS: SealedColumn = sealed_column!(sealed_keys.sealed by name, place, batch = 100);
