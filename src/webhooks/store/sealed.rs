//! Sealed bodies, a few at a time, for sealing them again under another master key.

use diesel::prelude::*;

use crate::{
    privacy::SealedColumn,
    store::{Conn, StoreError, Tx, schema::webhook_events},
    webhooks::event::body_place,
};

/// The column of the bodies.
pub const BODIES: SealedColumn = SealedColumn {
    place: body_place,
    list: list_bodies,
    replace: replace_body,
    // A body may have two megabytes.
    batch: 20,
};

fn list_bodies(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(webhook_events::table
        .filter(webhook_events::id.gt(after))
        .filter(webhook_events::body_sealed.is_not_null())
        .order(webhook_events::id)
        .select((
            webhook_events::id,
            webhook_events::body_sealed.assume_not_null(),
        ))
        .limit(limit)
        .load(conn)?)
}

fn replace_body(tx: &mut Tx<'_>, id: &str, old: &str, new: &str) -> Result<bool, StoreError> {
    let rows = diesel::update(webhook_events::table.find(id))
        .filter(webhook_events::body_sealed.eq(old))
        .set(webhook_events::body_sealed.eq(new))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Erases the body of an event. False when it has none.
pub fn erase_body(tx: &mut Tx<'_>, id: &str) -> Result<bool, StoreError> {
    let nothing: Option<String> = None;
    let kept = webhook_events::table
        .find(id)
        .filter(webhook_events::body_sealed.is_not_null());
    let rows = diesel::update(kept)
        .set((
            webhook_events::body_sealed.eq(nothing),
            webhook_events::version.eq(webhook_events::version + 1_i64),
        ))
        .execute(tx.conn())?;
    Ok(rows == 1)
}
