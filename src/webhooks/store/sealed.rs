//! The sealed bodies.

use diesel::prelude::*;

use crate::{
    privacy::{SealedColumn, sealed_column},
    store::{StoreError, Tx, schema::webhook_events},
    webhooks::event::body_place,
};

/// The column of the bodies; a small batch, because a body may have two megabytes.
pub const BODIES: SealedColumn =
    sealed_column!(webhook_events.body_sealed by id, body_place, batch = 20);

/// Every sealed column of this feature.
pub const SEALED: &[SealedColumn] = &[BODIES];

/// Erases the body of an event. False if it has none.
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
